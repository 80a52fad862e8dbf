// The descriptors that stay beside 0, 1 and 2 while a process becomes a container.
//
// The first is the container's, over exec: its end of the pipe of `ready = fd`, where it has one. Exec closes the
// others. exec_stub.S knows the channel's number.
#pragma once

namespace microctr {

inline constexpr int ready_number = 3;
inline constexpr int channel_number = 4;
inline constexpr int sealed_number = 5;

}  // namespace microctr
