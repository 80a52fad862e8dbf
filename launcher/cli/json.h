// JSON as this program prints it: one document, built front to back, strings escaped (RFC 8259).
#pragma once

#include "launcher/base/text.h"

namespace microctr {

class Json {
 public:
  explicit Json(TextWriter& text) : text_(text) {}

  Json& open_object(std::string_view key = {}) { return begin(key, '{'); }
  Json& close_object() { return end('}'); }
  Json& open_array(std::string_view key = {}) { return begin(key, '['); }
  Json& close_array() { return end(']'); }

  Json& string(std::string_view key, std::string_view value);
  Json& number(std::string_view key, std::int64_t value);
  Json& boolean(std::string_view key, bool value);

 private:
  Json& begin(std::string_view key, char bracket);
  Json& end(char bracket);
  void name(std::string_view key);
  void quote(std::string_view value);

  TextWriter& text_;
  bool first_ = true;
};

}  // namespace microctr
