// Makes the texts of write_hosts and write_resolver: reads the register and the host's files that they need.
//
// Each of them is read when it is first needed, so that one NameTexts serves many containers with the same state of
// the machine. There is one at a time: files and texts are kept in storage of the program.
#pragma once

#include "launcher/net/name_files.h"

namespace microctr {

inline constexpr CString aside_names = ".microctr-names";  // in /etc, for a moment

class NameTexts {
 public:
  explicit NameTexts(CString runtime) : runtime_(runtime) {}
  // With a register that was read a moment ago; an empty one is read when it is needed.
  NameTexts(CString runtime, const Register& entries)
      : runtime_(runtime), register_read_(!entries.empty()), entries_(entries) {}

  // Valid until the next text is made. EFBIG: a file or the text is larger than limits.h says.
  Result<std::string_view> hosts(const Spec& spec, std::span<const InterfaceState> state);
  Result<std::string_view> resolver(const Spec& spec, std::span<const Address> gateways);

 private:
  struct HostFile {
    bool read = false;
    std::string_view text = {};
  };

  Result<void> need_register(const Spec& spec);
  static Result<std::string_view> need(HostFile& file, CString path, std::span<char> storage);

  CString runtime_;
  bool register_read_ = false;
  Register entries_;
  HostFile hosts_;
  HostFile resolver_;
  HostFile upstream_;
};

}  // namespace microctr
