// The words of the key `network`, for reader, validate and messages.
#pragma once

#include "launcher/spec/spec.h"
#include "launcher/spec/word_list.h"

namespace microctr {

// In the order of NetworkMode.
inline constexpr char network_modes[] = "none host veth bridge macvlan ipvlan interface container";

inline std::string_view mode_name(NetworkMode mode) { return word_at(network_modes, static_cast<unsigned>(mode)); }

// True when the mode makes a network interface inside.
constexpr bool makes_interface(NetworkMode mode) { return mode >= NetworkMode::veth && mode <= NetworkMode::interface; }

inline constexpr Literal default_bridge = "mc0";

// A bridge of ours comes and goes with its containers; one that is named without a subnet is there already, and stays.
inline bool is_on_own_bridge(const Interface& interface) {
  if (interface.mode != NetworkMode::bridge) return false;
  return interface.bridge.empty() || interface.bridge == default_bridge.c_str() || !interface.subnets.empty();
}

// Whether the host rewrites the addresses of what leaves.
inline bool is_masqueraded(const Interface& interface) { return interface.nat.value_or(is_on_own_bridge(interface)); }

// Whether the other end of its link is the host's, or a bridge of the host.
inline bool is_reached_by_host(const Interface& interface) {
  return interface.mode == NetworkMode::bridge || (interface.mode == NetworkMode::veth && interface.peer.empty());
}

}  // namespace microctr
