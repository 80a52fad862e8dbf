// The texts of a container's /etc/hosts and /etc/resolv.conf, made from its spec, the register of the networks and the
// host's own files.
//
// Pure: no system calls. The host's files may be any text: lines that are not understood are left out. A text that
// does not fit its writer is the caller's to refuse (overflowed).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "launcher/base/text.h"
#include "launcher/net/network_state.h"
#include "launcher/net/register.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct NameSources {
  const Spec& spec;
  const Register& entries;
  std::span<const InterfaceState> state = {};  // as far as it is known; else spec and register say it
  std::span<const Address> gateways = {};      // of the first interface: name servers when there is no other
  std::string_view hosts = {};                 // the host's /etc/hosts; for a container in the host's network
  std::string_view resolver = {};              // the host's /etc/resolv.conf
  std::string_view upstream = {};              // where a resolver on the host's loopback asks, as a resolv.conf
};

void write_hosts(const NameSources& sources, TextWriter& text);

// False: no name server was found in spec, register and the host's files, and the gateways stand in for one.
bool write_resolver(const NameSources& sources, TextWriter& text);

// What the texts depend on that can change while the container runs.
inline constexpr unsigned follows_register = 1;
inline constexpr unsigned follows_resolver = 2;  // the host's
unsigned followed_by_names(const Spec& spec);

// FNV-1a, 64 bits, never 0.
std::uint64_t hash_names(std::string_view text);

// Hashes of the files as we have written them last; 0: it is not ours.
struct NameHashes {
  std::uint64_t hosts = 0;
  std::uint64_t resolver = 0;

  bool empty() const { return hosts == 0 && resolver == 0; }
};

}  // namespace microctr
