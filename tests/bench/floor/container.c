// The kernel's floor under `microctr run`: the system calls that microctr's default container needs, as directly as a
// program can make them that knows beforehand all that microctr finds out, and nothing else: no configuration, no probe,
// no record, no journal, no message, no clean-up after errors. tests/bench/parts/floor.py prepares what it is given and
// compares what is seen inside of both.
//
// Usage: container STAGE LAYER CGROUP FILTER DEVICES HIDDEN FIRST-ID [LIMIT]... -- PATH [ARGUMENT]...
//   STAGE     an empty directory, covered in the container's mount namespace only
//   LAYER     the lower layer
//   CGROUP    directory to make in a cgroup v2 hierarchy
//   FILTER    file with the seccomp program, DEVICES with the device program, as microctr gives them to the kernel
//   HIDDEN    file with lines "d PATH", "f PATH" (hidden directories and files), "r PATH" (read-only), below the root
//   FIRST-ID  of the 65536 ids of the user namespace
//   LIMIT     "make=DIR", "write=FILE=VALUE" (commas for blanks) or "join=DIR", in this order; `join` once the process is there
// Ends with the status of the program.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// musl's sys/mount.h and the kernel's linux/mount.h cannot stand in one file.
int mount(const char*, const char*, const char*, unsigned long, const void*);
int umount2(const char*, int);
enum {
  ms_rdonly = 1, ms_nosuid = 2, ms_nodev = 4, ms_noexec = 8, ms_remount = 32, ms_bind = 4096, ms_rec = 16384,
  ms_private = 1 << 18, detach = 2, recursive = 0x8000, empty_path = 0x1000, clone_tree = 1, fs_create = 6,
};
enum { most_limits = 32 };

static void die(const char* what) {
  dprintf(2, "floor: %s: %s\n", what, strerror(errno));
  _exit(125);
}
static long check(long answer, const char* what) {
  if (answer < 0) die(what);
  return answer;
}

static void put(const char* path, const char* text) {
  const int file = (int)check(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), path);
  check(write(file, text, strlen(text)), path);
  close(file);
}

// A whole file; it is read before the clock of anybody runs out: two calls each, and one fault.
static size_t read_program(const char* path, void* buffer, size_t size) {
  const int file = (int)check(open(path, O_RDONLY | O_CLOEXEC), path);
  const long length = check(read(file, buffer, size), path);
  close(file);
  return (size_t)length;
}

static void make_cgroup(const char* cgroup, const char* devices) {
  static struct bpf_insn program[512];
  const size_t size = read_program(devices, program, sizeof program);
  check(mkdir(cgroup, 0755), "make the cgroup");
  union bpf_attr load = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = (uint32_t)(size / sizeof *program),
                         .insns = (uintptr_t)program, .license = (uintptr_t) ""};
  const long loaded = check(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load), "load the device filter");
  const int directory = (int)check(open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC), cgroup);
  union bpf_attr attach = {.target_fd = (uint32_t)directory, .attach_bpf_fd = (uint32_t)loaded,
                           .attach_type = BPF_CGROUP_DEVICE, .attach_flags = BPF_F_ALLOW_MULTI};
  check(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach), "attach the device filter");
  close((int)loaded);
  // `directory` is what the process is born into: descriptor 3.
  if (directory != 3) check(dup3(directory, 3, O_CLOEXEC), "dup3"), close(directory);
}

static void write_map(pid_t child, const char* name, unsigned first) {
  char path[64], text[64];
  snprintf(path, sizeof path, "/proc/%d/%s", child, name);
  snprintf(text, sizeof text, "0 %u 65536", first);
  const int file = (int)check(open(path, O_WRONLY | O_CLOEXEC), path);
  check(write(file, text, strlen(text)), path);
  close(file);
}

