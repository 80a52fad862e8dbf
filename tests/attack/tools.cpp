// What the attacks need beside them, called the same way: attacks TOOL [WORD]... No attack is in here.
#include <linux/capability.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/un.h>

#include "attack.h"
#include "victim.h"

// Holds one thing of each kind that could be reached from the neighbourhood, says `ready` and waits.
ATTACK(victim) {
  const sockaddr_un address = victim_address();
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  (void)bind(listener, reinterpret_cast<const sockaddr*>(&address), victim_address_size);
  (void)listen(listener, 4);
  (void)shmget(victim_key, 4096, IPC_CREAT | 0666);
  (void)msgget(victim_key, IPC_CREAT | 0666);
  (void)semget(victim_key, 1, IPC_CREAT | 0666);
  umask(0);
  (void)mq_open("/microctr-victim", O_CREAT | O_RDWR, 0666, nullptr);
  puts("ready");
  while (true) pause();
}

// as_user ID COMMAND...
ATTACK(as_user) {
  const auto id = static_cast<uid_t>(atoi(words[0]));
  if (syscall(SYS_setgroups, 0, nullptr) != 0 || setgid(id) != 0 || setuid(id) != 0) return broken("as_user");
  execvp(words[1], words + 1);
  return broken(words[1]);
}

// with_inheritable COMMAND...: with CAP_CHOWN inheritable and ambient
ATTACK(with_inheritable) {
  __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  syscall(SYS_capget, &head, data);
  data[0].inheritable |= 1;
  syscall(SYS_capset, &head, data);
  execvp(words[0], words);
  return broken(words[0]);
}

// with_descriptors DIRECTORY COMMAND...: with descriptors 5 to 20 open, one of them a directory
ATTACK(with_descriptors) {
  for (int number = 5; number <= 20; ++number) {
    const int file = open(number == 7 ? words[0] : "/dev/null", O_RDONLY);
    if (file < 0 || (file != number && (dup2(file, number) < 0 || close(file) != 0))) return broken(words[0]);
  }
  execvp(words[1], words + 1);
  return broken(words[1]);
}

// on_terminal COMMAND...: with a terminal of its own as controlling terminal and standard streams, whose output is ours
ATTACK(on_terminal) {
  const int ours = posix_openpt(O_RDWR | O_NOCTTY);
  char name[64];
  if (ours < 0 || grantpt(ours) != 0 || unlockpt(ours) != 0 || ptsname_r(ours, name, sizeof name) != 0)
    return broken("pty");
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    const int theirs = open(name, O_RDWR);
    for (int stream = 0; stream < 3; ++stream) dup2(theirs, stream);
    close(ours);
    execvp(words[0], words);
    _exit(127);
  }
  char text[512];
  while (true) {
    const ssize_t size = read(ours, text, sizeof text);
    if (size <= 0) break;  // EIO: nobody has the other end any more
    (void)!write(1, text, static_cast<size_t>(size));
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// make_node FILE TYPE MAJOR MINOR: as mknod(1), which not every BusyBox has
ATTACK(make_node) {
  const auto device = static_cast<dev_t>((atoi(words[2]) << 8) | atoi(words[3]));  // small numbers
  return verdict("mknod", mknod(words[0], (words[1][0] == 'b' ? S_IFBLK : S_IFCHR) | 0666, device));
}

// give_capability FILE: CAP_CHOWN as file capability, permitted and effective
ATTACK(give_capability) {
  const uint32_t value[5] = {0x02000001, 1, 0, 0, 0};  // VFS_CAP_REVISION_2 | effective
  return verdict("setxattr", syscall(SYS_setxattr, words[0], "security.capability", value, sizeof value, 0));
}

// make_interpreted FILE INTERPRETER: a program whose ELF interpreter is another file
ATTACK(make_interpreted) {
  struct {
    unsigned char ident[16] = {0x7f, 'E', 'L', 'F', sizeof(long) == 8 ? 2 : 1, 1, 1};
    uint16_t type = 2, machine;
    uint32_t version = 1;
    unsigned long entry = 0x10000, programs, sections = 0;
    uint32_t flags = 0;
    uint16_t size, program_size, program_count = 2, rest[3] = {};
  } head;
  // The head of our own program says what machine this is.
  unsigned char own[64] = {};
  const int self = open("/proc/self/exe", O_RDONLY);
  if (self < 0 || read(self, own, sizeof own) != sizeof own) return broken("/proc/self/exe");
  memcpy(&head.machine, own + 18, 2);
  memcpy(&head.flags, own + (sizeof(long) == 8 ? 48 : 36), 4);
  const bool wide = sizeof(long) == 8;
  head.programs = wide ? 64 : 52;
  head.size = wide ? 64 : 52;
  head.program_size = wide ? 56 : 32;
  const unsigned long text_at = head.programs + 2UL * head.program_size;
  const unsigned long text_size = strlen(words[1]) + 1;
  const unsigned long all = text_at + text_size;
  const unsigned long load[] = {0, 0x10000, 0x10000, all, all};
  const unsigned long interpreter[] = {text_at, 0x10000 + text_at, 0x10000 + text_at, text_size, text_size};
  unsigned char table[2 * 56] = {};
  for (int index = 0; index < 2; ++index) {
    unsigned char* const at = table + index * head.program_size;
    const uint32_t type = index == 0 ? 3 : 1;  // PT_INTERP comes before PT_LOAD
    const unsigned long* const fields = index == 0 ? interpreter : load;
    memcpy(at, &type, 4);
    const uint32_t readable = 5;
    const unsigned long alignment = index == 0 ? 1 : 0x1000;
    if (wide) {
      memcpy(at + 4, &readable, 4);
      memcpy(at + 8, fields, 40);
      memcpy(at + 48, &alignment, 8);
    } else {
      memcpy(at + 4, fields, 20);
      memcpy(at + 24, &readable, 4);
      memcpy(at + 28, &alignment, 4);
    }
  }
  const int file = open(words[0], O_WRONLY | O_CREAT | O_TRUNC, 0755);
  if (file < 0) return broken(words[0]);
  (void)!write(file, &head, head.size);
  (void)!write(file, table, 2UL * head.program_size);
  (void)!write(file, words[1], text_size);
  return succeeded(words[0]);
}

// in_root DIRECTORY COMMAND...: with a plain chroot, as no container should be
ATTACK(in_root) {
  if (chdir(words[0]) != 0 || chroot(".") != 0) return broken(words[0]);
  execv(words[1], words + 1);
  return broken(words[1]);
}

// connect_to SOCKET
ATTACK(connect_to) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strncpy(address.sun_path, words[0], sizeof address.sun_path - 1);
  const int types[] = {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
  for (const int type : types) {
    if (connect(socket(AF_UNIX, type, 0), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return succeeded("connect");
    }
  }
  return refused("connect");
}
