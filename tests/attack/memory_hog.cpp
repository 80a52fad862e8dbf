// Attack: takes memory without end
// Row: starvation
// Defence: memory
// on: memory = 16M; memory_swap.required = no; memory_swap = 0
// off: seccomp = off
#include <sys/mman.h>

#include "attack.h"

ATTACK(memory_hog) {
  constexpr size_t size = 64UL << 20;
  const pid_t child = fork();
  if (child == 0) {
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) _exit(1);
    memset(memory, 1, size);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  errno = ENOMEM;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? succeeded("64 MB") : refused("its child was killed");
}
