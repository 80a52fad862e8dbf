// One datagram of sd_notify(3): lines of NAME=VALUE. What we do not know is passed over, and so is garbage.
//
// Pure.
#pragma once

#include <optional>
#include <string_view>

namespace microctr {

inline constexpr std::size_t notify_message_size = 4096;  // a longer one is cut, as systemd does
inline constexpr std::size_t notify_status_size = 128;    // of the text that is kept

struct NotifyMessage {
  bool ready = false;                      // READY=1
  bool reloading = false;                  // RELOADING=1; READY=1 follows
  bool stopping = false;                   // STOPPING=1
  std::optional<std::string_view> status;  // STATUS=text, the last one; a view into the datagram
};

NotifyMessage read_notify_message(std::string_view datagram);

}  // namespace microctr
