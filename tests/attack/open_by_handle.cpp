// Attack: opens a file by its handle instead of its path (shocker)
// Row: defaults
// Defence: no CAP_DAC_READ_SEARCH; the default seccomp policy
// off: open
// with: volume = $T/volume:/volume
#include "attack.h"

ATTACK(open_by_handle) {
  struct {
    unsigned size = 128;
    int type = 0;
    char bytes[128] = {};
  } handle;
  int mount_id;
  const int place = open("/volume", O_RDONLY | O_DIRECTORY);
  if (place < 0) return broken("/volume");
  if (syscall(SYS_name_to_handle_at, AT_FDCWD, "/volume", &handle, &mount_id, 0) != 0) {  // a guess is as good: inode 2
    handle.size = 8;
    handle.type = 1;
    handle.bytes[0] = 2;
  }
  return verdict("open_by_handle_at", syscall(SYS_open_by_handle_at, place, &handle, O_RDONLY));
}
