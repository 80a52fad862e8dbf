// Attack: names a program that the host runs when a cgroup of version 1 is empty (CVE-2022-0492)
// Row: release-agent
// Defence: no CAP_SYS_ADMIN; the default seccomp policy; cgroup namespace; read-only /sys/fs/cgroup
// off: open; namespaces = mount uts ipc pid network
#include "attack.h"

ATTACK(release_agent) {
  // A hierarchy that the machine has; on one with version 2 alone, one that is made and goes with its mount.
  const char* const options[] = {"cpu", "memory", "pids", "none,name=attack"};
  FILE* const own = fopen("/proc/self/cgroup", "r");
  char line[256] = "";
  const bool has_old = own != nullptr && fgets(line, sizeof line, own) != nullptr && strncmp(line, "0::", 3) != 0;
  int answer = -1;
  for (const char* option : options) {
    if (has_old == (strchr(option, '=') != nullptr)) continue;
    answer = mount("cgroup", "/tmp", "cgroup", 0, option);
    if (answer == 0 || errno == EPERM) break;
  }
  if (answer != 0) return errno == ENODEV ? absent("cgroup version 1") : refused("mount cgroup");
  answer = open("/tmp/release_agent", O_WRONLY | O_CLOEXEC);
  const int reason = errno;
  if (answer >= 0) close(answer);
  umount2("/tmp", 0);
  errno = reason;
  return verdict("release_agent", answer);
}
