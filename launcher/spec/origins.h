// Origins: which keys were given, and where, so that validate can point at the line that is to blame.
//
// Filled by the reader only; an empty one (a Spec that was not read from a file) says "not given, no place" for all.
// Source names are views that must outlive it. Places are of values, not of keys. It must not hold values.
#pragma once

#include <array>
#include <cstdint>

#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/spec/diagnostic.h"
#include "launcher/spec/key.h"

namespace microctr {

class Origins {
 public:
  // For the reader: what follows comes from `source`.
  void begin_source(CString source);
  // `key` got a value, or (forget) its default again, in the current source.
  void note(KeyAt key, const Location& where);
  void forget(KeyAt key, const Location& where);
  // The same for entry `index` of the list of `key`; keys without places for their entries ignore it.
  void note_entry(KeyAt key, std::size_t index, const Location& where);
  // The interface with this number is gone, and those behind it move up.
  void remove_interface(std::size_t number);
  // Faults that have no line are put on this source.
  void set_main_source(CString source) { main_ = source; }

  bool is_set(KeyAt key) const { return places_[slot_of(key)].is_set; }
  // True when a line of the current source has named the key already.
  bool is_in_current_source(KeyAt key) const;

  Location file() const { return {main_, 0, 0}; }
  // Of the last line of `key`; `file()` when there is none.
  Location of(KeyAt key) const;
  // Of one entry of a list that has a place for each (origins.cpp); of the last line for other lists.
  Location of(KeyAt key, std::size_t index) const;

 private:
  struct Place {
    std::uint16_t line = 0;  // a text of limits::config_text has fewer lines than this holds
    std::uint16_t column = 0;
    std::uint8_t source = 0;  // 0: never named
    bool is_set = false;
  };
  static_assert(limits::config_text <= UINT16_MAX && limits::config_line < UINT16_MAX);
  static constexpr std::size_t most_sources = limits::overrides + 2;
  static constexpr std::size_t most_places = key_count + (limits::interfaces - 1) * interface_keys;
  static constexpr std::size_t most_entries =
      limits::layers + 2 * limits::mounts + limits::interfaces * (limits::addresses + 4) + limits::publish +
      limits::search_domains + limits::host_names + limits::aliases + limits::device_lines + 2 * limits::id_ranges +
      2 * limits::paths + limits::sysctls + 2 * limits::dependencies + limits::wait_paths;

  std::size_t slot_of(KeyAt key) const;
  std::size_t first_entry(KeyAt key) const;  // `most_entries` when the key has none
  static constexpr std::array<std::uint8_t, limits::interfaces> make_rows() {
    std::array<std::uint8_t, limits::interfaces> rows = {};
    for (std::size_t number = 0; number < rows.size(); ++number) rows[number] = static_cast<std::uint8_t>(number);
    return rows;
  }
  Location locate(const Place& place) const;
  Place make_place(const Location& where) const;

  CString main_;
  FixedVector<CString, most_sources> sources_;
  std::array<Place, most_places> places_ = {};
  std::array<Place, most_entries> entries_ = {};
  // Where the places of each interface are: removing one moves no place.
  std::array<std::uint8_t, limits::interfaces> rows_ = make_rows();
};

}  // namespace microctr
