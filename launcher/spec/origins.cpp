#include "launcher/spec/origins.h"

namespace microctr {

void Origins::begin_source(CString source) { (void)sources_.push(source); }

void Origins::note(KeyAt key, const Location& where) {
  Place& place = places_[slot_of(key)];
  place = make_place(where);
  place.is_set = true;
}

void Origins::forget(KeyAt key, const Location& where) { places_[slot_of(key)] = make_place(where); }

void Origins::note_entry(KeyAt key, std::size_t index, const Location& where) {
  const std::size_t slot = first_entry(key) + index;
  if (slot < most_entries) entries_[slot] = make_place(where);
}

void Origins::remove_interface(std::size_t number) {
  const std::uint8_t row = rows_[number];
  for (; number + 1 < rows_.size(); ++number) rows_[number] = rows_[number + 1];
  rows_[number] = row;
}

bool Origins::is_in_current_source(KeyAt key) const {
  const Place& place = places_[slot_of(key)];
  return place.source != 0 && place.source == sources_.size();
}

Location Origins::of(KeyAt key) const { return locate(places_[slot_of(key)]); }

Location Origins::of(KeyAt key, std::size_t index) const {
  const std::size_t slot = first_entry(key) + index;
  if (slot < most_entries && entries_[slot].source != 0) return locate(entries_[slot]);
  return of(key);
}

// The places of eth0's keys, or of the first interface that was named, stand with those of all other keys.
std::size_t Origins::slot_of(KeyAt key) const {
  const auto slot = static_cast<std::size_t>(key.key);
  const std::size_t row = rows_[key.interface];
  if (!is_interface_key(key.key) || row == 0) return slot;
  return key_count + (row - 1) * interface_keys + slot - static_cast<std::size_t>(Key::network);
}

std::size_t Origins::first_entry(KeyAt key) const {
  struct List {
    Key key;
    std::uint8_t size;  // of one interface, for a key that each has for itself
  };
  static constexpr List lists[] = {{Key::layer, limits::layers},
                                   {Key::volume, limits::mounts},
                                   {Key::tmpfs, limits::mounts},
                                   {Key::ip, limits::addresses},
                                   {Key::gateway, 2},
                                   {Key::bridge_subnet, 2},
                                   {Key::publish, limits::publish},
                                   {Key::dns_search, limits::search_domains},
                                   {Key::add_host, limits::host_names},
                                   {Key::network_alias, limits::aliases},
                                   {Key::device, limits::device_lines},
                                   {Key::user_map, limits::id_ranges},
                                   {Key::group_map, limits::id_ranges},
                                   {Key::masked_path, limits::paths},
                                   {Key::readonly_path, limits::paths},
                                   {Key::sysctl, limits::sysctls},
                                   {Key::after, limits::dependencies},
                                   {Key::requires_, limits::dependencies},
                                   {Key::wait_path, limits::wait_paths}};
  std::size_t first = 0;
  for (const List& list : lists) {
    if (list.key == key.key) return first + (is_interface_key(list.key) ? rows_[key.interface] * list.size : 0U);
    first += is_interface_key(list.key) ? limits::interfaces * list.size : list.size;
  }
  return most_entries;
}

Location Origins::locate(const Place& place) const {
  if (place.source == 0 || place.source > sources_.size()) return file();
  return {sources_[place.source - 1U], place.line, place.column};
}

Origins::Place Origins::make_place(const Location& where) const {
  return {static_cast<std::uint16_t>(where.line), static_cast<std::uint16_t>(where.column),
          static_cast<std::uint8_t>(sources_.size()), false};
}

}  // namespace microctr
