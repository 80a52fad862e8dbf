#include "launcher/spec/setting.h"

#include <functional>

#include "launcher/base/bytes.h"
#include "launcher/spec/path_text.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr bool is_blank(char character) { return character == ' ' || character == '\t' || character == ','; }

// What was meant by a size that is not one ("16MB", "16m"); empty when it is not clear.
std::string_view guess_size(std::string_view text, TextWriter& guess) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return {};
  Bytes<4> storage;
  const std::string_view unit = upper_case(after(text, digits), storage);
  if (unit.empty()) return {};
  const std::string_view rest = after(unit, 1);
  if (unit == "B") return guess.add(leading(text, digits)).view();
  if (!find_word("K M G T", leading(unit, 1)) || (rest != "" && rest != "B" && rest != "IB")) return {};
  return guess.add(leading(text, digits), unit.front()).view();
}

}  // namespace

void Setting::fault(std::string_view part, Phrase pattern, std::string_view more) const {
  Location place = where;
  const std::less_equal<const char*> in_order;
  const bool is_inside = in_order(value.data(), part.data()) && in_order(part.data(), value.data() + value.size());
  if (place.line != 0 && is_inside) place.column += static_cast<std::uint32_t>(part.data() - value.data());
  // The usual reason for a '#' in a value that cannot be read.
  const bool has_comment = part.find(" #") != std::string_view::npos;
  if (has_comment) pattern = "'@' cannot be read (a comment needs a line of its own)"_p;
  diagnostics.report_key(name, place, pattern, part, more);
}

[[gnu::noinline]] void Setting::fault(std::string_view part, Phrase pattern) const { fault(part, pattern, {}); }

void Setting::unknown(std::string_view part, Literal choices) const {
  const std::string_view nearest = nearest_word(choices, part);
  if (nearest.empty()) return fault(part, "'@' is not known (known: &)"_p, choices.view());
  fault(part, "'@' is not known (did you mean '&'?)"_p, nearest);
}

void Setting::too_many(std::size_t limit) const { fault(value, "too many (limit &)"_p, TextBuffer<24>(limit).view()); }

std::optional<CString> Setting::join(std::initializer_list<std::string_view> parts) const {
  const auto kept = arena.join(parts);
  if (kept) return kept.value();
  fault(value, "no room left for its text (make the configuration smaller)"_p);
  return {};
}

std::optional<unsigned> Setting::choice(std::string_view part, Literal choices) const {
  const auto index = find_word(choices, part);
  if (!index) unknown(part, choices);
  return index;
}

std::optional<bool> Setting::yes_or_no(std::string_view part) const {
  if (part == "yes") return true;
  if (part == "no") return false;
  Bytes<8> storage;
  const std::string_view upper = upper_case(part, storage);
  const bool is_yes = find_word("YES TRUE ON 1 Y", upper).has_value();
  const bool is_no = find_word("NO FALSE OFF 0 N", upper).has_value();
  const std::string_view hint = is_yes ? "did you mean 'yes'?" : is_no ? "did you mean 'no'?" : "write yes or no";
  fault(part, "'@' is not a switch (&)"_p, hint);
  return {};
}

std::optional<std::uint64_t> Setting::size(std::string_view part) const {
  const ParsedNumber parsed = parse_size(part);
  if (parsed.fault == NumberFault::none) return parsed.value;
  if (parsed.fault == NumberFault::too_large) {
    fault(part, "'@' is too large (the largest is 2^63 - 1 bytes)"_p);
    return {};
  }
  TextBuffer<32> storage;
  const std::string_view guess = guess_size(part, storage);
  if (guess.empty()) {
    fault(part, "'@' is not a size (write bytes, or a whole number with K, M, G or T: 16M)"_p);
  } else {
    fault(part, "'@' is not a size (did you mean '&'?)"_p, guess);
  }
  return {};
}

std::optional<std::uint64_t> Setting::time(std::string_view part) const {
  const ParsedNumber parsed = parse_time(part);
  switch (parsed.fault) {
    case NumberFault::none: return parsed.value;
    case NumberFault::no_unit: fault(part, "'@' has no unit (write @s, or ms, m or h)"_p); break;
    case NumberFault::too_large: fault(part, "'@' is too long (the longest is 24 days)"_p); break;
    case NumberFault::not_a_number:
    case NumberFault::unknown_unit:
      fault(part, "'@' is not a time (write a whole number with ms, s, m or h: 10s)"_p);
      break;
  }
  return {};
}

std::optional<std::uint64_t> Setting::number(std::string_view part, std::uint64_t largest) const {
  const auto parsed = parse_number(part, largest);
  if (!parsed) {
    fault(part, "'@' is not a number from 0 to &"_p, TextBuffer<24>(largest).view());
  }
  return parsed;
}

std::optional<std::uint32_t> Setting::octal(std::string_view part, std::uint32_t largest) const {
  const auto parsed = parse_number(part, largest, 8);
  if (!parsed) {
    fault(part, "'@' is not an octal mode (at most &)"_p, TextBuffer<24>(Octal{largest}).view());
    return {};
  }
  return static_cast<std::uint32_t>(*parsed);
}

std::optional<HostPath> Setting::host_path(std::string_view part) const {
  HostPath path;
  std::string_view text = part;
  if (begins_with(text, '-')) {
    path.optional = true;
    text.remove_prefix(1);
  }
  std::optional<CString> kept;
  if (is_absolute(text)) {
    kept = keep(text);
  } else if (!text.starts_with("./") && !text.starts_with("../") && text != "." && text != "..") {
    fault(part, "'@' is not a path (begin with / , ./ or ../)"_p);
  } else if (directory.empty()) {
    fault(part, "'@' is relative, which only a container's own file may use (begin with /)"_p);
  } else {
    while (text.starts_with("./")) text.remove_prefix(2);
    if (text == ".") text = {};
    const bool needs_slash = !text.empty() && !directory.view().ends_with('/');
    kept = join({directory, needs_slash ? "/" : "", text});
  }
  if (!kept) return {};
  path.path = *kept;
  if (path.path.size() >= limits::path) {
    fault(part, "the path is too long (limit & bytes)"_p, TextBuffer<24>(limits::path - 1).view());
    return {};
  }
  return path;
}

std::optional<CString> Setting::needed_path(std::string_view part) const {
  const auto path = host_path(part);
  if (!path) return {};
  if (!path->optional) return path->path;
  fault(part, "a leading '-' is not possible here (remove it)"_p);
  return {};
}

std::string_view next_item(std::string_view& rest) {
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  std::size_t length = 0;
  while (length < rest.size() && !is_blank(rest[length])) ++length;
  const std::string_view item = leading(rest, length);
  rest.remove_prefix(length);
  return item;
}

}  // namespace microctr
