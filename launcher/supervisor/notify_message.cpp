#include "launcher/supervisor/notify_message.h"

#include "launcher/base/text.h"

namespace microctr {

NotifyMessage read_notify_message(std::string_view datagram) {
  NotifyMessage message;
  while (!datagram.empty()) {
    std::string_view value = cut(datagram, '\n');
    const std::string_view line = value;
    const std::string_view name = cut(value, '=');
    if (name.size() == line.size()) continue;
    if (name == "STATUS") message.status = value;
    if (value != "1") continue;
    if (name == "READY") message.ready = true;
    if (name == "RELOADING") message.reloading = true;
    if (name == "STOPPING") message.stopping = true;
  }
  return message;
}

}  // namespace microctr
