#include "launcher/seccomp/action.h"

#include "launcher/base/bytes.h"
#include "launcher/spec/word_list.h"

namespace microctr::seccomp {

namespace {

// Two runs of errno(3), which all our targets number alike (asm-generic/errno.h): what a filter answers with. Any other
// is written as a number.
constexpr char base_names[] =
    "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST "
    "EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM "
    "ERANGE "
    "EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP";
constexpr char network_names[] = "EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT";
static_assert(EPERM == 1 && ENOSYS == 38 && ELOOP == 40 && EPROTONOSUPPORT == 93 && EAFNOSUPPORT == 97);

}  // namespace

std::optional<unsigned> parse_error_name(std::string_view text) {
  if (const auto index = find_word(base_names, text)) return *index + EPERM;
  if (const auto index = find_word(network_names, text)) return *index + EPROTONOSUPPORT;
  if (begins_with(text, '0')) return {};
  const auto number = parse_number(text, largest_error);
  if (!number) return {};
  return static_cast<unsigned>(*number);
}

std::string_view nearest_error_name(std::string_view text) {
  const std::string_view nearest = nearest_word(base_names, text);
  return nearest.empty() ? nearest_word(network_names, text) : nearest;
}

void add_action(TextWriter& text, Action action) {
  switch (action) {
    case Action::allow: text.add("allow"); return;
    case Action::log: text.add("log"); return;
    case Action::trap: text.add("trap"); return;
    case Action::kill: text.add("kill"); return;
    default: break;
  }
  const unsigned error = static_cast<std::uint32_t>(action) & SECCOMP_RET_DATA;
  std::string_view name = error == 0 ? std::string_view() : word_at(base_names, error - EPERM);
  if (name.empty() && error >= EPROTONOSUPPORT) name = word_at(network_names, error - EPROTONOSUPPORT);
  text.add("errno:");
  if (name.empty()) {
    text.add(error);
  } else {
    text.add(name);
  }
}

}  // namespace microctr::seccomp
