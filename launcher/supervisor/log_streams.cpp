#include "launcher/supervisor/log_streams.h"

#include <fcntl.h>

#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr CString output_name = "/out";
constexpr CString error_name = "/err";

Result<Fd> open_ours(CString path) {
  Fd fifo = TRY(sys::open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW));
  if (!S_ISFIFO(TRY(sys::status(fifo.get())).mode)) return fail(EINVAL, "open the container's stream"_p, path);
  return fifo;
}

// Opened for reading first: read and write at once would be a writer whose end we wait for.
Result<void> make_stream(CString record, CString name, Fd& ours, Fd& theirs) {
  TextBuffer<limits::path> path(record, name);
  const auto removed = sys::remove_file(sys::working_directory, path.text());
  if (!removed && removed.error().code != ENOENT) return removed;
  TRY(sys::make_node(sys::working_directory, path.text(), S_IFIFO | 0600, 0));
  ours = TRY(open_ours(path.text()));
  theirs = TRY(sys::open(path.text(), O_RDWR | O_NOFOLLOW));
  return {};
}

}  // namespace

Result<void> make_streams(CString record, LogStreams& ours, std::array<Fd, 3>& theirs) {
  theirs[0] = TRY(sys::open("/dev/null", O_RDONLY));
  TRY(make_stream(record, output_name, ours.output, theirs[1]));
  return make_stream(record, error_name, ours.error, theirs[2]);
}

Result<void> reopen_streams(CString record, LogStreams& ours) {
  TextBuffer<limits::path> output(record, output_name);
  TextBuffer<limits::path> error(record, error_name);
  ours.output = TRY(open_ours(output.text()));
  ours.error = TRY(open_ours(error.text()));
  return {};
}

std::string_view take_chunk(Fd& stream, std::span<char> buffer) {
  const auto size = sys::read(stream.get(), buffer);
  if (size && size.value() != 0) return {buffer.data(), size.value()};
  if (size || size.error().code != EAGAIN) stream.close();
  return {};
}

}  // namespace microctr
