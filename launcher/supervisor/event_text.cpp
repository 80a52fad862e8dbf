#include "launcher/supervisor/event_text.h"

#include "launcher/base/clock_text.h"
#include "launcher/spec/signal_name.h"
#include "launcher/spec/word_list.h"

namespace microctr {

namespace {

// In the order of EventKind.
constexpr char words[] =
    "start ready exit fail restart unhealthy healthy stop kill pause resume oom wait adopt reload reexec unchecked";

}  // namespace

std::string_view event_name(EventKind kind) { return word_at(words, static_cast<unsigned>(kind)); }

Literal event_number_key(EventKind kind) {
  switch (kind) {
    case EventKind::exit: return "status";
    case EventKind::restart: return "delay_ms";
    case EventKind::kill: return "signal";
    default: return "";
  }
}

void write_event(const Event& event, const sys::WallTime& time, TextWriter& text) {
  format_time(time, text);
  text.add('\t', event.name, '\t', event_name(event.kind), '\t', event.number, '\t');
  for (const char character : event.text) text.add(character == '\n' || character == '\r' ? ' ' : character);
}

std::optional<ParsedEvent> parse_event(std::string_view line) {
  ParsedEvent event;
  event.time = cut(line, '\t');
  event.known.name = cut(line, '\t');
  event.event = cut(line, '\t');
  std::string_view number = cut(line, '\t');
  const bool negative = begins_with(number, '-');
  const auto value = parse_number(after(number, negative ? 1 : 0), INT64_MAX);
  if (event.time.empty() || event.event.empty() || !value) return {};
  event.known.number = negative ? -static_cast<std::int64_t>(*value) : static_cast<std::int64_t>(*value);
  event.known.text = line;
  if (const auto kind = find_word(words, event.event)) {
    event.known.kind = static_cast<EventKind>(*kind);
    event.is_known = true;
  }
  return event;
}

void write_event_detail(const ParsedEvent& event, TextWriter& text) {
  const std::int64_t number = event.known.number;
  const EventKind kind = event.is_known ? event.known.kind : EventKind::start;
  const std::size_t before = text.size();
  if (kind == EventKind::exit) text.add("status ", number);
  if (kind == EventKind::restart) text.add("in ", number, " ms");
  if (kind == EventKind::kill) {
    const std::string_view signal = signal_name(static_cast<int>(number));
    text.add("signal ");
    if (signal.empty())
      text.add(number);
    else
      text.add(signal);
  }
  if (!event.known.text.empty()) text.add(text.size() == before ? "" : ": ", event.known.text);
}

}  // namespace microctr
