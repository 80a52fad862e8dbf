// The sealed program, really executed: what it says when it cannot execute, and that nothing of it is left when it can.
#include "launcher/container/sealed_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "launcher/base/sys.h"
#include "launcher/container/child.h"

namespace microctr {
namespace {

struct Seen {
  std::string word;  // on the channel
  std::string output;
  int status = -1;
};

std::string read_to_end(int descriptor) {
  std::string text;
  char buffer[4096];
  for (ssize_t size; (size = ::read(descriptor, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(size));
  return text;
}

int status_of(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

// EPERM for this call, from here on.
void forbid(long number) {
  sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program = {4, &code[0]};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

struct Running {
  pid_t pid = -1;
  int channel = -1;
  int output = -1;
};

Running begin(const std::string& path, std::vector<const char*> words, std::vector<const char*> environment,
              Reaper reaper, long forbidden = -1, int ready = -1) {
  const auto program = sealed_program();
  EXPECT_TRUE(program);
  int channel[2];
  int output[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), 0);
  EXPECT_EQ(::pipe2(output, O_CLOEXEC), 0);
  words.insert(words.begin(), sealed_words_before, nullptr);
  words.push_back(nullptr);
  environment.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    int sealed = ::fcntl(program.value(), F_DUPFD_CLOEXEC, 100);
    ::dup2(output[1], 1);
    if (!keep_descriptors(channel[1], sealed, ready)) ::_exit(99);
    if (forbidden >= 0) forbid(forbidden);
    (void)execute_sealed(sealed, reaper, CString::from_pointer(path.c_str()), "its-name", words.data(),
                         environment.data());
    ::_exit(98);
  }
  ::close(channel[1]);
  ::close(output[1]);
  return {pid, channel[0], output[0]};
}

Seen end(const Running& running) {
  Seen seen;
  char word[1024];
  const ssize_t size = ::recv(running.channel, word, sizeof word, 0);
  seen.word.assign(word, size > 0 ? static_cast<size_t>(size) : 0);
  seen.output = read_to_end(running.output);
  seen.status = status_of(running.pid);
  ::close(running.channel);
  ::close(running.output);
  return seen;
}

Seen run(const std::string& path, std::vector<const char*> words, std::vector<const char*> environment = {},
         Reaper reaper = Reaper::no) {
  return end(begin(path, std::move(words), std::move(environment), reaper));
}

const std::vector<const char*> usual_path = {"PATH=/usr/bin:/bin"};

int code_of(const Seen& seen) {
  EXPECT_EQ(seen.status, 126);
  EXPECT_EQ(seen.output, "");
  EXPECT_TRUE(is_sealed_word(seen.word));
  const auto word = read_sealed_word(seen.word);
  if (!word) return -1;
  EXPECT_EQ(word.value().name, "its-name");
  return word.value().code;
}

TEST(SealedProgram, says_why_it_cannot_execute) {
  EXPECT_EQ(code_of(run("/etc/passwd", {"a"})), EACCES);
  EXPECT_EQ(code_of(run("/etc", {"a", "b", "c"})), EACCES);
  EXPECT_EQ(code_of(run("/etc/passwd/x", {"a"})), ENOTDIR);
  EXPECT_EQ(code_of(run("/no/such/program", {"a"})), ENOEXEC) << "whoever calls it has seen that it is there";

  const std::string text = testing::TempDir() + "microctr-no-program";
  std::ofstream(text) << "text";
  ::chmod(text.c_str(), 0755);
  EXPECT_EQ(code_of(run(text, {"", ""})), ENOEXEC);
  ::unlink(text.c_str());
}

TEST(SealedProgram, passes_words_and_environment) {
  const auto seen =
      run("/bin/sh", {"name of its own", "-c", "printf '<%s>' \"$0\" \"$@\"; env", "", "two words", "", "3"},
          {"A=1", "B=", "PATH=/usr/bin:/bin"});
  EXPECT_EQ(seen.word, "") << "the channel is closed by exec";
  EXPECT_EQ(seen.status, 0);
  EXPECT_EQ(seen.output.substr(0, 20), "<><two words><><3>A=");
  EXPECT_NE(seen.output.find("\nB=\n"), std::string::npos);
  EXPECT_EQ(run("/bin/sh", {"sh", "-c", "exit 42"}).status, 42);
}

// As after execve(path): the name of the process, what it takes for its file, and its descriptors.
TEST(SealedProgram, leaves_no_trace) {
  const auto seen =
      run("/bin/sh", {"x", "-c", "read name </proc/$$/comm; echo $name; readlink /proc/$$/exe; ls /proc/$$/fd"},
          {"PATH=/usr/bin:/bin"});
  char real[4096] = {};
  EXPECT_NE(::realpath("/bin/sh", real), nullptr);
  EXPECT_EQ(seen.output, std::string("sh\n") + real + "\n0\n1\n2\n");
  const auto auxiliary = run("/bin/true", {"x"}, {"LD_SHOW_AUXV=1"});  // ld.so(8)
  EXPECT_NE(auxiliary.output.find("/bin/true\n"), std::string::npos) << auxiliary.output;
  EXPECT_EQ(auxiliary.output.find("/fd/"), std::string::npos) << auxiliary.output;
}

TEST(SealedProgram, ends_when_somebody_else_executes_it) {
  const char* const few[] = {"a", nullptr};
  const char* const many[] = {"/bin/echo", "----", "echo", "executed", nullptr};
  const char* const environment[] = {nullptr};
  for (const char* const* arguments : {&few[0], &many[0]}) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const int program = ::fcntl(sealed_program().value(), F_DUPFD_CLOEXEC, 100);  // it may be in the channel's place
      ::close(channel_number);
      (void)sys::execute_descriptor(program, arguments, environment);
      ::_exit(98);
    }
    EXPECT_EQ(status_of(pid), 126);
  }
}

TEST(SealedProgram, cannot_be_changed) {
  const int program = sealed_program().value();
  EXPECT_EQ(sealed_program().value(), program) << "one for the whole life of the process";
  EXPECT_NE(::fcntl(program, F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(::pwrite(program, "x", 1, 0), -1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_EQ(::ftruncate(program, 0), -1);
  EXPECT_EQ(::ftruncate(program, 100'000), -1);
  const int again = ::open(("/proc/self/fd/" + std::to_string(program)).c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_EQ(::write(again, "x", 1), -1);
  ::close(again);
  const auto release = sys::kernel_release();
  if (release.major > 6 || (release.major == 6 && release.minor >= 3)) {
    EXPECT_EQ(::fchmod(program, 0), -1) << "F_SEAL_EXEC";
  }
}

Seen reaped(const char* script) { return run("/bin/sh", {"sh", "-c", script}, usual_path, Reaper::yes); }

TEST(SealedReaper, ends_as_its_child_does) {
  EXPECT_EQ(reaped("exit 0").status, 0);
  EXPECT_EQ(reaped("exit 42").status, 42);
  EXPECT_EQ(reaped("exit 255").status, 255);
  EXPECT_EQ(reaped("kill -9 $$").status, 128 + SIGKILL);
  EXPECT_EQ(reaped("kill -TERM $$").status, 128 + SIGTERM);
  EXPECT_EQ(reaped("ulimit -c 0; kill -SEGV $$").status, 128 + SIGSEGV);
}

TEST(SealedReaper, says_why_its_child_cannot_execute) {
  EXPECT_EQ(code_of(run("/etc/passwd", {"a"}, {}, Reaper::yes)), EACCES);
  EXPECT_EQ(code_of(run("/etc/passwd/x", {"a"}, {}, Reaper::yes)), ENOTDIR);
  EXPECT_EQ(code_of(run("/no/such/program", {"a", "b"}, {}, Reaper::yes)), ENOEXEC);
}

// The child is as it would be without it, and the reaper has nothing of ours.
TEST(SealedReaper, leaves_no_trace_in_its_child) {
  const auto seen = reaped(
      "grep -E 'Sig(Blk|Ign)' /proc/$$/status | tr -d '\\n\\t'; read name </proc/$$/comm; echo \" $name\"; "
      "ls /proc/$$/fd; read name </proc/$PPID/comm; echo $name; ls /proc/$PPID/fd");
  EXPECT_EQ(seen.output, "SigBlk:0000000000000000SigIgn:0000000000000000 sh\n0\n1\n2\ninit\n0\n1\n2\n3\n")
      << "and what it reads signals from";
  EXPECT_EQ(seen.word, "");
  EXPECT_EQ(seen.status, 0);
}

// The end of the command's pipe of `ready = fd` is the end of it.
TEST(SealedReaper, leaves_descriptor_3_to_its_child) {
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const Running running = begin("/bin/sh", {"sh", "-c", "echo word >&3; ls /proc/$$/fd; exec 3>&-; ls /proc/$PPID/fd"},
                                usual_path, Reaper::yes, -1, pipe[1]);
  ::close(pipe[1]);
  EXPECT_EQ(read_to_end(pipe[0]), "word\n");
  ::close(pipe[0]);
  EXPECT_EQ(end(running).output, "0\n1\n2\n3\n0\n1\n2\n5\n");
}

TEST(SealedReaper, reaps_orphans) {
  const auto seen = reaped(
      "for number in 1 2 3 4 5 6 7 8; do (sh -c 'exit 3' &); done; tries=0; "
      "while [ \"$(cat /proc/$PPID/task/$PPID/children)\" != \"$$ \" ]; do "
      "tries=$((tries + 1)); [ $tries -lt 2000 ] || exit 1; done; exit 5");
  EXPECT_EQ(seen.status, 5);
}

TEST(SealedReaper, passes_signals_on) {
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGWINCH, SIGTSTP, SIGCONT, SIGPIPE}) {
    const auto running = begin("/bin/sh",
                               {"sh", "-c", "trap 'echo $0; exit 7' $0; echo ready; while :; do sleep 0.02; done",
                                std::to_string(signal).c_str()},
                               usual_path, Reaper::yes);
    char ready[6];
    ASSERT_EQ(::read(running.output, ready, sizeof ready), 6);
    ASSERT_EQ(::kill(running.pid, signal), 0);
    const auto seen = end(running);
    EXPECT_EQ(seen.status, 7) << signal;
    EXPECT_EQ(seen.output, std::to_string(signal) + "\n");
  }
}

TEST(SealedReaper, takes_its_child_with_it) {
  const auto running = begin("/bin/sh", {"sh", "-c", "echo $$; while :; do sleep 0.02; done"}, usual_path, Reaper::yes);
  char text[16] = {};
  ASSERT_GT(::read(running.output, text, sizeof text - 1), 0);
  const pid_t child = std::stoi(text);
  ASSERT_EQ(::kill(running.pid, SIGKILL), 0);
  pollfd output = {running.output, POLLIN, 0};
  EXPECT_EQ(::poll(&output, 1, 10'000), 1) << "the output has its end when nobody has it any more";
  if (output.revents == 0) ::kill(child, SIGKILL);
  EXPECT_EQ(end(running).status, 1000 + SIGKILL);
}

TEST(SealedReaper, says_that_a_filter_forbids_its_calls) {
  for (const long call : {SYS_prctl, SYS_signalfd4, SYS_wait4, SYS_kill, SYS_rt_sigprocmask, SYS_clone}) {
    const auto seen = end(begin("/bin/true", {"true"}, {}, Reaper::yes, call));
    EXPECT_EQ(seen.status, 126) << call;
    ASSERT_TRUE(is_sealed_word(seen.word)) << call;
    const auto word = read_sealed_word(seen.word);
    ASSERT_TRUE(word);
    EXPECT_TRUE(word.value().of_reaper);
    EXPECT_EQ(word.value().code, EPERM);
    EXPECT_EQ(word.value().name, "its-name");
  }
}

TEST(SealedProgram, words_of_others_are_not_taken) {
  EXPECT_FALSE(is_sealed_word(std::string(3, '\xff')));
  EXPECT_FALSE(is_sealed_word(std::string("\x7d\0\0\0text", 8))) << "a report of the process itself";
  EXPECT_TRUE(is_sealed_word(std::string("\xfe\xff\xff\xffname", 8)));
  EXPECT_FALSE(read_sealed_word(std::string("\xfe\xff\xff\xffname", 8))) << "no NUL at its end";
  EXPECT_FALSE(read_sealed_word(std::string("\xfe\xff\xff\xff", 4)));
  EXPECT_EQ(read_sealed_word(std::string("\xf3\xff\xff\xff\0", 5)).value().code, EACCES);
  EXPECT_FALSE(read_sealed_word(std::string("\xf3\xff\xff\xff\0", 5)).value().of_reaper);
}

std::uint64_t inode_of(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

// The numbers that they have before, also each the others'. What is not there is negative.
struct Numbers {
  int channel;
  int sealed;
  int ready;
};

TEST(KeepDescriptors, wherever_they_are) {
  for (const auto& [channel, sealed, ready] : {Numbers{4, 5, 3},
                                               {3, 4, 5},
                                               {5, 3, 4},
                                               {4, 3, 5},
                                               {3, 5, 4},
                                               {5, 4, 3},
                                               {7, 3, 9},
                                               {5, 3, -1},
                                               {4, 7, 8},
                                               {6, 4, 3},
                                               {3, 5, -1},
                                               {8, 9, 10},
                                               {3, -1, 4},
                                               {9, -1, 3},
                                               {4, -1, -1},
                                               {3, -1, -1}}) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close_range(3, ~0U, 0);
      int pipes[2];
      if (::pipe2(pipes, O_CLOEXEC) != 0) ::_exit(1);
      const int first = ::fcntl(pipes[0], F_DUPFD_CLOEXEC, 50);
      const int second = sealed < 0 ? -1 : ::fcntl(::open("/dev/null", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 51);
      const int third = ready < 0 ? -1 : ::fcntl(::open("/dev/zero", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 52);
      ::close_range(3, 49, 0);
      ::dup3(first, channel, O_CLOEXEC);
      if (second >= 0) ::dup3(second, sealed, O_CLOEXEC);
      if (third >= 0) ::dup3(third, ready, O_CLOEXEC);
      const auto wanted = inode_of(first);
      const auto wanted_program = inode_of(second);
      const auto wanted_ready = inode_of(third);
      int number = sealed;
      if (!keep_descriptors(channel, number, ready)) ::_exit(2);
      if (inode_of(3) != wanted_ready || inode_of(4) != wanted) ::_exit(3);
      if (number != (sealed < 0 ? -1 : 5) || inode_of(5) != wanted_program) ::_exit(6);
      for (int other = 6; other < 60; ++other) {
        if (inode_of(other) != 0) ::_exit(4);
      }
      if (ready >= 0 && ::fcntl(3, F_GETFD) != 0) ::_exit(7);
      ::_exit((::fcntl(4, F_GETFD) & FD_CLOEXEC) != 0 ? 0 : 5);
    }
    EXPECT_EQ(status_of(pid), 0) << "channel " << channel << ", program " << sealed << ", ready " << ready;
  }
}

}  // namespace
}  // namespace microctr
