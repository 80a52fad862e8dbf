#include "launcher/seccomp/policy.h"
#include "launcher/seccomp/read_tests.h"
#include "launcher/seccomp/scanner.h"
#include "launcher/spec/lexer.h"
#include "launcher/spec/word_list.h"

namespace microctr::seccomp {

namespace {

constexpr char key_names[] = "base default allow log trap kill errno";
constexpr char base_names[] = "standard none";
constexpr char action_names[] = "allow log trap kill errno";

class Reader {
 public:
  Reader(CString source, Policy& policy, Diagnostics& diagnostics)
      : source_(source), policy_(policy), diagnostics_(diagnostics) {}

  void read(const Line& line);
  void finish();

 private:
  void read_base(const PolicyLine& line);
  void read_default(const PolicyLine& line);
  void read_rules(const PolicyLine& line, Action action);
  void read_names(const PolicyLine& line, std::string_view names, Rule rule);
  void add_rule(const PolicyLine& line, std::string_view name, Rule rule);
  std::optional<Action> read_action(const PolicyLine& line, std::string_view text, Literal choices);
  bool is_first(const PolicyLine& line, std::uint32_t& first);

  CString source_;
  Policy& policy_;
  Diagnostics& diagnostics_;
  std::uint32_t base_line_ = 0;  // 0: not seen
  std::uint32_t default_line_ = 0;
  std::uint32_t default_column_ = 0;
  std::uint16_t decided_[call_count] = {};  // the line that decides a call whatever its arguments are; 0: none yet
  bool is_full_ = false;
};

// Reports and returns nothing when it is none.
std::optional<Action> Reader::read_action(const PolicyLine& line, std::string_view text, Literal choices) {
  std::string_view error = text;
  const std::string_view name = cut(error, ':');
  const bool has_error = name.size() != text.size();
  if (name == "errno") {
    if (!has_error) return Action::not_permitted;
    if (const auto number = parse_error_name(error)) return refuse_with(*number);
    const std::string_view nearest = nearest_error_name(error);
    if (nearest.empty()) {
      line.fault(error, "'@' is not an error (write a name such as EPERM, or a number from 1 to 4095)"_p);
    } else {
      line.fault(error, "'@' is not an error (did you mean '&'?)"_p, nearest);
    }
    return {};
  }
  constexpr Action actions[] = {Action::allow, Action::log, Action::trap, Action::kill};
  const auto index = find_word(action_names, text);
  if (index) return actions[*index];
  const std::string_view nearest = nearest_word(choices, name);
  if (nearest.empty()) {
    line.fault(text, "'@' is not known (known: &)"_p, choices.view());
  } else {
    line.fault(text, "'@' is not known (did you mean '&'?)"_p, nearest);
  }
  return {};
}

bool Reader::is_first(const PolicyLine& line, std::uint32_t& first) {
  if (first == 0) {
    first = line.line.number;
    return true;
  }
  line.fault(line.line.key, "'@' is given twice (first in line &; keep one)"_p, TextBuffer<16>(first).view());
  return false;
}

void Reader::read_base(const PolicyLine& line) {
  if (!is_first(line, base_line_)) return;
  const auto index = find_word(base_names, line.line.value);
  if (!index) return line.fault(line.line.value, "'@' is not known (known: &)"_p, base_names);
  policy_.base = static_cast<Base>(*index);
}

void Reader::read_default(const PolicyLine& line) {
  if (!is_first(line, default_line_)) return;
  default_column_ = line.line.column;
  if (const auto action = read_action(line, line.line.value, action_names)) policy_.fallback = *action;
}

void Reader::add_rule(const PolicyLine& line, std::string_view name, Rule rule) {
  static_assert(limits::policy_rules == 1024, "the message below names it");
  const auto call = find_call(name);
  if (!call) {
    const std::string_view nearest = nearest_call(name);
    if (nearest.empty()) return line.fault(name, "there is no system call '@'"_p);
    return line.fault(name, "there is no system call '@' (did you mean '&'?)"_p, nearest);
  }
  std::uint16_t& decided = decided_[*call];
  if (decided != 0) {
    return line.fault(name, "'@' is decided in line & already (the first rule that fits wins; remove one)"_p,
                      TextBuffer<16>(decided).view());
  }
  rule.call = *call;
  if (rule.test_count == 0) decided = static_cast<std::uint16_t>(line.line.number);
  if (policy_.rules.push(rule) || is_full_) return;
  is_full_ = true;
  line.fault(name, "too many rules (limit 1024)"_p);
}

void Reader::read_names(const PolicyLine& line, std::string_view names, Rule rule) {
  Scanner scanner(names);
  bool any = false;
  for (std::string_view name = scanner.next(); !name.empty(); name = scanner.next()) {
    if (name == ",") continue;
    any = true;
    if (!is_word(name)) {
      return line.fault(name, "'@' is where a system call should be (write & = NAME if arg0 == 1)"_p, line.line.key);
    }
    add_rule(line, name, rule);
  }
  if (!any) line.fault(names, "no system call is named (write & = NAME)"_p, line.line.key);
}

void Reader::read_rules(const PolicyLine& line, Action action) {
  Scanner scanner(line.line.value);
  std::string_view word = scanner.next();
  while (!word.empty() && word != "if") word = scanner.next();
  const auto names = leading(line.line.value, static_cast<std::size_t>(word.data() - line.line.value.data()));

  Rule rule;
  rule.action = action;
  if (!word.empty()) {
    const auto first = policy_.tests.size();
    if (!read_tests(line, scanner.rest(), policy_.tests)) return policy_.tests.shrink(first);
    rule.first_test = static_cast<std::uint16_t>(first);
    rule.test_count = static_cast<std::uint16_t>(policy_.tests.size() - first);
  }
  read_names(line, names, rule);
}

void Reader::read(const Line& line) {
  if (line.kind == Line::Kind::fault) {
    return diagnostics_.report({source_, line.number, line.column}, line.fault);
  }
  const PolicyLine place{source_, line, diagnostics_};
  if (line.key == "base") return read_base(place);
  if (line.key == "default") return read_default(place);
  // The first '=' of `allow socket if arg0 == 1` is not the one that was meant.
  std::string_view rest = line.key;
  const std::string_view first = next_word(rest);
  if (!rest.empty() && find_word(key_names, leading(first, position(first, ':')))) {
    return place.fault(first, "no '=' after '@' (write @ = NAME if arg0 == 1)"_p);
  }
  if (const auto action = read_action(place, line.key, key_names)) read_rules(place, *action);
}

void Reader::finish() {
  if (default_line_ == 0 || policy_.base == Base::none) return;
  diagnostics_.report({source_, default_line_, default_column_},
                      "'default' contradicts base = standard, which decides all calls (write base = none as well)"_p);
}

}  // namespace

void PolicyLine::fault(std::string_view part, Phrase pattern, std::string_view more) const {
  const bool is_of_key = part.data() >= line.key.data() && part.data() <= line.key.data() + line.key.size();
  const auto offset = part.data() - (is_of_key ? line.key.data() : line.value.data());
  const std::uint32_t column = is_of_key ? line.column : line.value_column;
  diagnostics.report({source, line.number, column + static_cast<std::uint32_t>(offset)}, pattern, part, more);
}

bool read_policy(CString source, std::string_view text, Policy& policy, Diagnostics& diagnostics) {
  static_assert(limits::policy_text == 32 * 1024, "the message below names it");
  const std::size_t faults = diagnostics.count();
  if (text.size() > limits::policy_text) {
    diagnostics.report({source, 0, 0}, "the policy is too large (limit 32768 bytes)"_p);
    return false;
  }
  policy.base = Base::standard;
  policy.fallback = Action::not_permitted;
  policy.rules.clear();
  policy.tests.clear();
  Reader reader(source, policy, diagnostics);
  Lexer lexer(text);
  for (Line line = lexer.next(); line.kind != Line::Kind::end; line = lexer.next()) reader.read(line);
  reader.finish();
  return diagnostics.count() == faults;
}

}  // namespace microctr::seccomp
