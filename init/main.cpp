// The process entry: process 1, or a command.

#include <optional>
#include <span>

#include "init/interface.h"
#include "init/process_one.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/cli/verb_table.h"
#include "launcher/container/dhcp.h"

namespace {

std::string_view base_name(std::string_view path) {
  return microctr::after(path, microctr::last_position(path, '/') + 1);
}

// The kernel hands process 1 what it does not know of its own arguments ("single", "run"); a container's first process
// is also number 1, but is not called init and was given a verb. Behind `--resume` there is the number of a descriptor
// of the program before this one.
constexpr char resume_option[] = "--resume";

std::optional<microctr::CString> handed_over(std::span<const char* const> arguments) {
  if (arguments.size() != 2 || std::string_view(arguments[0]) != resume_option) return {};
  return microctr::CString::from_pointer(arguments[1]);
}

bool is_machine_start(std::string_view called, std::span<const char* const> arguments) {
  if (microctr::sys::process_id() != 1) return false;
  if (called == "init" || handed_over(arguments)) return true;
  for (const char* argument : arguments) {
    if (microctr::find_verb(argument) != microctr::verb_count) return false;
  }
  return true;
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__)
// The leak check needs ptrace and a thread of its own: it hangs in a process that has joined a pid namespace and fails
// in a traced one. There is no heap to leak from.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

int main(int argc, char** argv, char** environment) {
  const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
  const auto arguments = all.empty() ? all : all.subspan(1);
  const std::string_view called = all.empty() ? std::string_view() : base_name(all[0]);
  if (called == microctr::dhcp_script_name.c_str() && !arguments.empty()) {
    return microctr::hear_dhcp(microctr::CString::from_pointer(arguments[0]), environment);
  }
  if (called == microctr::lease_name.c_str() && !arguments.empty()) {
    return microctr::hear_lease(microctr::CString::from_pointer(arguments[0]), environment);
  }
  if (called == microctr::interface_name.c_str() && !arguments.empty()) {
    return microctr::run_interface(microctr::CString::from_pointer(arguments[0]));
  }
  if (is_machine_start(called, arguments)) microctr::run_process_one(handed_over(arguments));
  if (called == "init") {
    microctr::log_error({}, "init must be process 1");
    return microctr::usage_error;
  }
  // As links beside BusyBox's: poweroff, reboot, halt.
  if (called == "poweroff" || called == "reboot" || called == "halt") {
    const char* const verb[] = {all[0] + (std::string_view(all[0]).size() - called.size())};
    return microctr::run_command_line(verb, environment);
  }
  return microctr::run_command_line(arguments, environment);
}
