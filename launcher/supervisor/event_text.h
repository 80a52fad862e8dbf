// What happens to containers, as one line of text each: the payload of an `events` message.
//
//   TIME <tab> NAME <tab> EVENT <tab> NUMBER <tab> TEXT        2026-11-26T07:11:08.000000001Z  web  exit  137
//
// Pure. The supervisor writes them, a client reads them; a new kind is added at the end of the list of words.
#pragma once

#include <optional>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

enum class EventKind : std::uint8_t {
  start,      // its program runs
  ready,      // by its `ready`
  exit,       // number: exit status
  fail,       // it is not started again; text: why
  restart,    // it waits to be started again; number: milliseconds until then
  unhealthy,  // text: why
  healthy,
  stop,  // it has been asked to end
  kill,  // number: signal that a client sent
  pause,
  resume,
  oom,        // the kernel has killed for memory
  wait,       // it waits for another, for a path; text: for what
  adopt,      // found running by a new supervisor
  reload,     // the configurations have been read again; no name
  reexec,     // another program has taken over; no name
  unchecked,  // a health check could not be run; text: why
};

struct Event {
  EventKind kind = EventKind::start;
  std::string_view name;  // empty: the supervisor itself
  std::int64_t number = 0;
  std::string_view text;
};

std::string_view event_name(EventKind kind);

// The number's meaning as a key of JSON ("status", "delay_ms", "signal"); empty: it has none.
Literal event_number_key(EventKind kind);

// One line without its end; line ends in the text become blanks.
void write_event(const Event& event, const sys::WallTime& time, TextWriter& text);

struct ParsedEvent {
  std::string_view time;
  std::string_view event;  // its word: a later supervisor may say one that we do not know
  Event known;             // its kind is right only with `is_known`
  bool is_known = false;
};

// Views into `line`. Nothing: not an event.
std::optional<ParsedEvent> parse_event(std::string_view line);

// What number and text say to people: "status 137", "in 500 ms", "signal KILL: ...".
void write_event_detail(const ParsedEvent& event, TextWriter& text);

}  // namespace microctr
