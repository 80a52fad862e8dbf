// Netlink messages as bytes: a writer that never overflows and a reader that trusts no length (RFC 3549, netlink(7)).
//
// Both work on storage that the caller owns, make no system call and copy every number with memcpy, so that no byte
// needs an alignment of its own. The writer remembers that something did not fit and `finish` then refuses: half a
// batch is never sent. The reader ends at the first length that cannot be true and says so. Attribute types are
// rtnetlink's or nf_tables'; nothing here knows them.
#pragma once

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr::netlink {

// What the kernel says when the last message of a batch was done.
enum class Ending : std::uint8_t {
  acknowledged,  // an acknowledgement (NLM_F_ACK)
  answered,      // the data that was asked for
};

struct Message {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::span<const char> body = {};  // behind the header
};

// Several messages for one send. The kernel works through them in order and does not stop at one that it refuses.
class Batch {
 public:
  explicit Batch(std::span<char> storage);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // Ends the message before. NLM_F_REQUEST is added; sequence numbers come with `finish`.
  void begin(std::uint16_t type, unsigned flags);

  // The fixed structure that follows a header (ifinfomsg, rtmsg, nfgenmsg …).
  template <typename T>
  void add_fixed(const T& fixed) {
    static_assert(std::is_trivially_copyable_v<T>);
    append(&fixed, sizeof fixed);
  }

  void add(unsigned type, std::string_view value);                                            // the bytes alone
  void add_text(unsigned type, CString text) { add(type, {text.c_str(), text.size() + 1}); }  // with its NUL
  template <typename T>
  void add_number(unsigned type, T number) {
    static_assert(std::is_integral_v<T>);
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    add(type, {bytes, sizeof bytes});
  }

  // What is added until `end_nested` lies inside an attribute. `type` carries NLA_F_NESTED where the kernel wants it.
  std::size_t begin_nested(unsigned type);
  void end_nested(std::size_t begun);

  // The message that was begun last is the one whose acknowledgement ends the conversation, not one that follows it.
  void await();

  // The bytes to send, numbered from `first_sequence`. Ending::acknowledged asks for an acknowledgement of the last
  // message, unless `await` or NLM_F_ACK chose another (nf_tables does not acknowledge the end of its batch).
  // Error EMSGSIZE: the storage or the 65535 bytes of an attribute were too small for something. EINVAL: no message.
  Result<std::span<const char>> finish(std::uint32_t first_sequence, Ending ending);

  std::size_t size() const { return size_; }  // bytes, so far
  std::size_t count() const { return count_; }
  std::size_t awaited() const { return awaited_; }  // index of the message whose answer is the last; after `finish`
  std::optional<Message> message(std::size_t index) const;

 private:
  void append(const void* data, std::size_t size);
  void update_header(std::size_t offset, std::uint32_t sequence, unsigned flags);

  std::span<char> storage_;
  std::size_t size_ = 0;
  std::size_t message_ = 0;  // offset of the message that is being written
  std::size_t count_ = 0;
  std::size_t awaited_ = 0;
  bool acknowledged_ = false;  // a message asked for its acknowledgement
  bool overflowed_ = false;
};

// One message after the other in what was received.
class Messages {
 public:
  explicit Messages(std::span<const char> bytes) : rest_(bytes) {}
  std::optional<Message> next();
  bool malformed() const { return malformed_; }  // it ended at a length that cannot be true

 private:
  std::span<const char> rest_;
  bool malformed_ = false;
};

struct Attribute {
  unsigned type = 0;  // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
  std::span<const char> value = {};

  std::string_view text() const;                // up to the first NUL
  std::optional<std::uint32_t> number() const;  // nothing unless it has four bytes
};

// One attribute after the other: behind the `fixed` bytes of a message's body, or inside an attribute.
class Attributes {
 public:
  explicit Attributes(std::span<const char> bytes, std::size_t fixed = 0);
  std::optional<Attribute> next();
  bool malformed() const { return malformed_; }

 private:
  std::span<const char> rest_;
  bool malformed_ = false;
};

// The structure at the start of `bytes`; nothing when they are too few.
template <typename T>
std::optional<T> read_fixed(std::span<const char> bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < sizeof(T)) return {};
  T fixed;
  std::memcpy(&fixed, bytes.data(), sizeof fixed);
  return fixed;
}

}  // namespace microctr::netlink
