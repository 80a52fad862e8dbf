// Whether something accepts connections at a socket of a container: `ready = socket:WHERE`.
//
// The container may be hostile: a path is resolved below its root to a descriptor, and the connection is made to that
// descriptor; a port is reached by a socket that is made in its network namespace. Nothing here waits for a
// connection, and none is kept.
#pragma once

#include <sys/types.h>

#include <optional>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"
#include "launcher/spec/spec.h"

namespace microctr {

// The first process of the container.
struct FirstProcess {
  pid_t pid = 0;
  int pidfd = -1;  // that pid still is the process's when this says that it is alive
};

struct ReadyPort {
  Address address;  // 127.0.0.1 where none is written
  std::uint16_t port = 0;
};

// "[ADDRESS:]PORT", an IPv6 address also between brackets. Nothing: it is none.
std::optional<ReadyPort> parse_ready_port(std::string_view text);

enum class Connected : unsigned char {
  yes,
  coming,  // the connection is on its way: ask again in a moment
  no,      // nobody is there, or does not listen yet
};

// A non-blocking TCP socket in the network namespace of the container. An unprivileged caller makes it in a child.
Result<Fd> open_socket_inside(const FirstProcess& first, int family);

// The next attempt on that socket.
Connected connect_port(int socket, const ReadyPort& port);

// ESRCH: the process is gone; other errors: nothing is there.
Result<Connected> connect_path(const FirstProcess& first, CString path);

// Adds to `watcher` (inotify) the nearest directory on the way to `path` that is there. To be called before the path is
// tried, and again after each event: then nothing that comes is missed.
Result<void> watch_ready_path(const FirstProcess& first, CString path, int watcher);

}  // namespace microctr