// What only the host's root may do, in the mount namespace of the process.
static void prepare_root(pid_t child, int pidfd, const char* stage, const char* layer, unsigned first) {
  char path[64], options[64];
  snprintf(path, sizeof path, "/proc/%d/ns/user", child);
  const int users = (int)check(open(path, O_RDONLY | O_CLOEXEC), path);
  const int home = (int)check(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), "the mount namespace");
  check(syscall(SYS_setns, pidfd, CLONE_NEWNS), "enter the mount namespace");
  umask(0);
  check(mount("none", "/", NULL, ms_rec | ms_private, NULL), "private mounts");
  check(mount("tmpfs", stage, "tmpfs", ms_nosuid | ms_nodev, "mode=755,size=16777216"), stage);
  check(chdir(stage), stage);
  const long tree = check(syscall(SYS_open_tree, AT_FDCWD, layer, clone_tree | O_CLOEXEC), layer);
  struct mount_attr map = {.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)users};
  check(syscall(SYS_mount_setattr, tree, "", empty_path, &map, sizeof map), "map the layer");
  check(mkdir("0", 0755), "0");
  check(syscall(SYS_move_mount, tree, "", AT_FDCWD, "0", MOVE_MOUNT_F_EMPTY_PATH), "attach the layer");
  struct __user_cap_header_struct version = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct all[2];
  check(syscall(SYS_capget, &version, all), "capget");
  setfsgid(first);
  setfsuid(first);
  all[0].effective = all[0].permitted;
  all[1].effective = all[1].permitted;
  check(syscall(SYS_capset, &version, all), "capset");
  check(mkdir("upper", 0755), "upper");
  check(mkdir("work", 0755), "work");
  check(mkdir("root", 0755), "root");
  check(mount("overlay", "root", "overlay", ms_nodev, "lowerdir=0,upperdir=upper,workdir=work"), "overlay");
  snprintf(options, sizeof options, "mode=755,size=64k,uid=%u,gid=%u", first, first);
  check(mount("tmpfs", "root/dev", "tmpfs", ms_nosuid | ms_noexec, options), "root/dev");
  check(mknod("root/dev/null", S_IFCHR | 0666, makedev(1, 3)), "null");
  check(mknod("root/dev/zero", S_IFCHR | 0666, makedev(1, 5)), "zero");
  check(mknod("root/dev/full", S_IFCHR | 0666, makedev(1, 7)), "full");
  check(mknod("root/dev/random", S_IFCHR | 0666, makedev(1, 8)), "random");
  check(mknod("root/dev/urandom", S_IFCHR | 0666, makedev(1, 9)), "urandom");
  check(mknod("root/dev/tty", S_IFCHR | 0666, makedev(5, 0)), "tty");
  setfsgid(0);
  setfsuid(0);
  check(syscall(SYS_setns, home, CLONE_NEWNS), "come back");
}

static void raise_loopback(void) {
  const int socket_of_route = (int)check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "netlink");
  struct {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } up = {{sizeof up, RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0}, {.ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}};
  char answer[64];
  check(send(socket_of_route, &up, sizeof up, 0), "lo");
  check(recv(socket_of_route, answer, sizeof answer, 0), "lo");
  close(socket_of_route);
}

// Lines "d PATH", "f PATH", "r PATH"; each cover is a copy of the one before it.
static void hide(char* lines) {
  int directories = -1, files = -1;
  for (char* line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    const char* const path = line + 2;
    if (line[0] == 'r') {
      check(mount(path, path, NULL, ms_bind | ms_rec, NULL), path);
      check(mount(NULL, path, NULL, ms_remount | ms_bind | ms_rdonly | ms_nosuid | ms_nodev | ms_noexec, NULL), path);
      continue;
    }
    int* const cover = line[0] == 'd' ? &directories : &files;
    if (*cover >= 0) {
      *cover = (int)check(syscall(SYS_open_tree, *cover, "", clone_tree | empty_path | O_CLOEXEC), "cover");
    } else if (line[0] == 'd') {
      const long made = check(syscall(SYS_fsopen, "tmpfs", 1), "fsopen");
      check(syscall(SYS_fsconfig, made, fs_create, NULL, NULL, 0), "fsconfig");
      *cover = (int)check(syscall(SYS_fsmount, made, 1, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC), "fsmount");
    } else {
      *cover = (int)check(syscall(SYS_open_tree, AT_FDCWD, "dev/null", clone_tree | O_CLOEXEC), "dev/null");
    }
    check(syscall(SYS_move_mount, *cover, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH), path);
  }
}

