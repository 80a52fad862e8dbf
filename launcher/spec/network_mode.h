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

}  // namespace microctr
