// One entry of a log, in the line format of the container world (CRI):
//
//   2026-11-22T03:25:08.000000001Z stdout F a whole line
//   2026-11-22T03:25:08.000000002Z stderr P the first part of a long line
//
// P says that the line goes on in the next entry of its stream. What we say ourselves in a log has the stream
// `microctr`. Pure; it owns no text.
#pragma once

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

enum class Stream : unsigned char { output, error, note };

CString stream_name(Stream stream);

inline constexpr std::size_t log_entry_text = 2048;  // most bytes of one entry's text; a longer line becomes several
inline constexpr std::size_t log_entry_head = 64;    // more than time, stream and kind need, with the line's end

struct LogEntry {
  std::string_view time;
  Stream stream = Stream::output;
  bool ends_line = true;
  std::string_view text;
};

// `line` is without its end. What is not one of ours comes out as something, and does no harm.
LogEntry parse_log_entry(std::string_view line);

void add_log_entry(TextWriter& text, std::string_view time, const LogEntry& entry);

// Cuts the next entry's text off `bytes`, which a container has written: up to the end of a line, or `most` bytes, but
// not within a character of UTF-8.
struct CutLine {
  std::string_view text;
  bool ends_line;
};
CutLine cut_log_line(std::string_view& bytes, std::size_t most);

// Lines, also one that has no end yet.
std::uint32_t count_log_lines(std::string_view bytes);

}  // namespace microctr
