#include "launcher/net/netlink_socket.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"

namespace microctr::netlink {
namespace {

constexpr std::size_t answer_size = 8192;  // netlink(7): what the kernel expects a reader of dumps to have
constexpr int largest_errno = 4095;        // MAX_ERRNO of the kernel

Failed malformed() { return fail(EBADMSG, "read a netlink answer (its lengths or codes cannot be)"_p); }

}  // namespace

Result<bool> Answers::take(std::span<const char> datagram) {
  Messages messages(datagram);
  while (const auto message = messages.next()) {
    const std::size_t index = message->sequence - first_;  // wraps for a stray number, and is then too large
    if (index < count_) TRY(judge(*message, index));
  }
  if (messages.malformed()) return malformed();
  return over_;
}

Result<void> Answers::judge(const Message& message, std::size_t index) {
  if (message.type == NLMSG_NOOP) return {};
  if (message.type == NLMSG_OVERRUN) return fail(ENOBUFS, "read a netlink answer (data was lost)"_p);
  if ((message.flags & NLM_F_DUMP_INTR) != 0) return fail(EINTR, "read a netlink answer (the data changed)"_p);
  if (message.type != NLMSG_ERROR && message.type != NLMSG_DONE) {
    if (listener_.hear != nullptr) listener_.hear(listener_.context, message);
    const bool is_whole = ending_ == Ending::answered && (message.flags & NLM_F_MULTI) == 0;
    if (is_whole && index == awaited_) over_ = true;
    return {};
  }
  // Both carry a negative errno, or 0. NLMSG_DONE has it since Linux 2.6; nf_tables may leave it out.
  const auto code = read_fixed<std::int32_t>(message.body);
  if (!code && message.type == NLMSG_ERROR) return malformed();
  const std::int32_t result = code.value_or(0);
  if (result > 0 || result < -largest_errno) return malformed();
  if (result < 0 && (!refusal_ || index < refusal_->message)) refusal_ = Refusal{index, -result};
  if (index == awaited_) over_ = true;
  return {};
}

Result<NetlinkSocket> NetlinkSocket::open(int protocol) {
  auto socket = sys::open_socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, protocol);
  if (socket) return NetlinkSocket(socket.take());
  return socket.error().doing("open a netlink socket"_p);
}

Result<NetlinkSocket> NetlinkSocket::open_in(int network, int protocol) {
  const Fd home = TRY(sys::open("/proc/self/ns/net", O_RDONLY));
  TRY(sys::set_namespace(network, CLONE_NEWNET));
  auto socket = open(protocol);
  auto back = sys::set_namespace(home.get(), CLONE_NEWNET);
  for (; !back && back.error().code == ENOMEM; back = sys::set_namespace(home.get(), CLONE_NEWNET)) {
    (void)sys::sleep_ms(10);  // staying there would be worse than waiting
  }
  TRY(back);
  return socket;
}

Result<std::optional<Refusal>> NetlinkSocket::exchange(Batch& batch, Ending ending, Listener listener) {
  const auto bytes = TRY(batch.finish(next_sequence_, ending));
  Answers answers(next_sequence_, batch, ending, listener);
  next_sequence_ += static_cast<std::uint32_t>(batch.count());

  auto sent = sys::send(socket_.get(), bytes);
  if (!sent && sent.error().code == EMSGSIZE) {  // more than net.core.wmem_default
    TRY(sys::set_send_buffer(socket_.get(), static_cast<int>(bytes.size())));
    sent = sys::send(socket_.get(), bytes);
  }
  if (!sent) return sent.error().doing("send netlink messages"_p);
  while (true) {
    Bytes<answer_size> buffer;
    sockaddr_nl sender = {};
    const auto size = sys::receive_from(socket_.get(), buffer, &sender, sizeof sender);
    if (!size) {
      if (answers.refusal()) return answers.refusal();  // the kernel gave up before the message with the last answer
      if (size.error().code == EAGAIN) return fail(EPROTO, "hear the kernel's answer (there is none)"_p);
      return size.error().doing("hear the kernel's answer"_p);
    }
    if (sender.nl_family != AF_NETLINK || sender.nl_pid != 0) continue;  // not from the kernel
    if (size.value() > sizeof buffer) return fail(EMSGSIZE, "hear the kernel's answer (longer than 8192 bytes)"_p);
    if (TRY(answers.take({buffer.data(), size.value()}))) return answers.refusal();
  }
}

}  // namespace microctr::netlink
