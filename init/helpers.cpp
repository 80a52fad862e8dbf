#include "init/helpers.h"

#include <fcntl.h>

#include <algorithm>

#include "init/interface.h"
#include "init/program.h"
#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr std::uint32_t first_delay_ms = 1'000;
constexpr std::uint32_t longest_delay_ms = 60'000;
constexpr std::uint64_t stable_ms = 10'000;  // who ran so long has not failed

// /dev/console can be nobody's controlling terminal: the shell gets the terminal behind it, the last that the kernel
// names, and with it Ctrl-C.
CString terminal_behind(CString device, TextWriter& path) {
  if (device != "/dev/console") return device;
  Bytes<256> buffer;
  const auto names = read_file(sys::working_directory, "/sys/class/tty/console/active", buffer);
  if (!names) return device;
  const std::string_view active = trim(leading(names.value(), position(names.value(), '\n')));
  path.add("/dev/", after(active, last_position(active, ' ') + 1));
  return sys::access(sys::working_directory, path.text(), F_OK) ? path.text() : device;
}

}  // namespace

void become_shell(CString device) {
  TextBuffer<300> path;
  (void)sys::new_session();
  const auto terminal = sys::open(terminal_behind(device, path), O_RDWR | O_NOCTTY);
  if (!terminal) {
    log_failure("console", terminal.error());
    sys::exit(not_found);
  }
  (void)sys::set_controlling_terminal(terminal.value().get());
  for (int stream = 0; stream < 3; ++stream) (void)sys::duplicate(terminal.value().get(), stream);
  (void)sys::restore_descriptor_limit();
  sys::restore_signals();
  constexpr const char* arguments[] = {"-sh", nullptr};
  constexpr const char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=linux", nullptr};
  (void)sys::change_directory("/root");
  const auto executed = sys::execute("/bin/sh", arguments, environment);
  log_failure("console", executed.error().about("/bin/sh"));
  sys::exit(not_found);
}

Helpers::Kind Helpers::kind_of(std::size_t number) {
  if (number < consoles) return Kind::shell;
  return number < ready_number ? Kind::interface : Kind::ready;
}

bool Helpers::is_wanted(std::size_t number) const {
  switch (kind_of(number)) {
    case Kind::shell: return number < machine_.consoles.size() && machine_.consoles[number].use == ConsoleUse::shell;
    case Kind::interface: return number - consoles < machine_.interfaces.size();
    case Kind::ready: return false;
  }
  return false;
}

CString Helpers::name_of(std::size_t number) const {
  switch (kind_of(number)) {
    case Kind::shell: return machine_.consoles[number].device;
    case Kind::interface: return machine_.interfaces[number - consoles].name;
    case Kind::ready: return "ready_command";
  }
  return {};
}

void Helpers::become(std::size_t number) const {
  switch (kind_of(number)) {
    case Kind::shell: become_shell(machine_.consoles[number].device);
    case Kind::interface: {
      const char* const arguments[] = {interface_name.c_str(), machine_.interfaces[number - consoles].text.c_str(),
                                       nullptr};
      constexpr const char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", nullptr};
      (void)sys::new_session();
      (void)sys::restore_descriptor_limit();
      sys::restore_signals();
      const auto executed = sys::execute("/proc/self/exe", arguments, environment);
      log_failure(machine_.interfaces[number - consoles].name, executed.error());
      sys::exit(not_found);
    }
    case Kind::ready: become_program(machine_.ready_command.view());
  }
  sys::exit(not_found);
}

void Helpers::start(std::size_t number) {
  Helper& helper = helpers_[number];
  helper.due_ms = UINT64_MAX;
  helper.started_ms = sys::monotonic_ms();
  const auto child = sys::fork();
  if (child && child.value() == 0) become(number);
  if (child) {
    helper.pid = child.value();
    return;
  }
  log_failure(name_of(number), child.error());
  helper.due_ms = helper.started_ms + longest_delay_ms;
}

void Helpers::start_all() {
  for (std::size_t number = 0; number < std::size(helpers_); ++number) {
    if (is_wanted(number)) start(number);
  }
}

void Helpers::start_missing() {
  for (std::size_t number = 0; number < std::size(helpers_); ++number) {
    if (is_wanted(number) && helpers_[number].pid == 0) start(number);
  }
}

void Helpers::start_ready_command() {
  if (!machine_.ready_command.empty()) start(ready_number);
}

void Helpers::stop() {
  restarting_ = false;
  for (std::size_t number = 0; number < consoles; ++number) {
    if (helpers_[number].pid != 0) (void)sys::signal_pid(helpers_[number].pid, SIGHUP);
  }
}

void Helpers::start_due() {
  if (!restarting_) return;
  const std::uint64_t now = sys::monotonic_ms();
  for (std::size_t number = 0; number < std::size(helpers_); ++number) {
    if (helpers_[number].due_ms <= now) start(number);
  }
}

std::uint64_t Helpers::due_ms() const {
  std::uint64_t next = UINT64_MAX;
  for (const Helper& helper : helpers_) next = std::min(next, helper.due_ms);
  return restarting_ ? next : UINT64_MAX;
}

bool Helpers::ended(pid_t pid, int status) {
  for (std::size_t number = 0; number < std::size(helpers_); ++number) {
    Helper& helper = helpers_[number];
    if (helper.pid != pid) continue;
    helper.pid = 0;
    if (kind_of(number) == Kind::ready) {
      log_error({}, "ready_command ended with status "_p, status);
      return true;
    }
    const std::uint64_t now = sys::monotonic_ms();
    const bool was_stable = now - helper.started_ms >= stable_ms;
    helper.delay_ms =
        was_stable || helper.delay_ms == 0 ? first_delay_ms : std::min(2 * helper.delay_ms, longest_delay_ms);
    helper.due_ms = now + helper.delay_ms;
    return true;
  }
  return false;
}

void Helpers::write_resume(TextWriter& words) const {
  for (std::size_t number = 0; number < std::size(helpers_); ++number) {
    if (helpers_[number].pid != 0) words.add(name_of(number), '=', helpers_[number].pid, ' ');
  }
}

bool Helpers::resume(std::string_view word) {
  const std::string_view name = cut(word, '=');
  const auto pid = parse_number(word, INT32_MAX);
  if (!pid || *pid == 0) return false;
  for (std::size_t number = 0; number < std::size(helpers_); ++number) {
    const bool is_one = is_wanted(number) || kind_of(number) == Kind::ready;
    if (!is_one || name_of(number) != name) continue;
    helpers_[number].pid = static_cast<pid_t>(*pid);
    helpers_[number].started_ms = sys::monotonic_ms();
    return true;
  }
  return false;
}

}  // namespace microctr
