// Files of names that follow the machine while their containers run (name_follower.h).

#include <utility>

#include "launcher/base/sys.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

bool follows_names(const Container& container, unsigned changed) {
  return container.used && (container.session.names.follows & changed) != 0 && has_process(container.life);
}

}  // namespace

// Before the container reads what it depends on, so that no change is missed.
void Supervisor::watch_names(const Spec& spec) {
  if (follower_.is_open() || followed_by_names(spec) == 0) return;
  if (!follower_.open(places_)) return;
  (void)sys::watch(epoll_.get(), follower_.descriptor(), EPOLLIN, tag(Kind::names, 0));
}

// Every start and end of a container on a bridge is news for all others there. A moment later they are brought up to
// date together, in slices, so that it takes a tenth of our time at most, however many come and go at once, and nobody
// waits long for us.
void Supervisor::hear_names() {
  names_changed_ |= follower_.take_changes();
  if (names_changed_ != 0 && names_due_ms_ == UINT64_MAX) follow_names_later();
}

void Supervisor::follow_names_later() {
  constexpr std::uint64_t moment_ms = 10;
  names_due_ms_ = sys::monotonic_ms() + moment_ms + 10 * names_cost_ms_;
}

void Supervisor::follow_names() {
  constexpr std::uint64_t slice_ms = 5;
  const std::uint64_t begun = sys::monotonic_ms();
  if (names_next_ == 0) names_followed_ = std::exchange(names_changed_, 0);
  NameTexts texts(places_.runtime);
  while (names_next_ < roster_.size() && sys::monotonic_ms() - begun < slice_ms) {
    Container& container = roster_[names_next_++];
    if (follows_names(container, names_followed_)) follow_session(places_, texts, container.session);
  }
  names_cost_ms_ = sys::monotonic_ms() - begun;
  names_due_ms_ = UINT64_MAX;
  if (names_next_ < roster_.size()) return follow_names_later();
  names_next_ = 0;
  if (names_changed_ != 0) return follow_names_later();
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    if (follows_names(roster_[place], ~0U)) return;
  }
  follower_.close();
}

}  // namespace microctr
