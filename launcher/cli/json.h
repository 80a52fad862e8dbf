// JSON as this program prints it: one document, built front to back, strings escaped (RFC 8259).
#pragma once

#include "launcher/base/text.h"

namespace microctr {

// The next character of `text`, which is taken from it, as a string has it; what is no UTF-8 becomes U+FFFD. A view of
// `text`, of `storage`, or of a constant.
std::string_view next_escaped(std::string_view& text, TextWriter& storage);

class Json {
 public:
  explicit Json(TextWriter& text) : text_(text) {}

  Json& open_object(CString key = {}) { return begin(key, '{'); }
  Json& close_object() { return end('}'); }
  Json& open_array(CString key = {}) { return begin(key, '['); }
  Json& close_array() { return end(']'); }

  Json& string(CString key, std::string_view value);
  Json& number(CString key, std::int64_t value);
  Json& hundredths(CString key, std::uint64_t value);  // 1234 is 12.34
  Json& boolean(CString key, bool value);

 private:
  Json& begin(CString key, char bracket);
  Json& end(char bracket);
  void name(CString key);
  void quote(std::string_view value);

  TextWriter& text_;
  bool first_ = true;
};

}  // namespace microctr
