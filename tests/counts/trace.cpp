// Counts, exactly, the system calls of a command and of all that it starts, on every architecture that we build for.
//
// Usage: trace [-i] [-d DIRECTORY] COMMAND [ARGUMENT]...
//
// COMMAND is a path. Prints on standard error, and ends as COMMAND ends:
//
//   CALL COUNT          for each system call that was made, by name
//   total COUNT         of all
//   faults COUNT        page faults of all processes that live when the last program of one is executed (a container's
//                       own), up to then: those of the launcher and of its process on the way there
//
// -i counts something else, one step at a time, which the kernel offers on x86_64 and aarch64 only:
//
//   instructions COUNT  in user space, of COMMAND to its end and of each process that it starts up to its first exec
//
// So that the same work gives the same numbers each time, addresses are not randomised, and a process that is about to
// execute a program is held until all others wait: else it is chance how far they have come by then.
// -d writes the last seccomp program and device program that were given to the kernel as DIRECTORY/filter and devices.
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <utility>

#include "launcher/seccomp/call.h"

namespace {

constexpr std::size_t most_processes = 64;
constexpr int get_syscall_info = 0x420e;  // PTRACE_GET_SYSCALL_INFO, Linux 5.3

struct Process {
  pid_t pid;
  bool is_new;        // its first stop is that of its birth
  bool is_uncounted;  // has executed a program that is not ours
};

Process processes[most_processes];
std::size_t process_count = 0;
unsigned counts[microctr::seccomp::call_count + 1];  // the last: of no known name
unsigned long faults_at_exec = 0;
unsigned long faults_before = 0;  // of ourselves, between fork and COMMAND
unsigned long instructions = 0;
bool counts_instructions = false;
pid_t held = 0;  // about to execute a program
const char* dump_directory = nullptr;

[[noreturn]] void die(const char* what) {
  fprintf(stderr, "trace: %s: %s\n", what, strerror(errno));
  exit(125);
}

Process& process_of(pid_t pid) {
  for (std::size_t index = 0; index < process_count; ++index) {
    if (processes[index].pid == pid) return processes[index];
  }
  if (process_count == most_processes) die("too many processes");
  processes[process_count] = {pid, process_count != 0, false};
  return processes[process_count++];
}

void forget(pid_t pid) {
  for (std::size_t index = 0; index < process_count; ++index) {
    if (processes[index].pid == pid) processes[index] = processes[--process_count];
  }
}

// Field 10 of /proc/PID/stat: without the pages that were read from a disk, of which there are none in a warm machine.
unsigned long faults_of(pid_t pid) {
  char path[32], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE* const file = fopen(path, "r");
  if (file == nullptr) return 0;
  const std::size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[size] = '\0';
  unsigned long faults = 0;
  const char* const name_end = strrchr(text, ')');
  if (name_end != nullptr) sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %lu", &faults);
  return faults;
}

void note_exec() {
  faults_at_exec = -faults_before;
  for (std::size_t index = 0; index < process_count; ++index) {
    faults_at_exec += faults_of(processes[index].pid);
  }
}

bool copy_from(pid_t pid, unsigned long long address, void* to, std::size_t size) {
  iovec ours = {to, size};
  iovec theirs = {reinterpret_cast<void*>(static_cast<std::uintptr_t>(address)), size};
  return process_vm_readv(pid, &ours, 1, &theirs, 1, 0) == static_cast<ssize_t>(size);
}

void dump(pid_t pid, const char* name, unsigned long long address, std::size_t size) {
  static char bytes[1 << 20];
  char path[4096];
  if (size > sizeof bytes || !copy_from(pid, address, bytes, size)) die("read a program");
  snprintf(path, sizeof path, "%s/%s", dump_directory, name);
  FILE* const file = fopen(path, "w");
  if (file == nullptr || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) die(path);
}

void look_at_programs(pid_t pid, const ptrace_syscall_info& info) {
  const auto* const words = info.entry.args;
  if (info.entry.nr == SYS_seccomp && words[0] == SECCOMP_SET_MODE_FILTER) {
    sock_fprog program;
    if (!copy_from(pid, words[2], &program, sizeof program)) die("read the filter");
    dump(pid, "filter", reinterpret_cast<std::uintptr_t>(program.filter), program.len * sizeof(sock_filter));
  }
  if (info.entry.nr == SYS_bpf && words[0] == BPF_PROG_LOAD) {
    struct {
      std::uint32_t type, count;
      std::uint64_t instructions;
    } load;
    if (!copy_from(pid, words[1], &load, sizeof load)) die("read the device filter");
    dump(pid, "devices", load.instructions, load.count * sizeof(bpf_insn));
  }
}

void count(pid_t pid) {
  ptrace_syscall_info info;
  if (ptrace(get_syscall_info, pid, sizeof info, &info) <= 0) return;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return;
  std::size_t call = 0;
  while (call < microctr::seccomp::call_count &&
         microctr::seccomp::number_of(static_cast<microctr::seccomp::Call>(call), 0) != info.entry.nr)
    ++call;
  ++counts[call];
  if (info.entry.nr == SYS_execve || info.entry.nr == SYS_execveat) held = pid;
  if (dump_directory != nullptr) look_at_programs(pid, info);
}

void report() {
  unsigned total = 0;
  const char* name = microctr::seccomp::call_names;
  for (std::size_t call = 0; call < microctr::seccomp::call_count; ++call, name += strlen(name) + 1) {
    if (counts[call] != 0) fprintf(stderr, "%s %u\n", name, counts[call]);
    total += counts[call];
  }
  const unsigned unknown = counts[microctr::seccomp::call_count];
  if (unknown != 0) fprintf(stderr, "unknown %u\n", unknown);
  fprintf(stderr, "total %u\nfaults %lu\n", total + unknown, faults_at_exec);
}

[[noreturn]] void become_command(char** words) {
  if (personality(ADDR_NO_RANDOMIZE) < 0) die("keep addresses as they are");
  if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) die("ask to be traced");
  raise(SIGSTOP);
  execv(words[0], words);
  die(words[0]);
}

