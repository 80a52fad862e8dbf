// events: what happens to containers, as the supervisor says it, until one of us ends.

#include <poll.h>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/sys_terminal.h"
#include "launcher/cli/json.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/control.h"
#include "launcher/supervisor/event_text.h"

namespace microctr {

namespace {

constexpr std::size_t longest_event = 4096;

void print_text(const ParsedEvent& event) {
  TextBuffer<longest_event> line(event.time, " ", event.known.name.empty() ? "-" : event.known.name, " ", event.event);
  TextBuffer<longest_event> detail;
  write_event_detail(event, detail);
  line.add(detail.size() == 0 ? "" : " ", detail.view(), "\n");
  print(line.view());
}

void print_json(const ParsedEvent& event) {
  TextBuffer<longest_event * 2> line;
  Json json(line);
  json.open_object().string("time", event.time).string("name", event.known.name).string("event", event.event);
  const Literal key = event.is_known ? event_number_key(event.known.kind) : Literal();
  if (!key.empty()) json.number(key, event.known.number);
  if (!event.known.text.empty()) json.string("text", event.known.text);
  json.close_object();
  line.add("\n");
  print(line.view());
}

Result<Fd> subscribe(const Places& places) {
  TRY(RuntimeLock::check(places.runtime));  // nobody else's socket is talked to
  Fd connection = TRY(connect_control(places));
  ControlHeader header;
  header.command = static_cast<std::uint16_t>(Command::events);
  TRY(send_message(connection.get(), header, {}));
  return connection;
}

}  // namespace

int verb_events(const Invocation& invocation) {
  const auto connection = subscribe(invocation.places);
  if (!connection) {
    const int code = connection.error().code;
    if (code == ENOENT || code == ECONNREFUSED) return complain({}, fail(0, "no supervisor runs here"_p), 1);
    return complain({}, connection.error(), 1);
  }
  Bytes<longest_event + sizeof(ControlHeader)> buffer;
  while (printed()) {
    pollfd entries[] = {{connection.value().get(), POLLIN, 0}, {1, 0, 0}};
    const auto some = sys::wait_for_any_of(entries, -1);
    if (!some) return complain({}, some.error(), 1);
    if (entries[1].revents != 0) return 0;  // nobody reads any more
    const auto message = receive_message(connection.value().get(), buffer);
    if (!message) return message.error().code == ECONNRESET ? 0 : complain({}, message.error(), 1);
    const ControlHeader& header = message.value().header;
    if (header.command != static_cast<std::uint16_t>(Command::events)) {  // it refuses
      log_error({}, message.value().payload);
      return header.status == 0 ? 1 : header.status;
    }
    const auto event = parse_event(message.value().payload);
    if (!event) continue;
    if (invocation.json)
      print_json(*event);
    else
      print_text(*event);
  }
  return 0;
}

}  // namespace microctr
