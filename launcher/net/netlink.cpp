#include "launcher/net/netlink.h"

#include <algorithm>

namespace microctr::netlink {
namespace {

constexpr std::size_t alignment = NLMSG_ALIGNTO;  // the same for messages and attributes
static_assert(NLMSG_ALIGNTO == NLA_ALIGNTO && sizeof(nlmsghdr) % alignment == 0 && sizeof(nlattr) % alignment == 0);

constexpr std::size_t largest_attribute = 65535;  // nla_len has 16 bits and counts its own header

constexpr std::size_t align(std::size_t size) { return (size + alignment - 1) & ~(alignment - 1); }

// What follows `size` bytes and their padding; the last one may come without padding.
std::span<const char> behind(std::span<const char> bytes, std::size_t size) {
  return bytes.subspan(std::min(align(size), bytes.size()));
}

}  // namespace

Batch::Batch(std::span<char> storage) : storage_(storage) {}

// Adds `size` bytes of `data` to the current message, padded with zeros.
void Batch::append(const void* data, std::size_t size) {
  const std::size_t room = storage_.size() - size_;
  if (overflowed_ || count_ == 0 || size > room || align(size) > room) {
    overflowed_ = true;
    return;
  }
  char* const start = storage_.data() + size_;
  if (size != 0) std::memcpy(start, data, size);
  std::memset(start + size, 0, align(size) - size);
  size_ += align(size);
  const auto length = static_cast<std::uint32_t>(size_ - message_);
  std::memcpy(storage_.data() + message_ + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
}

void Batch::begin(std::uint16_t type, unsigned flags) {
  nlmsghdr header = {};
  header.nlmsg_len = sizeof header;
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
  if (!overflowed_) message_ = size_;
  ++count_;
  append(&header, sizeof header);
  if ((flags & NLM_F_ACK) != 0) await();
}

void Batch::await() {
  awaited_ = count_ - 1;
  acknowledged_ = true;
}

void Batch::add(unsigned type, std::string_view value) {
  nlattr header = {};
  if (value.size() > largest_attribute - sizeof header) {
    overflowed_ = true;
    return;
  }
  header.nla_len = static_cast<std::uint16_t>(sizeof header + value.size());
  header.nla_type = static_cast<std::uint16_t>(type);
  append(&header, sizeof header);
  append(value.data(), value.size());
}

std::size_t Batch::begin_nested(unsigned type) {
  const std::size_t begun = size_;
  add(type, {});
  return begun;
}

void Batch::end_nested(std::size_t begun) {
  const std::size_t size = size_ - begun;
  if (size > largest_attribute) overflowed_ = true;
  if (overflowed_) return;
  const auto length = static_cast<std::uint16_t>(size);
  std::memcpy(storage_.data() + begun + offsetof(nlattr, nla_len), &length, sizeof length);
}

void Batch::update_header(std::size_t offset, std::uint32_t sequence, unsigned flags) {
  nlmsghdr header;
  std::memcpy(&header, storage_.data() + offset, sizeof header);
  header.nlmsg_seq = sequence;
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | flags);
  std::memcpy(storage_.data() + offset, &header, sizeof header);
}

Result<std::span<const char>> Batch::finish(std::uint32_t first_sequence, Ending ending) {
  if (overflowed_) return fail(EMSGSIZE, "write a netlink message (too much for its storage)"_p);
  if (count_ == 0) return fail(EINVAL, "write a netlink message (there is none)"_p);
  if (!acknowledged_) awaited_ = count_ - 1;
  std::size_t offset = 0;
  Messages messages(storage_.first(size_));
  for (std::size_t index = 0; const auto message = messages.next(); ++index) {
    const bool ask = ending == Ending::acknowledged && index == awaited_;
    update_header(offset, first_sequence + static_cast<std::uint32_t>(index), ask ? NLM_F_ACK : 0);
    offset += sizeof(nlmsghdr) + message->body.size();
  }
  return std::span<const char>(storage_.first(size_));
}

std::optional<Message> Batch::message(std::size_t index) const {
  Messages messages(storage_.first(size_));
  auto message = messages.next();
  while (message && index-- != 0) message = messages.next();
  return message;
}

std::optional<Message> Messages::next() {
  if (rest_.empty() || malformed_) return {};
  const auto header = read_fixed<nlmsghdr>(rest_);
  if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest_.size()) {
    malformed_ = true;
    return {};
  }
  const auto body = rest_.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
  rest_ = behind(rest_, header->nlmsg_len);
  return Message{header->nlmsg_type, header->nlmsg_flags, header->nlmsg_seq, body};
}

std::string_view Attribute::text() const {
  const std::string_view bytes(value.data(), value.size());
  return leading(bytes, position(bytes, '\0'));
}

std::optional<std::uint32_t> Attribute::number() const {
  if (value.size() != sizeof(std::uint32_t)) return {};
  return read_fixed<std::uint32_t>(value);
}

Attributes::Attributes(std::span<const char> bytes, std::size_t fixed) : malformed_(bytes.size() < fixed) {
  if (!malformed_) rest_ = behind(bytes, fixed);
}

std::optional<Attribute> Attributes::next() {
  if (rest_.empty() || malformed_) return {};
  const auto header = read_fixed<nlattr>(rest_);
  if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > rest_.size()) {
    malformed_ = true;
    return {};
  }
  const auto value = rest_.subspan(sizeof(nlattr), header->nla_len - sizeof(nlattr));
  rest_ = behind(rest_, header->nla_len);
  return Attribute{static_cast<unsigned>(header->nla_type & NLA_TYPE_MASK), value};
}

}  // namespace microctr::netlink
