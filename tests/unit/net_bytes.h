// Bytes by hand for the netlink tests: what the kernel would send, and what it should never send.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace microctr::netlink {

template <typename T>
std::string bytes_of(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

inline std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  return bytes;
}

inline std::string message(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence, const std::string& body) {
  nlmsghdr header = {};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + body.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  header.nlmsg_seq = sequence;
  header.nlmsg_pid = 4711;
  return padded(bytes_of(header) + body);
}

inline std::string attribute(unsigned type, std::string_view value) {
  nlattr header = {};
  header.nla_len = static_cast<std::uint16_t>(sizeof header + value.size());
  header.nla_type = static_cast<std::uint16_t>(type);
  return padded(bytes_of(header) + std::string(value));
}

// An acknowledgement (code 0) or a refusal, as the kernel sends it with NETLINK_CAP_ACK: the old header behind it.
inline std::string answer(std::int32_t code, std::uint32_t sequence) {
  return message(NLMSG_ERROR, 0, sequence, bytes_of(-code) + std::string(sizeof(nlmsghdr), '\0'));
}

}  // namespace microctr::netlink
