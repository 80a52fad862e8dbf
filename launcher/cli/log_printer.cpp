#include "launcher/cli/log_printer.h"

#include <cstring>

#include "launcher/base/file.h"
#include "launcher/spec/utf8.h"

namespace microctr {

void LogPrinter::flush() {
  if (size_ != 0) (void)write_all(target_, {buffer_.data(), size_});
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

// RFC 8259; what is no UTF-8 becomes U+FFFD.
void LogPrinter::put_escaped(std::string_view text) {
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t size = decode_utf8(text, 0, code);
    const std::string_view character = leading(text, size == 0 ? 1 : size);
    if (size == 0) {
      put(1, "\xef\xbf\xbd");
    } else if (code == '"' || code == '\\') {
      put(1, "\\");
      put(1, character);
    } else if (code < 0x20) {
      const TextBuffer<8> escape("\\u00", code < 0x10 ? "0" : "", Hex{code});
      put(1, escape.view());
    } else {
      put(1, character);
    }
    text.remove_prefix(character.size());
  }
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
