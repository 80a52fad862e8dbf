// A static BusyBox for this machine, found and checked, and the names of its applets.
//
// The file stays open, so that what was checked is what is copied. Naming the applets runs the program once, with an
// empty environment and a time limit; its output is believed only after each name was checked.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

struct BusyboxProgram {
  Fd file;
  CString path;  // the caller's, or a literal
  std::uint64_t size = 0;
};

// Empty `path`: the machine's own, the first static one of the usual places.
// Errors, about the path: ENOENT, EACCES (also on a noexec mount); ENOEXEC not a program of this machine; EINVAL
// dynamically linked.
Result<BusyboxProgram> open_busybox(CString path);

inline constexpr std::size_t applet_list_size = 16 * 1024;  // bytes; a full BusyBox has 400 names in 3 KB
inline constexpr std::size_t applet_name_size = 64;

// One name per line, at least one. Each is one component of letters, digits and "[]_.+-" that begins with a letter, a
// digit or "[". Errors, about the path: EINVAL this is no BusyBox; ETIMEDOUT.
Result<std::string_view> list_applets(const BusyboxProgram& program, std::span<char> storage);

bool is_applet_name(std::string_view name);

}  // namespace microctr
