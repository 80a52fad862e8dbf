// Attack: opens a file by its handle instead of its path (shocker)
// Row: defaults
// Defence: no CAP_DAC_READ_SEARCH; the default seccomp policy
// off: open
// with: volume = $T:/volume
#include "attack.h"

ATTACK(open_by_handle) {
  struct {
    file_handle head;
    char bytes[128];
  } handle = {};
  handle.head.handle_bytes = sizeof handle.bytes;
  int mount_id;
  const int place = open("/volume", O_RDONLY | O_DIRECTORY);
  if (place < 0) return broken("/volume");
  if (name_to_handle_at(AT_FDCWD, "/volume", &handle.head, &mount_id, 0) != 0) {  // a guess is as good: inode 2
    handle.head.handle_bytes = 8;
    handle.head.handle_type = 1;
    handle.bytes[0] = 2;
  }
  return verdict("open_by_handle_at", open_by_handle_at(place, &handle.head, O_RDONLY));
}
