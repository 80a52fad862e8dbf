#include "launcher/supervisor/roster.h"

#include <algorithm>
#include <new>

namespace microctr {

std::optional<std::uint32_t> Roster::find(std::string_view name) const {
  for (std::uint32_t place = 0; place < size_; ++place) {
    const Container& entry = *at(place);
    if (entry.used && entry.name() == name) return place;
  }
  return {};
}

std::optional<std::uint32_t> Roster::obtain(std::string_view name) {
  if (const auto found = find(name)) return found;
  std::uint32_t place = 0;
  while (place < size_ && at(place)->used) ++place;
  for (std::uint32_t other = 0; place == limits::containers && other < size_; ++other) {
    const Container& ended = *at(other);
    if (!ended.known || ended.configured || ended.session.record) continue;
    if (ended.life != Life::done && ended.life != Life::failed) continue;
    forget(other);
    if (!at(other)->used) place = other;
  }
  if (place == limits::containers) return {};
  if (place == size_) {
    new (static_cast<char*>(storage_[place])) Container();
    ++size_;
  }
  Container& entry = *at(place);
  entry.used = true;
  entry.session.set_name(name);
  return place;
}

void Roster::forget(std::uint32_t place) {
  Container& entry = *at(place);
  const auto names_it = [place](const auto& list) { return std::find(list.begin(), list.end(), place) != list.end(); };
  bool named = false;
  for (std::uint32_t other = 0; other < size_ && !named; ++other) {
    const Container& that = *at(other);
    named = that.used && other != place &&
            (names_it(that.upkeep.after) || names_it(that.upkeep.required) ||
             (that.upkeep.on_failure == FailureAction::start && that.upkeep.failure_start == place));
  }
  TextBuffer<limits::name + 1> name(entry.name());
  entry.~Container();
  new (static_cast<void*>(&entry)) Container();
  entry.used = named;
  if (named) entry.session.set_name(name.view());
}

}  // namespace microctr