static void give_up_privileges(const struct sock_fprog* filter) {
  // docker's default set without MKNOD, NET_RAW and AUDIT_WRITE
  const uint64_t kept = 1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER | 1U << CAP_FSETID | 1U << CAP_KILL |
                        1U << CAP_SETGID | 1U << CAP_SETUID | 1U << CAP_SETPCAP | 1U << CAP_NET_BIND_SERVICE |
                        1U << CAP_SYS_CHROOT | 1ULL << CAP_SETFCAP;
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    if ((kept >> capability & 1) == 0) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  struct __user_cap_header_struct version = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct given[2] = {{(uint32_t)kept, (uint32_t)kept, 0}, {0}};
  check(syscall(SYS_capset, &version, given), "capset");
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter), "seccomp");
}

// The kernel refuses pivot_root for an initramfs: then the root is moved over it, and what the host has mounted is hidden.
static void enter_root(void) {
  static const char* const host[] = {"/proc", "/sys", "/dev"};
  if (syscall(SYS_pivot_root, ".", ".") == 0) {
    check(umount2(".", detach), "leave the old root");
  } else {
    for (int index = 0; index < 3; ++index) {
      if (umount2(host[index], detach) < 0)
        check(mount("tmpfs", host[index], "tmpfs", ms_rdonly | ms_nosuid | ms_nodev | ms_noexec, "size=4k"), host[index]);
    }
    check(mount(".", "/", NULL, 8192, NULL), "move the root");  // MS_MOVE
    check(chroot("."), "chroot");
  }
  check(chdir("/"), "/");
}

