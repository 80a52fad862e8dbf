#include "launcher/cli/json.h"

#include "launcher/cli/amounts.h"
#include "launcher/spec/utf8.h"

namespace microctr {

std::string_view next_escaped(std::string_view& text, TextWriter& storage) {
  std::uint32_t code = 0;
  const std::size_t size = decode_utf8(text, 0, code);
  const std::string_view character = leading(text, size == 0 ? 1 : size);
  text.remove_prefix(character.size());
  if (size == 0) return "\xef\xbf\xbd";
  if (code >= 0x20 && code != '"' && code != '\\') return character;
  storage.clear();
  if (code < 0x20)
    storage.add("\\u00", code < 0x10 ? "0" : "", Hex{code});
  else
    storage.add('\\', character);
  return storage.view();
}

void Json::quote(std::string_view value) {
  TextBuffer<8> storage;
  text_.add('"');
  while (!value.empty()) text_.add(next_escaped(value, storage));
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
