// What the attacks share. Each attack is a file of its own with `ATTACK(its_name) { ... }`; main.cpp finds them all.
//
// The exit status is the contract with judge.sh: 0 the attack succeeded, 1 it was refused, 77 this kernel has nothing
// to attack, anything else is a broken test. A word on standard output says so as well, so that no other program's exit
// status is taken for ours. Nothing here may do harm: where success would, the call gets arguments that are refused
// later.
//
// All files are compiled as one (unity): names outside of ATTACK must differ.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct Attack {
  const char* name;
  int (*run)(int count, char** words);
};

#define ATTACK(NAME)                                                                             \
  static int attack_##NAME(int count, char** words);                                             \
  __attribute__((section("attacks"), used)) static Attack entry_##NAME = {#NAME, attack_##NAME}; \
  static int attack_##NAME([[maybe_unused]] int count, [[maybe_unused]] char** words)

inline int succeeded(const char* what) {
  printf("succeeded: %s\n", what);
  return 0;
}
inline int refused(const char* what) {
  printf("refused: %s: %s\n", what, strerror(errno));
  return 1;
}
inline int absent(const char* what) {
  printf("absent: %s\n", what);
  return 77;
}
inline int broken(const char* what) {
  printf("broken: %s: %s\n", what, strerror(errno));
  return 3;
}

// The usual end: what the kernel answered.
inline int verdict(const char* what, long answer) { return answer >= 0 ? succeeded(what) : refused(what); }

// For calls with harmless, wrong arguments: an error other than that of a defence shows that the call was reached.
inline int reached(const char* what, long answer) {
  const bool is_kept_off = answer < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
  if (is_kept_off) return refused(what);
  printf("succeeded: %s was reached: %s\n", what, answer < 0 ? strerror(errno) : "done");
  return 0;
}

// Whether it can be opened; nothing is written.
inline int opens(const char* path, int flags) {
  const int file = open(path, flags | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && (errno == ENOENT || errno == ENXIO || errno == ENODEV)) return absent(path);
  return verdict(path, file);
}

// Whether there is anything in it, file or directory.
int reads(const char* path);

// The first process other than ourselves whose command line has `words` in it; 0: none is visible.
pid_t find_process(const char* words);
