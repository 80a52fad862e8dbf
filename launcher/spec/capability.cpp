#include "launcher/spec/capability.h"

#include <span>

#include "launcher/base/bytes.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr char names[] =
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
    "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN "
    "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE "
    "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE";

// `name` in upper case and without CAP_; empty when it is longer than any.
std::string_view simplify(std::string_view name, std::span<char> storage) {
  std::string_view simple = upper_case(name, storage);
  if (simple.starts_with("CAP_")) simple.remove_prefix(4);
  return simple;
}

}  // namespace

std::optional<std::uint64_t> parse_capability(std::string_view name) {
  Bytes<32> upper;
  const std::string_view simple = simplify(name, upper);
  if (simple == "ALL") return all_capabilities;
  const auto number = find_word(names, simple);
  if (!number) return {};
  return std::uint64_t{1} << *number;
}

std::string_view nearest_capability(std::string_view name) {
  Bytes<32> upper;
  return nearest_word(names, simplify(name, upper));
}

std::string_view capability_name(unsigned number) { return word_at(names, number); }

}  // namespace microctr
