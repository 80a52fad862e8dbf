// A bare process 1: mounts what the kernel offers, loads the modules that it is told, mounts the data disk, starts the floor's
// container and powers off. Nothing is read but the list of modules, nothing is supervised, nothing is logged.
//
// /bench/modules names one module file in each line, in the order in which they must be loaded.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void load_modules(void) {
  static char list[8192];
  const int file = open("/bench/modules", O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, list, sizeof list - 1) < 0) return;
  close(file);
  for (char* path = strtok(list, "\n"); path != NULL; path = strtok(NULL, "\n")) {
    const int module = open(path, O_RDONLY | O_CLOEXEC);
    if (module < 0 || (syscall(SYS_finit_module, module, "", 0) < 0 && errno != EEXIST)) perror(path);
    close(module);
  }
}

// Those of microctr's default hidden and read-only paths that this kernel has.
static void list_hidden(void) {
  static const char* const all[] = {"d proc/acpi", "d proc/asound", "d proc/scsi", "f proc/kcore", "f proc/keys",
                                    "f proc/latency_stats", "f proc/timer_list", "f proc/sched_debug", "d sys/firmware",
                                    "d sys/devices/virtual/powercap", "r proc/bus", "r proc/fs", "r proc/irq", "r proc/sys",
                                    "r proc/sysrq-trigger"};
  FILE* const list = fopen("/run/hidden", "w");
  if (list == NULL) return;
  for (size_t index = 0; index < sizeof all / sizeof *all; ++index) {
    char path[64] = "/";
    strcat(path, all[index] + 2);
    if (access(path, F_OK) == 0) fprintf(list, "%s\n", all[index]);
  }
  fclose(list);
}

int main(void) {
  mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=755");
  mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
  mount("cgroup2", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  load_modules();
  const struct timespec moment = {0, 1000000};
  while (mount("/dev/vda", "/var/lib/microctr", "ext4", 0, NULL) < 0 && errno == ENOENT) nanosleep(&moment, NULL);
  list_hidden();
  mkdir("/run/stage", 0700);
  const pid_t child = fork();
  if (child == 0) {
    char* const words[] = {"floor", "/run/stage", "/var/lib/microctr/layers/busybox", "/sys/fs/cgroup/bench", "/bench/filter",
                           "/bench/devices", "/run/hidden", "1500000000", "--", "/bin/stamp", NULL};
    execv("/bench/floor", words);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  sync();
  reboot(RB_POWER_OFF);
  return 1;
}
