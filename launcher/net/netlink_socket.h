// A conversation with the kernel: one send with a batch of messages, then its answers.
//
// NetlinkSocket owns the socket. Answers judges what arrives and makes no system call, so that tests and fuzzers feed
// it bytes. A refused message is not an Error but a Refusal that says which message it was: the caller knows what
// that one was for. The kernel has done the whole batch, and queued every answer, when send(2) returns; therefore the
// socket never waits, and a missing answer is an error and not a hang.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/net/netlink.h"

namespace microctr::netlink {

struct Refusal {
  std::size_t message = 0;  // index in the batch
  int code = 0;             // errno, positive
};

// Hears the data that was asked for, message by message. `context` is the caller's own.
struct Listener {
  void (*hear)(void* context, const Message& message) = nullptr;
  void* context = nullptr;
};

class Answers {
 public:
  Answers(std::uint32_t first_sequence, const Batch& batch, Ending ending, Listener listener)
      : first_(first_sequence),
        count_(batch.count()),
        awaited_(batch.awaited()),
        ending_(ending),
        listener_(listener) {}

  // One datagram. True: the conversation is over. Messages with a sequence number that is not the batch's are left
  // out. Error EBADMSG: a length or a code that cannot be; EINTR: the data changed while it was read, ask again;
  // ENOBUFS: the kernel had to drop some.
  Result<bool> take(std::span<const char> datagram);

  const std::optional<Refusal>& refusal() const { return refusal_; }  // the first in the batch's order

 private:
  Result<void> judge(const Message& message, std::size_t index);

  std::uint32_t first_;
  std::size_t count_;
  std::size_t awaited_;
  Ending ending_;
  Listener listener_;
  std::optional<Refusal> refusal_;
  bool over_ = false;
};

class NetlinkSocket {
 public:
  NetlinkSocket() = default;  // not open
  explicit operator bool() const { return static_cast<bool>(socket_); }

  // NETLINK_ROUTE, NETLINK_NETFILTER. The first send binds it to a port.
  static Result<NetlinkSocket> open(int protocol);
  // One that speaks to another network namespace, an open namespace file: the process enters it and comes back.
  static Result<NetlinkSocket> open_in(int network, int protocol);

  // Finishes the batch, sends it and hears every answer. Nothing: the kernel did all of it.
  // Errors: those of `finish` and `take`; EPROTO: the kernel did not answer; ENOBUFS: an answer was lost, and what
  // was done is unknown; EMSGSIZE: an answer was longer than 8192 bytes (no part of a dump is; a refusal repeats the
  // message that it is about), or the batch than net.core.wmem_max lets one send be (about 400 KB by default).
  Result<std::optional<Refusal>> exchange(Batch& batch, Ending ending, Listener listener = {});

 private:
  explicit NetlinkSocket(Fd socket) : socket_(std::move(socket)) {}

  Fd socket_;
  std::uint32_t next_sequence_ = 1;  // 0 is what the kernel gives to messages that nobody asked for
};

}  // namespace microctr::netlink
