#include "launcher/cli/log_printer.h"

#include <cstring>

#include "launcher/base/log.h"
#include "launcher/cli/json.h"

namespace microctr {

void LogPrinter::flush() {
  const std::string_view text(buffer_.data(), size_);
  if (target_ == 1)
    microctr::print(text);
  else
    print_error(text);
  size_ = 0;
}

void LogPrinter::put(int target, std::string_view text) {
  if (target != target_) flush();
  target_ = target;
  while (!text.empty()) {
    if (size_ == sizeof buffer_) flush();
    const std::string_view part = leading(text, sizeof buffer_ - size_);
    std::memcpy(buffer_.data() + size_, part.data(), part.size());
    size_ += part.size();
    text.remove_prefix(part.size());
  }
}

void LogPrinter::put_escaped(std::string_view text) {
  TextBuffer<8> storage;
  while (!text.empty()) put(1, next_escaped(text, storage));
}

void LogPrinter::print(const LogEntry& entry) {
  if (form_ == Form::json) return print_json(entry);
  print_plain(entry);
}

void LogPrinter::print_plain(const LogEntry& entry) {
  const int target = entry.stream == Stream::output ? 1 : 2;
  bool& continued = continued_[static_cast<unsigned>(entry.stream)];
  if (form_ == Form::timed && !continued) {
    put(target, entry.time);
    put(target, " ");
  }
  if (entry.stream == Stream::note) put(target, "microctr: ");
  put(target, entry.text);
  if (entry.ends_line) put(target, "\n");
  continued = !entry.ends_line;
}

void LogPrinter::print_json(const LogEntry& entry) {
  constexpr std::string_view broken = "\",\"partial\":true}\n";
  if (open_ && open_stream_ != entry.stream) {
    put(1, broken);
    open_ = false;
  }
  if (!open_) {
    put(1, "{\"time\":\"");
    put_escaped(entry.time);
    put(1, "\",\"stream\":\"");
    put(1, stream_name(entry.stream));
    put(1, "\",\"text\":\"");
  }
  put_escaped(entry.text);
  open_ = !entry.ends_line;
  open_stream_ = entry.stream;
  if (!open_) put(1, "\"}\n");
}

void LogPrinter::finish() {
  if (open_) put(1, "\",\"partial\":true}\n");
  open_ = false;
  flush();
}

}  // namespace microctr
