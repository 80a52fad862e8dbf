// The last steps: the working directory, the environment, and exec.

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/child.h"
#include "launcher/container/environment.h"
#include "launcher/container/execute.h"
#include "launcher/container/inside.h"

namespace microctr {

Result<void> set_directory(const Step& step) {
  TRY(sys::change_directory(step.target));
  // A working directory outside the root has no path here (CVE-2024-21626); the kernel then writes "(unreachable)".
  Bytes<limits::path> storage;
  const CString path = TRY(sys::working_directory_path(storage));
  if (!begins_with(path, '/')) return fail(EPERM, "verify the working directory"_p);
  return {};
}

namespace {

bool limits_descriptors(const Spec& spec) {
  constexpr int descriptors = 7;  // RLIMIT_NOFILE
  return std::any_of(spec.ulimits.begin(), spec.ulimits.end(),
                     [](const Ulimit& limit) { return limit.resource == descriptors; });
}

// How it says that it is ready; the last word on these two.
Result<void> add_ready(const Inside& inside, Environment& environment) {
  if (inside.plan.spec->supervision.ready == Readiness::descriptor) {
    static_assert(ready_number == 3);
    TRY(environment.add("NOTIFY_FD=3"));
  }
  if (inside.plan.notify_socket.empty()) return {};
  static Bytes<128> storage;
  TextWriter text(storage);
  return environment.add(text.add("NOTIFY_SOCKET=", inside.plan.notify_socket).text());
}

}  // namespace

Result<void> execute_program(Inside& inside) {
  static StaticObject<Environment> storage;
  Environment& environment = storage.make();
  const Spec& spec = *inside.plan.spec;
  TRY(environment.build(spec, inside.identity, inside.context.file_environment.view()));
  TRY(add_ready(inside, environment));
  sys::restore_signals();
  if (!limits_descriptors(spec)) TRY(sys::restore_descriptor_limit());
  return execute_words(spec.command.view(), environment, inside.sealed, inside.filter,
                       spec.init ? Reaper::yes : Reaper::no);
}

}  // namespace microctr
