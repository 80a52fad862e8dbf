// What process 1 itself keeps running beside the containers: shells on consoles, the processes of interfaces, and the
// ready command, which runs once.
//
// A fixed table; each entry that ends too soon is started again later and later, up to a minute. It owns nothing but
// numbers of processes: their ends are told by the loop (Heart::child_ended).
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "launcher/base/text.h"
#include "launcher/spec/machine.h"

namespace microctr {

class Helpers {
 public:
  explicit Helpers(const Machine& machine) : machine_(machine) {}
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;

  void start_all();  // consoles and interfaces
  void start_ready_command();
  void start_due();                   // those whose time has come
  std::uint64_t due_ms() const;       // the next one's; UINT64_MAX: none
  bool ended(pid_t pid, int status);  // false: none of these
  void stop();                        // nothing is started any more; shells, which pass SIGTERM over, are hung up

  // For a successor in this process: `DEVICE=PID INTERFACE=PID ` of those that run.
  void write_resume(TextWriter& words) const;
  // One of these words. False: it names none.
  bool resume(std::string_view word);
  void start_missing();  // after `resume`: those that it did not name

 private:
  enum class Kind : std::uint8_t { shell, interface, ready };
  struct Helper {
    pid_t pid = 0;  // 0: does not run
    std::uint64_t due_ms = UINT64_MAX;
    std::uint64_t started_ms = 0;
    std::uint32_t delay_ms = 0;
  };
  static constexpr std::size_t consoles = 4;
  static constexpr std::size_t interfaces = 8;
  static constexpr std::size_t ready_number = consoles + interfaces;

  static Kind kind_of(std::size_t number);
  bool is_wanted(std::size_t number) const;
  CString name_of(std::size_t number) const;
  void start(std::size_t number);
  [[noreturn]] void become(std::size_t number) const;

  const Machine& machine_;
  bool restarting_ = true;
  Helper helpers_[consoles + interfaces + 1];
};

// In a child: a login shell on the device. Does not return.
[[noreturn]] void become_shell(CString device);

}  // namespace microctr
