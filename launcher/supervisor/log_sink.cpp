#include "launcher/supervisor/log_sink.h"

#include <cstring>

#include "launcher/base/error_text.h"
#include "launcher/base/log.h"
#include "launcher/supervisor/log_outlets.h"

namespace microctr {

namespace {

// The beginning of a line whose end has not come yet. The one that was begun first makes room when all are taken.
struct HeldLine {
  LogSink* owner;  // null: free
  Stream stream;
  std::uint16_t size;
  std::uint32_t turn;
  char text[outlet_text];
};
HeldLine held[held_lines];
std::uint32_t turns;

HeldLine* find_held(const LogSink* owner, Stream stream) {
  for (HeldLine& line : held) {
    if (line.owner == owner && (owner == nullptr || line.stream == stream)) return &line;
  }
  return nullptr;
}

Stream stream_of_oldest(LogSink*& owner) {
  const HeldLine* oldest = &held[0];
  for (const HeldLine& line : held) {
    if (turns - line.turn > turns - oldest->turn) oldest = &line;
  }
  owner = oldest->owner;
  return oldest->stream;
}

void copy_text(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  to[text.size()] = '\0';
}

}  // namespace

CString LogSink::shelf_path(TextWriter& storage) const {
  if (kind_ == LogKind::file) return CString::from_pointer(static_cast<const char*>(path_));
  storage.add(runtime_, "/containers/", CString::from_pointer(static_cast<const char*>(name_)), "/log");
  return storage.text();
}

LogShelf LogSink::shelf(CString path) const {
  return {.path = path, .size = size_, .count = count_, .mode = kind_ == LogKind::file ? 0640U : 0600U};
}

Result<void> LogSink::open(LogSink& sink, const Places& places, CString name, const Spec& spec, int console) {
  sink.close();
  sink.runtime_ = places.runtime;
  sink.console_ = console;
  sink.pid_ = 0;
  sink.said_ = false;
  sink.lost_ = 0;
  sink.size_ = spec.log == LogKind::ring ? spec.log_size / 2 : spec.log_size;
  sink.count_ = spec.log == LogKind::ring ? 2 : spec.log_count;
  copy_text(static_cast<char*>(sink.name_), name);
  if (spec.log == LogKind::console && console < 0) {
    return fail(0, "log = console: the machine has no /dev/console"_p, {}, "use log = ring:SIZE"_p);
  }
  if (spec.log == LogKind::file) {
    if (spec.log_path.size() > limits::log_path) return fail(0, "log: the path is too long (limit 255 bytes)"_p);
    copy_text(static_cast<char*>(sink.path_), spec.log_path);
  }
  sink.kind_ = spec.log;
  if (spec.log != LogKind::ring && spec.log != LogKind::file) return {};
  TextBuffer<limits::path> path;
  const auto opened = sink.file_.open(sink.shelf(sink.shelf_path(path)));
  if (opened || spec.log != LogKind::file || opened.error().code != ENOENT) return opened;
  return opened.error().with_hint("its directory must exist: make it, or wait for its disk with wait_path"_p);
}

void LogSink::write(Stream stream, std::string_view bytes) {
  switch (kind_) {
    case LogKind::ring:
    case LogKind::file: return write_entries(stream, bytes);
    case LogKind::console:
    case LogKind::syslog: return write_lines(stream, bytes);
    case LogKind::none: return;
  }
}

void LogSink::begin_lines() {
  deaf_ = false;
  if (kind_ == LogKind::syslog) system_log().begin_lines();
}

void LogSink::flush() {
  begin_lines();
  let_go(Stream::output);
  let_go(Stream::error);
}

void LogSink::close() {
  flush();
  file_.close();
  kind_ = LogKind::none;
}

void LogSink::write_entries(Stream stream, std::string_view bytes) {
  TextBuffer<limits::path> path;
  const LogShelf where = shelf(shelf_path(path));
  std::uint32_t lost = 0;
  auto done = file_ ? Result<void>() : file_.open(where);
  if (done && lost_ != 0) {
    TextBuffer<128> text(lost_, " entries are missing here: "_p);
    add_error_text(text, lost_by_);
    text.add('\n');
    done = file_.write(where, Stream::note, text.view(), lost);
    if (done) lost_ = 0;
    lost = 0;
  }
  if (done) done = file_.write(where, stream, bytes, lost);
  if (done) return;
  lose(lost != 0 ? lost : count_log_lines(bytes), done.error());
}

void LogSink::write_lines(Stream stream, std::string_view bytes) {
  begin_lines();
  while (!bytes.empty()) {
    const std::size_t newline = position(bytes, '\n');
    const bool ends = newline != std::string_view::npos;
    std::string_view line = leading(bytes, newline);
    bytes = after(bytes, line.size() + (ends ? 1 : 0));
    do {
      const HeldLine* begun = find_held(this, stream);
      if (begun == nullptr && ends && line.size() <= outlet_text) {  // the usual case: a whole line
        put_line(stream, line);
        break;
      }
      const std::string_view part = leading(line, outlet_text - (begun == nullptr ? 0 : begun->size));
      line.remove_prefix(part.size());
      hold(stream, part);
      if (ends || !line.empty()) let_go(stream);
    } while (!line.empty());
  }
}

void LogSink::hold(Stream stream, std::string_view text) {
  HeldLine* line = find_held(this, stream);
  if (line == nullptr) {
    line = find_held(nullptr, stream);
    if (line == nullptr) {
      LogSink* owner = nullptr;
      const Stream other = stream_of_oldest(owner);
      owner->let_go(other);
      line = find_held(nullptr, stream);
    }
    line->owner = this;
    line->stream = stream;
    line->size = 0;
    line->turn = turns++;
  }
  std::memcpy(line->text + line->size, text.data(), text.size());
  line->size = static_cast<std::uint16_t>(line->size + text.size());
}

void LogSink::let_go(Stream stream) {
  HeldLine* line = find_held(this, stream);
  if (line == nullptr) return;
  line->owner = nullptr;
  put_line(stream, {static_cast<const char*>(line->text), line->size});
}

void LogSink::put_line(Stream stream, std::string_view text) {
  const CString name = CString::from_pointer(static_cast<const char*>(name_));
  if (kind_ == LogKind::console) return print_on_console(console_, name, text);
  if (lost_ != 0 && !deaf_) tell_lost();
  if (deaf_) {
    ++lost_;
    return;
  }
  const auto sent = system_log().send(name, pid_, stream, text);
  if (sent) return;
  deaf_ = true;
  lose(1, sent.error());
}

// Before the first line that gets through again.
void LogSink::tell_lost() {
  TextBuffer<128> text(lost_, " messages are missing here: "_p);
  add_error_text(text, lost_by_);
  const CString name = CString::from_pointer(static_cast<const char*>(name_));
  if (system_log().send(name, pid_, Stream::note, text.view())) {
    lost_ = 0;
  } else {
    deaf_ = true;
  }
}

void LogSink::lose(std::uint32_t count, const Error& error) {
  lost_ += count;
  lost_by_ = error.code;
  if (said_) return;
  said_ = true;
  TextBuffer<512> text("its log loses output: "_p);
  format_error(error, text);
  log_error(CString::from_pointer(static_cast<const char*>(name_)), text.view());
}

}  // namespace microctr
