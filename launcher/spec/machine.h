// What /etc/microctr/init.conf says of the machine: its keys, what they may hold, and how the text is read.
//
// Plain data; text fields are views into the reader's arena. Pure: nothing here asks the kernel or another file. As
// with a container's file each fault has its place; other than there the rest is used, because a machine that boots
// with half of its settings can still be reached. What each key does is in docs/machine.md.
#pragma once

#include <optional>

#include "launcher/spec/command_words.h"
#include "launcher/spec/diagnostic.h"
#include "launcher/spec/reader.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct ModuleLine {
  CString words;          // name, and parameters as modprobe takes them
  bool optional = false;  // nothing is said when the kernel has no such module
};

struct HostMount {
  CString source;
  CString target;  // absolute
  CString type;
  std::uint64_t flags = 0;  // MS_*
  CString data;             // what the file system itself is told
  bool optional = false;    // left out, without a word, when the source does not exist
  bool check = false;       // its file-system check runs before
};

struct MachineSysctl {
  CString path;  // below /proc/sys
  CString value;
};

enum class ConsoleUse : std::uint8_t { none, shell };
struct ConsoleLine {
  CString device;
  ConsoleUse use = ConsoleUse::shell;
};

struct HostInterface {
  CString text;  // as it was written; what parse_interface reads
  CString name;
  bool dhcp = false;
  FixedVector<Address, 4> addresses;
  FixedVector<Address, 2> gateways;  // one of each family
  FixedVector<Address, limits::name_servers> servers;
};

// When process 1 itself has failed and has said so.
enum class CrashAction : std::uint8_t { reboot, hold };

struct Machine {
  CString hostname;
  FixedVector<ModuleLine, 64> modules;
  FixedVector<HostMount, 32> mounts;
  FixedVector<MachineSysctl, 64> sysctls;
  FixedVector<ConsoleLine, 4> consoles;
  FixedVector<HostInterface, 8> interfaces;
  CString clock;     // file that the clock is kept in; empty: none
  CString watchdog;  // device; empty: none
  std::uint64_t watchdog_ms = 10'000;
  std::uint64_t shutdown_timeout_ms = 30'000;
  CrashAction on_crash = CrashAction::reboot;
  CommandWords ready_command;

  std::uint32_t keys_read = 0;  // lines that were understood
};

void read_machine(const ConfigText& text, Arena& arena, Machine& machine, Diagnostics& diagnostics);

// `NAME dhcp`, or `NAME ADDRESS/PREFIX... [gateway ADDRESS]... [dns ADDRESS]...`. Returns what is wrong with which part
// of the text; nothing: it is good. `name` and `text` are left to the caller.
struct InterfaceFault {
  std::string_view part;
  Phrase pattern;
};
std::optional<InterfaceFault> parse_interface(std::string_view text, HostInterface& interface);

// Mount options between commas, as mount(8) has them: those that are flags of mount(2) become flags, the rest is
// written to `data` for the file system.
std::uint64_t parse_mount_options(std::string_view options, TextWriter& data);

}  // namespace microctr
