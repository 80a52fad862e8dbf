// terminal SCRIPT COMMAND...: runs a command on a terminal of its own and plays the person at it.
//
// Steps of the script, one on a line:  send TEXT   expect TEXT   size ROWS COLUMNS   signal NUMBER   suspend
// In TEXT, ^X is a control character, ^M the Enter key. `expect` waits until the text has appeared after what was
// expected before; `suspend` stops the command by SIGSTOP, spoils the terminal's settings as a shell would, and
// continues it. Prints all that was seen without carriage returns; ends with the command's status, or with 99 when
// something was not as expected, or the terminal's settings are not at the end what they were before.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

namespace {

int master, slave;
pid_t child;
int status = -1;
std::string seen;
std::size_t expected_to = 0;

// Takes what is there; false when nothing came for a moment.
bool take() {
  pollfd entry = {master, POLLIN, 0};
  if (poll(&entry, 1, 20) <= 0) return false;
  char bytes[4096];
  const ssize_t size = read(master, bytes, sizeof bytes);
  if (size <= 0) return false;
  for (const char byte : std::string(bytes, static_cast<std::size_t>(size))) {
    if (byte != '\r') seen += byte;
  }
  return true;
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "terminal: %s; seen: %s\n", why.c_str(), seen.c_str());
  if (status < 0) kill(child, SIGKILL);
  _exit(99);
}

std::string plain(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '^' && at + 1 < text.size())
      result += static_cast<char>(text[++at] & 0x1f);
    else
      result += text[at];
  }
  return result;
}

void look_for_end() {
  int ended;
  if (status < 0 && waitpid(child, &ended, WNOHANG) == child)
    status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

void expect(const std::string& text) {
  for (int tries = 0; tries < 500; ++tries) {
    const std::size_t at = seen.find(text, expected_to);
    if (at != std::string::npos) {
      expected_to = at + text.size();
      return;
    }
    if (!take()) look_for_end();
    if (status >= 0 && !take() && seen.find(text, expected_to) == std::string::npos) break;
  }
  give_up("'" + text + "' did not come");
}

void suspend() {
  int stopped;
  kill(child, SIGSTOP);
  waitpid(child, &stopped, WUNTRACED);
  termios spoiled;
  tcgetattr(slave, &spoiled);
  spoiled.c_lflag |= ICANON | ECHO | ISIG;
  tcsetattr(slave, TCSANOW, &spoiled);
  kill(child, SIGCONT);
}

void play(const std::string& line) {
  const std::size_t blank = line.find(' ');
  const std::string word = line.substr(0, blank);
  const std::string rest = blank == std::string::npos ? "" : line.substr(blank + 1);
  if (word == "send") {
    const std::string text = plain(rest);
    if (write(master, text.data(), text.size()) != static_cast<ssize_t>(text.size())) give_up("cannot send");
  } else if (word == "expect") {
    expect(rest);
  } else if (word == "size") {
    winsize size = {};
    if (std::sscanf(rest.c_str(), "%hu %hu", &size.ws_row, &size.ws_col) != 2) give_up("size");
    ioctl(master, TIOCSWINSZ, &size);
  } else if (word == "signal") {
    kill(child, std::stoi(rest));
  } else if (word == "suspend") {
    suspend();
  } else if (!word.empty()) {
    give_up("unknown step " + word);
  }
}

bool same_settings(const termios& one, const termios& other) {
  return one.c_iflag == other.c_iflag && one.c_oflag == other.c_oflag && one.c_cflag == other.c_cflag &&
         one.c_lflag == other.c_lflag && std::memcmp(one.c_cc, other.c_cc, sizeof one.c_cc) == 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 99;
  winsize size = {31, 97, 0, 0};
  if (openpty(&master, &slave, nullptr, nullptr, &size) != 0) return 99;
  fcntl(master, F_SETFD, FD_CLOEXEC);
  termios before;
  tcgetattr(slave, &before);
  child = fork();
  if (child == 0) {
    login_tty(slave);
    execvp(arguments[2], arguments + 2);
    _exit(99);
  }
  std::ifstream script(arguments[1]);
  for (std::string line; std::getline(script, line);) play(line);
  for (int tries = 0; status < 0 && tries < 1000; ++tries) {
    if (!take()) look_for_end();
  }
  if (status < 0) give_up("it does not end");
  while (take()) continue;
  termios after;
  tcgetattr(slave, &after);
  if (!same_settings(before, after)) give_up("the settings are not what they were");
  std::fwrite(seen.data(), 1, seen.size(), stdout);
  return status;
}
