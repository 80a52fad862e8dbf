// What a supervised container has as standard streams: /dev/null to read, and two FIFOs of its record (`out`, `err`) to
// write to. The container inherits them open for reading and writing, so that they have a reader as long as it lives:
// a supervisor that dies costs it neither EPIPE nor SIGPIPE, and the next one opens the FIFO again and goes on. Until
// then it is held up when a FIFO is full (64 KB). What is in a FIFO when nobody has it open any more is lost.
//
// Our end is non-blocking, the container's is not. Only its user may open them again (/dev/stdout): own_streams of
// launch.h gives them away. A container can thus read back what it has written, which costs it lines of its own log
// and nobody else's; change the mode of its FIFO, whose directory nobody else can enter; or let it hold more, up to
// /proc/sys/fs/pipe-max-size. Whoever reads must take at most a chunk at each turn of the loop.
#pragma once

#include <array>
#include <span>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

struct LogStreams {
  Fd output;
  Fd error;
};

inline constexpr std::size_t log_chunk = 8192;  // bytes that are taken at once, so that a flood waits its turn
inline constexpr int log_chunks_at_end = 256;   // of each stream; a FIFO holds at most 1 MB unless root enlarges it

// Makes the FIFOs anew in `record`, the directory of a claimed record; what an older life left in them is gone.
// `theirs` becomes what the container inherits as 0, 1 and 2, to be closed when it has been launched.
Result<void> make_streams(CString record, LogStreams& ours, std::array<Fd, 3>& theirs);

// After an adoption. ENOENT: it was started without (a terminal, log = none).
Result<void> reopen_streams(CString record, LogStreams& ours);

// Takes what is there, at most the buffer. Empty: nothing now; at the end of all writers, or after an error, it also
// closes `stream`, so that epoll does not report the end again and again.
std::string_view take_chunk(Fd& stream, std::span<char> buffer);

}  // namespace microctr
