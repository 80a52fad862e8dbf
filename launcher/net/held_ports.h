// Ports of the host that lead inside are held by bound sockets: a rewritten connection occupies no port, and without a
// socket a second server on the same port would start and never be reached.
//
// The sockets are not listening: where a connection is not led inside (::1), it is refused at once. They live as long
// as their owner. Held in the network namespace of the caller.
#pragma once

#include <array>

#include "launcher/base/fd.h"
#include "launcher/base/limits.h"
#include "launcher/base/result.h"
#include "launcher/spec/spec.h"

namespace microctr {

class HeldPorts {
 public:
  // Every port of the line, on its host address, or on all of `family`. EADDRINUSE: the subject says which port, and
  // whose it is as far as /proc tells; EADDRNOTAVAIL: the machine does not have this address. What was held before
  // the error stays held: the caller lets all go.
  Result<void> hold(const Publish& publish, std::uint8_t family);
  void release();
  bool empty() const { return count_ == 0; }

 private:
  std::array<Fd, limits::ports> sockets_;
  std::size_t count_ = 0;
};

}  // namespace microctr
