#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/plan/probe.h"

namespace microctr {

namespace {

// A kernel that has it says Y or N.
bool has_apparmor() {
  Bytes<16> buffer;
  const auto text = read_file(sys::working_directory, "/sys/module/apparmor/parameters/enabled", buffer);
  return text && text.value().starts_with('Y');
}

// The kernel registers selinuxfs only when SELinux is on (init_sel_fs), whether or not a policy has been loaded.
bool has_selinux() {
  Bytes<4096> buffer;
  const auto text = read_file(sys::working_directory, "/proc/filesystems", buffer);
  return text && text.value().find("\tselinuxfs\n") != std::string_view::npos;
}

}  // namespace

void probe_labels(const Spec& spec, HostFacts& facts) {
  facts.apparmor = !spec.apparmor.empty() && has_apparmor();
  facts.selinux = !spec.selinux_label.empty() && has_selinux();
}

}  // namespace microctr
