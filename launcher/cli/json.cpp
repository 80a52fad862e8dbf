#include "launcher/cli/json.h"

#include "launcher/cli/amounts.h"

namespace microctr {

void Json::quote(std::string_view value) {
  text_.add('"');
  for (const char character : value) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      text_.add('\\', character);
    } else if (byte < 0x20) {
      text_.add("\\u00", byte < 0x10 ? "0" : "", Hex{byte});
    } else {
      text_.add(character);
    }
  }
  text_.add('"');
}

void Json::name(CString key) {
  if (!first_) text_.add(',');
  first_ = false;
  if (key.empty()) return;
  quote(key);
  text_.add(':');
}

Json& Json::begin(CString key, char bracket) {
  name(key);
  text_.add(bracket);
  first_ = true;
  return *this;
}

Json& Json::end(char bracket) {
  text_.add(bracket);
  first_ = false;
  return *this;
}

Json& Json::string(CString key, std::string_view value) {
  name(key);
  quote(value);
  return *this;
}

Json& Json::number(CString key, std::int64_t value) {
  name(key);
  text_.add(value);
  return *this;
}

Json& Json::hundredths(CString key, std::uint64_t value) {
  name(key);
  add_hundredths(text_, value);
  return *this;
}

Json& Json::boolean(CString key, bool value) {
  name(key);
  text_.add(value ? "true" : "false");
  return *this;
}

}  // namespace microctr
