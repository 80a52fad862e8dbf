#include "launcher/container/labels.h"

#include <fcntl.h>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

Result<Fd> open_host_proc() {
  constexpr std::uint64_t proc_magic = 0x9fa0;
  Fd proc = TRY(sys::open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW));
  if (TRY(sys::file_system_type(proc.get())) != proc_magic) return fail(EPERM, "verify /proc"_p);
  return proc;
}

// The kernel takes it from the thread itself only, and from the memory that opened the file; what the thread may do and
// who it is may change until exec.
Result<void> set_label(int proc, const Step& step) {
  const bool apparmor = step.type == "apparmor";
  const TextBuffer<limits::path> words(apparmor ? "exec " : "", step.options);
  if (words.overflowed()) return fail(ENAMETOOLONG, "write the label"_p);
  if (apparmor) {  // beside another module that has the common file
    const auto own = sys::open_at(proc, "thread-self/attr/apparmor/exec", O_WRONLY);
    if (own) return write_all(own.value().get(), words.view());
    if (own.error().code != ENOENT) return own.failed();
  }
  return write_value(proc, "thread-self/attr/exec", words.view());  // AppArmor before Linux 5.8, SELinux
}

}  // namespace microctr
