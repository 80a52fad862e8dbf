#include "launcher/spec/key.h"

#include <array>

#include "launcher/base/bytes.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

// All text of the table in one piece and offsets into it: pointers would cost a relocation each.
#define MICROCTR_KEY_TEXT(id, name, group, repeat, support, initial, description) \
  name "\0" initial "\0" description "\0"
constexpr char plain_texts[] = MICROCTR_KEYS(MICROCTR_KEY_TEXT);
#undef MICROCTR_KEY_TEXT

struct Traits {
  Group group;
  Repeat repeat;
  Support support;
};

#define MICROCTR_KEY_TRAITS(id, name, group, repeat, support, initial, description) \
  Traits{Group::group, Repeat::repeat, Support::support},
constexpr Traits traits[key_count] = {MICROCTR_KEYS(MICROCTR_KEY_TRAITS)};
#undef MICROCTR_KEY_TRAITS

constexpr unsigned texts_per_key = 3;
constexpr auto texts = phrase::pack_table<plain_texts, texts_per_key, 2>();

constexpr std::array<std::uint16_t, key_count> offsets = [] {
  std::array<std::uint16_t, key_count> starts{};
  std::uint16_t at = 0;
  for (std::uint16_t& start : starts) {
    start = at;
    for (unsigned part = 0; part < texts_per_key; ++part) {
      while (texts[at] != '\0') ++at;
      ++at;
    }
  }
  return starts;
}();

constexpr std::size_t longest_key = 32;

}  // namespace

KeyInfo key_info(Key key) {
  const auto index = static_cast<std::size_t>(key);
  const CString name = CString::from_pointer(texts.data() + offsets[index]);
  const CString initial = CString::from_pointer(name.c_str() + name.size() + 1);
  const Phrase description = Phrase::from_packed(initial.c_str() + initial.size() + 1);
  return {key, traits[index].group, traits[index].repeat, traits[index].support, name, initial, description};
}

std::optional<Key> find_key(std::string_view written) {
  if (written.size() > longest_key) return {};
  Bytes<longest_key> plain;
  for (std::size_t at = 0; at < written.size(); ++at) plain[at] = written[at] == '-' ? '_' : written[at];
  for (std::size_t index = 0; index < key_count; ++index) {
    if (std::string_view(texts.data() + offsets[index]) == std::string_view(plain, written.size())) {
      return static_cast<Key>(index);
    }
  }
  return {};
}

void write_key_name(Key key, std::string_view interface, TextWriter& writer) {
  if (is_interface_key(key) && interface != first_interface) writer.add(interface, '.');
  writer.add(key_name(key));
}

CString nearest_key(std::string_view written) {
  CString nearest;
  unsigned distance = ~0U;
  for (std::size_t index = 0; index < key_count; ++index) {
    const CString name = CString::from_pointer(texts.data() + offsets[index]);
    if (is_near(written, name, distance)) nearest = name;
  }
  return nearest;
}

}  // namespace microctr