void note_program(Process& process, bool is_first) {
  process.is_uncounted = !is_first;
  if (is_first && faults_before == 0) faults_before = faults_of(process.pid);
}

// What stopped it, and the signal that it is given when it goes on.
int look_at_stop(Process& process, unsigned stop, bool is_first) {
  static bool began = false;
  constexpr long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                           PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (is_first && stop == SIGSTOP && !began) {
    began = true;
    if (ptrace(PTRACE_SETOPTIONS, process.pid, 0, options) != 0) die("set the options");
    return 0;
  }
  if (stop == (SIGTRAP | 0x80)) return count(process.pid), 0;
  if (stop >> 8 == PTRACE_EVENT_EXEC) return note_program(process, is_first), 0;
  if (stop >> 8 != 0) return 0;  // a process is born
  if (process.is_new && stop == SIGSTOP) return process.is_new = false, 0;
  if (counts_instructions && stop == SIGTRAP) return instructions += process.is_uncounted ? 0 : 1, 0;
  return static_cast<int>(stop);
}

void resume(const Process& process, int signal) {
  const auto how = !counts_instructions ? PTRACE_SYSCALL : process.is_uncounted ? PTRACE_CONT : PTRACE_SINGLESTEP;
  // ESRCH: it has been killed meanwhile.
  if (ptrace(how, process.pid, 0, signal) != 0 && errno != ESRCH) die("let it go on");
}

// The next that has stopped or ended; as long as one is held, only until nobody has for a while. 0: now it may go on.
pid_t wait_next(int* status) {
  constexpr timespec moment = {0, 1'000'000};
  constexpr int long_enough = 50;
  if (held == 0) return waitpid(-1, status, __WALL);
  for (int quiet = 0; quiet < long_enough; ++quiet) {
    const pid_t pid = waitpid(-1, status, __WALL | WNOHANG);
    if (pid != 0) return pid;
    nanosleep(&moment, nullptr);
  }
  return 0;
}

// Until all have ended; the status of the first.
int follow(pid_t first) {
  int status_of_first = 125;
  while (true) {
    int status;
    const pid_t pid = wait_next(&status);
    if (pid < 0) return status_of_first;
    if (pid == 0) {
      note_exec();
      resume(process_of(std::exchange(held, 0)), 0);
      continue;
    }
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      forget(pid);
      if (pid == held) held = 0;
      if (pid == first) status_of_first = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      continue;
    }
    Process& process = process_of(pid);
    const int signal = look_at_stop(process, static_cast<unsigned>(status) >> 8, pid == first);
    if (held != pid) resume(process, signal);
  }
}

}  // namespace

int main(int argc, char** argv) {
  int option;
  while ((option = getopt(argc, argv, "+id:")) >= 0) {
    if (option == '?') return 2;
    if (option == 'i') counts_instructions = true;
    if (option == 'd') dump_directory = optarg;
  }
  if (optind >= argc) return fprintf(stderr, "usage: trace [-i] [-d DIRECTORY] COMMAND [ARGUMENT]...\n"), 2;
  const pid_t command = fork();
  if (command < 0) die("fork");
  if (command == 0) become_command(argv + optind);
  const int status = follow(command);
  if (counts_instructions)
    fprintf(stderr, "instructions %lu\n", instructions);
  else
    report();
  return status;
}
