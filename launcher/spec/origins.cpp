#include "launcher/spec/origins.h"

namespace microctr {

void Origins::begin_source(CString source) { (void)sources_.push(source); }

void Origins::note(Key key, const Location& where) {
  Place& place = places_[static_cast<std::size_t>(key)];
  place = make_place(where);
  place.is_set = true;
}

void Origins::forget(Key key, const Location& where) { places_[static_cast<std::size_t>(key)] = make_place(where); }

void Origins::note_entry(Key key, std::size_t index, const Location& where) {
  const std::size_t slot = first_entry(key) + index;
  if (slot < most_entries) entries_[slot] = make_place(where);
}

bool Origins::is_in_current_source(Key key) const {
  const Place& place = places_[static_cast<std::size_t>(key)];
  return place.source != 0 && place.source == sources_.size();
}

Location Origins::of(Key key) const { return locate(places_[static_cast<std::size_t>(key)]); }

Location Origins::of(Key key, std::size_t index) const {
  const std::size_t slot = first_entry(key) + index;
  if (slot < most_entries && entries_[slot].source != 0) return locate(entries_[slot]);
  return of(key);
}

std::size_t Origins::first_entry(Key key) {
  if (key == Key::layer) return 0;
  if (key == Key::volume) return limits::layers;
  if (key == Key::tmpfs) return limits::layers + limits::mounts;
  if (key == Key::ip) return limits::layers + 2 * limits::mounts;
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
