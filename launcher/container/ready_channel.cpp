#include "launcher/container/ready_channel.h"

#include <fcntl.h>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/plan/plan.h"

namespace microctr {

namespace {

Result<Fd> open_reader(CString pipe) { return sys::open(pipe, O_RDONLY | O_NONBLOCK | O_NOFOLLOW); }

Result<ReadyChannel> make_pipe(CString path) {
  TRY(sys::make_node(sys::working_directory, path, S_IFIFO | 0600, 0));
  ReadyChannel channel;
  channel.ours = TRY(open_reader(path));
  channel.theirs = TRY(sys::open(path, O_RDWR | O_NOFOLLOW));
  return channel;
}

// Every user of the container may write; nobody else reaches the record. Through a descriptor of its directory, since a
// socket's address has 107 characters.
Result<ReadyChannel> make_socket(CString path) {
  constexpr std::uint32_t no_execution = 0111;
  const std::size_t slash = last_position(path.view(), '/');
  const TextBuffer<limits::path> directory(leading(path.view(), slash));
  const Fd record = TRY(sys::open(directory.text(), O_PATH | O_DIRECTORY | O_NOFOLLOW));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  TextWriter(address.sun_path).add("/proc/self/fd/", record.get(), after(path.view(), slash));
  ReadyChannel channel;
  channel.ours = TRY(sys::open_socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  const std::uint32_t before = sys::set_umask(no_execution);
  const auto bound = sys::bind(channel.ours.get(), &address, sizeof address);
  sys::set_umask(before);
  if (!bound) return bound.failed();
  return channel;
}

}  // namespace

Result<ReadyChannel> make_ready_channel(const Step& step) {
  const auto removed = sys::remove_file(sys::working_directory, step.target);  // that of an earlier life
  if (!removed && removed.error().code != ENOENT) return removed.failed();
  return step.type == ready_pipe_kind.view() ? make_pipe(step.target) : make_socket(step.target);
}

Result<Fd> open_ready_pipe(CString record) {
  const TextBuffer<limits::path> path(record, ready_pipe_file);
  return open_reader(path.text());
}

}  // namespace microctr