static void become_container(const char* name, const char* stage, char* hidden, const struct sock_fprog* filter, char** program) {
  static const char hosts_rest[] = "\n";
  char text[256];
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  umask(0);
  check(unshare(CLONE_NEWCGROUP), "unshare the cgroup");
  check(sethostname(name, strlen(name)), "sethostname");
  raise_loopback();
  check(chdir(stage), stage);
  check(chdir("root"), "root");
  check(syscall(SYS_setgroups, 0, NULL), "setgroups");
  check(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
  check(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
  check(mount("proc", "proc", "proc", ms_nosuid | ms_nodev | ms_noexec, NULL), "proc");
  check(mkdir("dev/pts", 0755), "pts");
  check(mkdir("dev/shm", 0755), "shm");
  check(mkdir("dev/mqueue", 0755), "mqueue");
  check(symlink("/proc/self/fd", "dev/fd"), "fd");
  check(symlink("/proc/self/fd/0", "dev/stdin"), "stdin");
  check(symlink("/proc/self/fd/1", "dev/stdout"), "stdout");
  check(symlink("/proc/self/fd/2", "dev/stderr"), "stderr");
  check(symlink("pts/ptmx", "dev/ptmx"), "ptmx");
  check(mount("devpts", "dev/pts", "devpts", ms_nosuid | ms_noexec, "newinstance,ptmxmode=0666,mode=620,gid=5"), "devpts");
  check(mount("tmpfs", "dev/shm", "tmpfs", ms_nosuid | ms_nodev | ms_noexec, "mode=1777,size=64m"), "shm");
  check(mount("mqueue", "dev/mqueue", "mqueue", ms_nosuid | ms_nodev | ms_noexec, NULL), "mqueue");
  check(mount("sysfs", "sys", "sysfs", ms_rdonly | ms_nosuid | ms_nodev | ms_noexec, NULL), "sysfs");
  check(mount("cgroup2", "sys/fs/cgroup", "cgroup2", ms_rdonly | ms_nosuid | ms_nodev | ms_noexec, NULL), "cgroup2");
  put("proc/sys/net/ipv4/ping_group_range", "0 65535");
  put("proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
  snprintf(text, sizeof text, "%s\n", name);
  put("etc/hostname", text);
  snprintf(text, sizeof text, "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.1.1 %s%s", name, hosts_rest);
  put("etc/hosts", text);
  hide(hidden);
  enter_root();
  check(setsid(), "setsid");
  umask(022);
  give_up_privileges(filter);
  check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "pdeathsig");
  static char home[64];
  snprintf(home, sizeof home, "HOSTNAME=%s", name);
  char* environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", home, "container=microctr", NULL};
  execve(program[0], program, environment);
  die(program[0]);
}

// Those of before the process is there (`child` 0), or of after.
static void apply(char** limits, pid_t child) {
  for (; strcmp(*limits, "--") != 0; ++limits) {
    char path[512], value[64] = "";
    if (child == 0 && sscanf(*limits, "make=%511s", path) == 1) check(mkdir(path, 0755), path);
    if (child == 0 && sscanf(*limits, "write=%511[^=]=%63s", path, value) == 2) {
      for (char* comma = strchr(value, ','); comma != NULL; comma = strchr(comma, ',')) *comma = ' ';
      put(path, value);
    }
    if (child != 0 && sscanf(*limits, "join=%480s", path) == 1) {
      snprintf(value, sizeof value, "%d", child);
      strcat(path, "/cgroup.procs");
      put(path, value);
    }
  }
}

static void remove_all(char** limits) {
  for (; strcmp(*limits, "--") != 0; ++limits) {
    char path[512];
    if (sscanf(*limits, "make=%511s", path) == 1) check(rmdir(path), path);
  }
}

int main(int count, char** words) {
  if (count < 10) return dprintf(2, "usage: see the top of tests/bench/floor/container.c\n"), 2;
  const char* const stage = words[1];
  const char* const cgroup = words[3];
  static char filter_bytes[64 * 1024];
  static char hidden[4096];
  const struct sock_fprog filter = {.len = (unsigned short)(read_program(words[4], filter_bytes, sizeof filter_bytes) / sizeof(struct sock_filter)),
                                    .filter = (struct sock_filter*)filter_bytes};
  hidden[read_program(words[6], hidden, sizeof hidden - 1)] = '\0';
  const unsigned first = (unsigned)strtoul(words[7], NULL, 10);
  char** const limits = words + 8;
  char** program = limits;
  while (strcmp(*program, "--") != 0) ++program;

  make_cgroup(cgroup, words[5]);
  apply(limits, 0);
  int ends[2];
  check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
  int pidfd = -1;
  struct clone_args how = {.flags = CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                                    CLONE_NEWNET | CLONE_INTO_CGROUP,
                           .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD, .cgroup = 3};
  const long child = check(syscall(SYS_clone3, &how, sizeof how), "clone3");
  char word = 0;
  if (child == 0) {
    check(recv(ends[1], &word, 1, 0), "wait for the parent");
    become_container(strrchr(cgroup, '/') + 1, stage, hidden, &filter, program + 1);
  }
  apply(limits, (pid_t)child);
  write_map((pid_t)child, "uid_map", first);
  write_map((pid_t)child, "gid_map", first);
  prepare_root((pid_t)child, pidfd, stage, words[2], first);
  check(send(ends[0], &word, 1, MSG_NOSIGNAL), "wake the child");
  siginfo_t ended = {0};
  check(waitid(P_PID, (id_t)child, &ended, WEXITED), "wait for the child");
  check(rmdir(cgroup), "remove the cgroup");
  remove_all(limits);
  return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}
