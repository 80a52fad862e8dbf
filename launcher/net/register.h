// The register of the networks: the file RUNTIME/networks, which says who uses what of the machine's network.
//
// One line for each thing, fields between tabs; a field without a value is "-":
//
//   bridge  BRIDGE ADDRESS[ ADDRESS] nat|plain    a bridge that we made, its own addresses with their prefix
//   lease   BRIDGE NAME INTERFACE ADDRESSES NAMES NUMBER
//                                                 a running container on a bridge, its addresses and its host names;
//                                                 the interface is the container's NUMBERth, from 0 on
//   kept    BRIDGE NAME INTERFACE ADDRESSES       the same after its end, until the container is removed
//   port    NAME tcp|udp HOST PORT TARGET PORT    a published port
//   subnet  NAME ADDRESS                          a masqueraded subnet that is not a bridge's
//   guard   NAME LINK                             a link on which the host's loopback addresses are routed; NAME is
//                                                 "-" for a bridge of ours, whose guard stays as long as it does
//   device  NAME LINK INTERFACE MAC MTU up|down   a device of the host that was moved in, and how it was before
//   share   OWNER NAME INODE                      NAME runs in the network namespace of OWNER
//   server  NAME ADDRESSES DOMAIN                 what a DHCP server said about names
//   switch  FILE VALUE                            a kernel switch that we turned, and what it was before
//
// Lines are written before what they stand for is done, and go after it was undone, so that whoever comes next can
// undo it, build the firewall anew, or tell which address is free. Whoever changes it holds the RuntimeLock. There is
// one register at a time: its text is kept in storage of the program. It must not know how anything is done.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "launcher/base/limits.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct Entry {
  static constexpr std::size_t most_fields = 6;

  std::string_view kind;
  std::array<std::string_view, most_fields> field;  // missing ones are empty; views into the register

  bool is(const char* wanted) const { return is_literal(kind, wanted); }
};

class Register {
 public:
  Register() = default;  // empty, and of no runtime directory

  // `runtime` is the runtime directory. A missing file is an empty register. EFBIG: it is larger than
  // limits::network_register.
  static Result<Register> read(CString runtime);

  // The entries in order: each call gives the next one after `cursor`, which begins at 0. Of one kind only, unless
  // `kind` is empty; and only one in whose line `with` is somewhere: a thousand leases are passed over quickly.
  std::optional<Entry> next(std::size_t& cursor, std::string_view kind = {}, std::string_view with = {}) const;

  // The same of all kinds but this one.
  std::optional<Entry> next_but(std::size_t& cursor, std::string_view kind) const;

  // Adds a line. ENOSPC when the register is full (limit of bytes in limits.h).
  Result<void> add(std::string_view kind, std::initializer_list<std::string_view> fields);

  // Removes the entry that `next` gave last; `cursor` is as it left it, and is set for the one that follows.
  void erase(std::size_t& cursor);

  // Brings what was changed to disk: what was only added is appended in one write; else the file is written aside and
  // renamed. An empty register has no file.
  Result<void> store();

  bool empty() const { return size_ == 0; }
  std::string_view text() const;

 private:
  explicit Register(CString runtime) : runtime_(runtime) {}
  std::string_view next_line(std::size_t& cursor) const;
  Result<void> replace();

  CString runtime_;
  std::size_t size_ = 0;    // of the text
  std::size_t stored_ = 0;  // of it, what is on disk
  bool rewrite_ = false;    // something that was on disk has gone
};

// The first line of this kind with this first field.
std::optional<Entry> find_line(const Register& entries, const char* kind, std::string_view first);

// Whether another container than `container` has a line of this kind with this value.
bool another_has(const Register& entries, std::string_view kind, CString container, std::string_view value);

// Whether a container has a lease on the bridge; `except` does not count.
bool is_bridge_used(const Register& entries, std::string_view bridge, CString except);

// "RUNTIME/networks"
class RegisterPath : public TextBuffer<limits::path> {
 public:
  explicit RegisterPath(CString runtime);
};

// Addresses of a field, separated by blanks, each with its prefix: the next one, or nothing at the end or at what is
// no address.
std::optional<Address> next_address(std::string_view& field);

// "10.9.0.1/24"
void format_with_prefix(const Address& address, TextWriter& text);

}  // namespace microctr
