#include "launcher/container/filter.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/seccomp/compile.h"
#include "launcher/seccomp/describe.h"

namespace microctr {

namespace {

Bytes<limits::policy_text> policy_text;
StaticObject<seccomp::Policy> policy_storage;
StaticObject<seccomp::Program> program_storage;

seccomp::Policy& policy() { return policy_storage.is_made() ? policy_storage.get() : policy_storage.make(); }

seccomp::Program& program() { return program_storage.is_made() ? program_storage.get() : program_storage.make(); }

seccomp::PolicyContext context_of(const Step& step, const HostFacts& facts) {
  return {.capabilities = step.flags,
          .kernel = facts.kernel,
          .nesting = (step.number & filter_nesting) != 0,
          .sealed = (step.number & filter_sealed) != 0,
          .early = (step.number & filter_early) != 0};
}

// A FIFO in its place must not hold us.
Result<std::string_view> read_text(CString path) {
  const Fd file = TRY(sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (!S_ISREG(TRY(sys::status(file.get())).mode)) {
    return fail(EINVAL, "read the seccomp policy"_p, path, "it is not a regular file"_p);
  }
  const auto text = read_all(file.get(), policy_text);
  if (!text && text.error().code == EFBIG) return text.error().about(path).with_hint("limit 32 KiB"_p);
  return text;
}

Result<std::string_view> read_policy_at(CString path) {
  static StaticObject<Diagnostics> storage;
  Diagnostics& diagnostics = storage.make();
  const std::string_view text = TRY(read_text(path));
  make_anew(policy());
  if (seccomp::read_policy(path, text, policy(), diagnostics)) return text;
  TextBuffer<512> first;
  format_diagnostic(diagnostics.list()[0], first);
  return fail(0, "read the seccomp policy:"_p, first.text());
}

Result<void> compile_for(const Step& step, const HostFacts& facts) {
  const seccomp::Policy& used = policy();
  program().clear();
  return seccomp::compile(used, context_of(step, facts), program());
}

}  // namespace

Result<bool> read_policy_file(CString path, Diagnostics& diagnostics) {
  const std::string_view text = TRY(read_text(path));
  make_anew(policy());
  return seccomp::read_policy(path, text, policy(), diagnostics);
}

Result<void> prepare_filter(const Step& step, const HostFacts& facts, CString record) {
  if (step.source.empty()) {
    make_anew(policy());
    return compile_for(step, facts);
  }
  const std::string_view text = TRY(read_policy_at(step.source));
  TRY(compile_for(step, facts));
  TextBuffer<limits::path> path(record, recorded_policy);
  const Fd copy = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  return write_all(copy.get(), text);
}

Result<void> prepare_recorded_filter(const Step& step, const HostFacts& facts, CString record) {
  if (step.source.empty()) {
    make_anew(policy());
  } else {
    TextBuffer<limits::path> path(record, recorded_policy);
    TRY(read_policy_at(path.text()));
  }
  return compile_for(step, facts);
}

Result<void> load_filter() {
  const auto instructions = program().view();
  return sys::load_filter(instructions.data(), instructions.size());
}

bool filter_refuses(seccomp::Call call) { return seccomp::is_refused(policy(), {}, call); }

void describe_filter(const Step& step, const HostFacts& facts, void (*print_line)(std::string_view line)) {
  if (step.source.empty()) make_anew(policy());
  const seccomp::PolicyContext context = context_of(step, facts);
  seccomp::Description description(policy(), context);
  TextBuffer<2048> line("              ");
  const std::size_t indentation = line.size();
  while (description.next(line)) {
    print_line(line.add("\n").view());
    line.clear();
    line.fill(indentation);
  }
}

void forget_filter() {
  policy_storage.forget();
  program_storage.forget();
}

}  // namespace microctr
