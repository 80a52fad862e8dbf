// The clocks of the container: the process makes a time namespace, sets its offsets and enters it, all by itself.
//
// clone(CLONE_NEWTIME) would be too early and the launcher's unshare(CLONE_NEWTIME) too much: offsets cannot be changed
// once a process is inside (time_namespaces(7)), and the launcher would have to come back for its next containers. But
// a process of a single thread may enter what it has made for its children. So the namespace belongs to the container's
// user namespace, and nobody needs privilege for it.

#include <fcntl.h>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/inside.h"

namespace microctr {

Result<void> shift_clocks(const Inside& inside) {
  const TimeOffset& offset = *inside.plan.spec->time_offset;
  TRY(sys::unshare(new_time_namespace));
  // CLOCK_MONOTONIC and CLOCK_BOOTTIME by number: their names came with Linux 5.7.
  const TextBuffer<96> offsets("1 ", offset.monotonic, " 0\n7 ", offset.boottime, " 0\n");
  if (inside.clocks) {
    TRY(write_all(inside.clocks.get(), offsets.view()));
  } else {
    TRY(write_value(sys::working_directory, "/proc/self/timens_offsets", offsets.view()));
  }
  const Fd made = TRY(sys::open("/proc/self/ns/time_for_children", O_RDONLY));
  return sys::set_namespace(made.get(), static_cast<int>(new_time_namespace));
}

}  // namespace microctr
