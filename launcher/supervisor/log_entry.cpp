#include "launcher/supervisor/log_entry.h"

namespace microctr {

CString stream_name(Stream stream) {
  switch (stream) {
    case Stream::output: return "stdout";
    case Stream::error: return "stderr";
    case Stream::note: return "microctr";
  }
  return "";
}

LogEntry parse_log_entry(std::string_view line) {
  LogEntry entry;
  entry.time = cut(line, ' ');
  const std::string_view name = cut(line, ' ');
  for (const Stream stream : {Stream::error, Stream::note}) {
    if (stream_name(stream) == name) entry.stream = stream;
  }
  entry.ends_line = cut(line, ' ') != "P";
  entry.text = line;
  return entry;
}

void add_log_entry(TextWriter& text, std::string_view time, const LogEntry& entry) {
  text.add(time, ' ', stream_name(entry.stream), entry.ends_line ? " F " : " P ", entry.text, '\n');
}

CutLine cut_log_line(std::string_view& bytes, std::size_t most) {
  const std::string_view window = leading(bytes, most);
  const std::size_t newline = position(window, '\n');
  const bool ends_line = newline != std::string_view::npos;
  std::string_view text = leading(window, newline);
  if (!ends_line && text.size() < bytes.size()) {
    // What follows is the rest of a character when it begins with the bits 10.
    std::size_t size = text.size();
    while (size > 0 && text.size() - size < 3 && (static_cast<unsigned char>(bytes[size]) & 0xc0) == 0x80) --size;
    if (size > 0 && (static_cast<unsigned char>(bytes[size]) & 0xc0) != 0x80) text = leading(text, size);
  }
  bytes.remove_prefix(text.size() + (ends_line ? 1 : 0));
  return {text, ends_line};
}

std::uint32_t count_log_lines(std::string_view bytes) {
  std::uint32_t count = bytes.empty() || bytes.back() == '\n' ? 0 : 1;
  for (const char character : bytes) count += character == '\n' ? 1 : 0;
  return count;
}

}  // namespace microctr
