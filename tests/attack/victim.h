// What the victim of tools.cpp holds, by the names that its neighbours could know.
#pragma once

#include <stddef.h>
#include <string.h>
#include <sys/un.h>

inline constexpr int victim_key = 0x6d637472;

inline sockaddr_un victim_address() {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strcpy(address.sun_path + 1, "microctr-victim");  // abstract: begins with NUL
  return address;
}
inline constexpr socklen_t victim_address_size = offsetof(sockaddr_un, sun_path) + 1 + 15;
