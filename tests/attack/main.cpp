// Runs one attack, attacks NAME [WORD]..., or those whose names are in a file, attacks --list FILE.
#include <dirent.h>

#include "attack.h"

extern "C" {
extern Attack __start_attacks[];  // NOLINT: the linker's names for the section
extern Attack __stop_attacks[];   // NOLINT
}

int reads(const char* path) {
  struct stat status;
  if (stat(path, &status) != 0) return errno == ENOENT ? absent(path) : refused(path);
  if (S_ISDIR(status.st_mode)) {
    DIR* const directory = opendir(path);
    if (directory == nullptr) return refused(path);
    int entries = 0;
    while (readdir(directory) != nullptr) ++entries;
    closedir(directory);
    errno = ENODATA;
    return entries > 2 ? succeeded(path) : refused(path);
  }
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return refused(path);
  char byte;
  const ssize_t size = read(file, &byte, 1);
  close(file);
  if (size == 0) errno = ENODATA;
  return size == 1 ? succeeded(path) : refused(path);
}

pid_t find_process(const char* words) {
  DIR* const processes = opendir("/proc");
  if (processes == nullptr) return 0;
  while (const dirent* const entry = readdir(processes)) {
    const int process = atoi(entry->d_name);
    if (process <= 0 || process == getpid()) continue;
    char path[64];
    char line[512] = "";
    snprintf(path, sizeof path, "/proc/%d/cmdline", process);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = file < 0 ? 0 : read(file, line, sizeof line - 1);
    if (file >= 0) close(file);
    for (ssize_t index = 0; index < size; ++index) {
      if (line[index] == '\0') line[index] = ' ';
    }
    if (strstr(line, words) != nullptr) {
      closedir(processes);
      return process;
    }
  }
  closedir(processes);
  return 0;
}

namespace {

const Attack* find_attack(const char* name) {
  for (const Attack* attack = __start_attacks; attack != __stop_attacks; ++attack) {
    if (strcmp(attack->name, name) == 0) return attack;
  }
  return nullptr;
}

// Each in a process of its own, between lines `begin NAME` and `end NAME STATUS`.
int run_list(const char* path) {
  FILE* const list = fopen(path, "re");
  if (list == nullptr) return broken(path);
  char name[64];
  while (fscanf(list, "%63s", name) == 1) {
    printf("begin %s\n", name);
    const Attack* const attack = find_attack(name);
    const pid_t child = attack == nullptr ? -1 : fork();
    if (child == 0) {
      const int answer = attack->run(0, nullptr);
      fflush(stdout);
      _exit(answer);  // exit() would move the list back, whose position we share
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return broken(name);
    printf("end %s %d\n", name, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  if (count == 3 && strcmp(words[1], "--list") == 0) return run_list(words[2]);
  const Attack* const attack = count > 1 ? find_attack(words[1]) : nullptr;
  if (attack != nullptr) return attack->run(count - 2, words + 2);
  fprintf(stderr, "usage: attacks NAME [WORD]... | --list FILE\n");
  return 2;
}
