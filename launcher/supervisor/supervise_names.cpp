// Files of names that follow the machine while their containers run (name_follower.h).

#include "launcher/base/sys.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

// Before the container reads what it depends on, so that no change is missed.
void Supervisor::watch_names(const Spec& spec) {
  if (follower_.is_open() || followed_by_names(spec) == 0) return;
  if (!follower_.open(places_)) return;
  (void)sys::watch(epoll_.get(), follower_.descriptor(), EPOLLIN, tag(Kind::names, 0));
}

// Every start and end of a container on a bridge is news for all others there. A moment later they are brought up to
// date together, so that it takes a tenth of our time at most, however many come and go at once.
void Supervisor::hear_names() {
  constexpr std::uint64_t moment_ms = 10;
  names_changed_ |= follower_.take_changes();
  if (names_changed_ == 0 || names_due_ms_ != UINT64_MAX) return;
  names_due_ms_ = sys::monotonic_ms() + moment_ms + 10 * names_cost_ms_;
}

void Supervisor::follow_names() {
  const std::uint64_t begun = sys::monotonic_ms();
  const unsigned changed = names_changed_;
  names_changed_ = 0;
  names_due_ms_ = UINT64_MAX;
  NameTexts texts(places_.runtime);
  bool any = false;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    Container& container = roster_[place];
    if (!container.used || container.session.names.follows == 0 || !has_process(container.life)) continue;
    any = true;
    if ((container.session.names.follows & changed) != 0) follow_session(places_, texts, container.session);
  }
  if (!any) follower_.close();
  names_cost_ms_ = sys::monotonic_ms() - begun;
}

}  // namespace microctr
