// Key: every config key there is, what it may hold, and how to find one by the name that somebody wrote.
//
// Owns the table (key_table.h) as constant data. Keys that a later issue brings are in it, so that they are refused
// and never ignored. It must not know what a value looks like; that is setting.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/phrase.h"
#include "launcher/base/text.h"
#include "launcher/spec/key_table.h"

namespace microctr {

#define MICROCTR_KEY_ID(id, name, group, repeat, support, initial, description) id,
enum class Key : std::uint8_t { MICROCTR_KEYS(MICROCTR_KEY_ID) };
#undef MICROCTR_KEY_ID

#define MICROCTR_KEY_ONE(id, name, group, repeat, support, initial, description) +1
inline constexpr std::size_t key_count = 0 MICROCTR_KEYS(MICROCTR_KEY_ONE);
#undef MICROCTR_KEY_ONE

// The keys that each interface has for itself.
constexpr bool is_interface_key(Key key) { return key >= Key::network && key <= Key::nat; }
inline constexpr std::size_t interface_keys = 8;
static_assert(static_cast<std::size_t>(Key::nat) - static_cast<std::size_t>(Key::network) + 1 == interface_keys);

// The interface that they are about without a name before them.
inline constexpr char first_interface[] = "eth0";

// A key, and for those of an interface which one: its number in Network::interfaces, 0 for all other keys.
struct KeyAt {
  constexpr KeyAt(Key the_key, std::size_t number = 0)  // NOLINT(google-explicit-constructor)
      : key(the_key), interface(static_cast<std::uint8_t>(number)) {}

  Key key;
  std::uint8_t interface;
};

// The contract's groups; `required` holds the `.required` companions of the limits.
enum class Group : std::uint8_t {
  identity,
  process,
  root,
  namespaces,
  resources,
  required,
  security,
  network,
  supervision,
  logs,
};

enum class Repeat : std::uint8_t {
  single,  // at most once in one source; an empty value means the default again
  list,    // each line adds; an empty value empties the list
};

enum class Support : std::uint8_t { now, later };

struct KeyInfo {
  Key key;
  Group group;
  Repeat repeat;
  Support support;
  CString name;
  CString initial;     // value of a single key that is not given, as text; empty: unset
  Phrase description;  // one line
};

KeyInfo key_info(Key key);
inline CString key_name(Key key) { return key_info(key).name; }

// The same as messages show it: `eth1.ip`, but `ip` for eth0 and `memory` for any interface.
void write_key_name(Key key, std::string_view interface, TextWriter& writer);

// The key that is written so; `-` and `_` are the same.
std::optional<Key> find_key(std::string_view written);

// The key that was probably meant; empty when none is near.
CString nearest_key(std::string_view written);

}  // namespace microctr
