// clang++ -fsanitize=fuzzer,address,undefined; any bytes as a seccomp policy. The first byte chooses the container.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "launcher/seccomp/describe.h"
#include "launcher/spec/capability.h"
#include "tests/unit/seccomp_machine.h"

namespace microctr::seccomp {

inline void require_of_policy(bool condition) {
  if (!condition) __builtin_trap();
}

inline void examine_program(const Policy& policy, const PolicyContext& context, const Program& program) {
  require_of_policy(is_valid(program.view()));
  for (unsigned number = 0; number < 512; number += 7) {
    for (const Abi& abi : abis) {
      seccomp_data data = {};
      data.nr = static_cast<int>(number);
      data.arch = abi.architecture;
      data.args[0] = number % 3;
      require_of_policy(run(program.view(), data).action == evaluate(policy, context, data));
    }
  }
}

inline void examine_policy(std::string_view text, const PolicyContext& context) {
  static Policy policy;
  static Program program;
  Diagnostics diagnostics;
  const bool read = read_policy("a.policy", text, policy, diagnostics);
  require_of_policy(read == diagnostics.empty());
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    TextBuffer<1024> line;
    format_diagnostic(diagnostic, line);
    require_of_policy(!diagnostic.text.empty() && !line.overflowed());
    require_of_policy(diagnostic.where.line == 0 || diagnostic.where.column <= limits::config_line + 1);
  }
  if (!read) return;
  if (const auto compiled = compile(policy, context, program)) examine_program(policy, context, program);
  Description description(policy, context);
  TextBuffer<512> line;
  while (description.next(line)) line.clear();
}

}  // namespace microctr::seccomp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  microctr::seccomp::PolicyContext context;
  if ((data[0] & 1) != 0) context.kernel = {6, 1};
  if ((data[0] & 2) != 0) context.nesting = true;
  if ((data[0] & 4) != 0) context.capabilities = microctr::all_capabilities;
  microctr::seccomp::examine_policy({reinterpret_cast<const char*>(data) + 1, size - 1}, context);
  return 0;
}
