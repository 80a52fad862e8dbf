// What udhcpc says in its environment, and how an interface is made so.
//
// Used by the scripts of a container's client (dhcp_event.cpp) and of the machine's own. It must not know of either.
#pragma once

#include <optional>

#include "launcher/base/result.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct DhcpLease {
  CString interface;
  std::optional<Address> address;  // with its prefix
  std::optional<Address> router;
  std::string_view servers;  // name servers, between blanks
  std::string_view domain;
};

// The value of NAME=...; empty: there is none.
CString value_of(const char* const* environment, std::string_view name);

DhcpLease read_lease_interface(const char* const* environment);  // that only; empty: udhcpc has not called
// The rest. A server is a stranger: every word is read strictly, and what is none of ours is left out.
void read_lease(const char* const* environment, DhcpLease& lease);

// The interface of the caller's network namespace is up and has this address instead of `before`. Its address may be of
// either family. ENODEV: it is gone. Its default route is the lease's, also where the address stays; another
// interface's stays.
Result<void> apply_lease(const DhcpLease& lease, const std::optional<Address>& before);

}  // namespace microctr
