// Attack: opens files without end
// Row: starvation
// Defence: ulimit = nofile, which it cannot raise
// on: ulimit = nofile=64:64
// off: ulimit = nofile=1024:1024
#include <sys/resource.h>

#include "attack.h"

ATTACK(fd_hog) {
  const rlimit more = {1024, 1024};
  (void)setrlimit(RLIMIT_NOFILE, &more);
  int count_of_files = 0;
  while (count_of_files < 512 && open("/dev/null", O_RDONLY) >= 0) ++count_of_files;
  return count_of_files == 512 ? succeeded("512 files") : refused("open");
}
