// What is before what: a container waits for others and for paths on the way up, and others wait for its end on the
// way down.
//
// `after` waits for those that are on their way, and for nobody else. `requires` brings up who is down, and gives up
// where that fails. A one-shot is out of the way when it has ended well.

#include <algorithm>

#include "launcher/base/sys.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

// Others need not wait for it any more: it is ready, or has done its work.
bool is_up(const Container& that) {
  if (!that.known || that.upkeep.type == ServiceType::service) return that.life == Life::ready;
  return that.life == Life::done && that.session.state.phase == Phase::exited && that.session.state.started != 0;
}

bool is_on_its_way(const Container& that) { return is_wanted(that.life) && !is_up(that); }

// A set of places.
class Places1024 {
 public:
  bool add(std::uint32_t place) {  // false: it is in already
    const std::uint64_t bit = std::uint64_t{1} << (place % 64);
    const bool is_new = (words_[place / 64] & bit) == 0;
    words_[place / 64] |= bit;
    return is_new;
  }
  bool has(std::uint32_t place) const { return (words_[place / 64] >> (place % 64) & 1) != 0; }

 private:
  std::uint64_t words_[limits::containers / 64] = {};
};

}  // namespace

void Supervisor::wait_for(const Container& that, Before& before, TextWriter& why) {
  const bool stands = that.life == Life::waiting || that.life == Life::delayed;
  if (before == Before::standing || (before == Before::moving && !stands)) return;
  why.clear();
  why.add(that.name());
  before = stands ? Before::standing : Before::moving;
}

// `why`: who or what it waits for, or why it cannot start.
Supervisor::Before Supervisor::what_is_before(std::uint32_t place, TextWriter& why) {
  const Upkeep& upkeep = roster_[place].upkeep;
  Before before = Before::nothing;
  for (const std::uint32_t other : upkeep.required) {
    Container& that = roster_[other];
    if (is_up(that)) continue;
    if (that.life == Life::done && that.known && !that.session.state.stop_asked) {
      apply(other, LifeEvent::start);  // it is brought up, and may be up at once
      if (is_up(that)) continue;
    }
    if (!is_on_its_way(that)) {
      why.clear();
      why.add("it requires ", that.name());
      why.add(that.life == Life::failed ? ", which has failed"_p
              : that.known              ? ", which has been stopped"_p
                                        : ", which is not known here (start it first)"_p);
      return Before::impossible;
    }
    wait_for(that, before, why);
  }
  for (const std::uint32_t other : upkeep.after) {
    if (is_on_its_way(roster_[other])) wait_for(roster_[other], before, why);
  }
  if (before != Before::nothing || !upkeep.waits_for_paths) return before;

  Failure failure;
  if (!read_config(roster_[place], failure)) return Before::nothing;  // the launch says why
  for (const CString path : workbench().spec.supervision.wait_paths) {
    if (!paths_.is_open() && paths_.open())
      (void)sys::watch(epoll_.get(), paths_.descriptor(), EPOLLIN, tag(Kind::paths, 0));
    if (paths_.is_there(path)) continue;
    why.clear();
    why.add(path);
    return Before::standing;
  }
  return Before::nothing;
}

void Supervisor::look(std::uint32_t place) {
  Failure failure;
  if (!claim(place, failure)) return fail_start(place, failure);
  Container& container = roster_[place];
  const Before before = what_is_before(place, failure.text);
  if (before == Before::nothing) return apply(place, LifeEvent::clear);
  if (before == Before::impossible) return fail_start(place, failure);
  if (!container.told) {
    container.told = true;
    write_phase(container, Phase::waiting);
    tell(place, EventKind::wait, 0, failure.text.view());
  }
  if (before == Before::moving || !has_waiting(place, Waits::start)) return;
  TextBuffer<1040> answer("it waits for ", failure.text.view());
  reply_waiting(place, Waits::start, 0, answer.view());
}

// Something has come up, or ended, or appeared: all that wait look again.
void Supervisor::look_again() {
  look_again_ = false;
  bool waits = false;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    if (!roster_[place].used || roster_[place].life != Life::waiting) continue;
    look(place);
    waits |= roster_[place].life == Life::waiting && roster_[place].upkeep.waits_for_paths;
  }
  if (!waits) paths_.close();
}

void Supervisor::hear_paths() {
  paths_.take_changes();
  look_again_ = true;
}

// The way on which `place` is to start after itself: "web after db after web". Empty: there is none.
void Supervisor::find_circle(std::uint32_t place, TextWriter& way) const {
  Places1024 seen;
  std::uint16_t stack[limits::containers];
  std::uint16_t from[limits::containers];
  std::size_t depth = 0;
  const auto push = [&](std::uint32_t before) {
    for (const auto* const list : {&roster_[before].upkeep.after, &roster_[before].upkeep.required}) {
      for (const std::uint16_t other : *list) {
        if (!seen.add(other)) continue;  // each once
        from[other] = static_cast<std::uint16_t>(before);
        stack[depth++] = other;
      }
    }
  };
  push(place);
  while (depth > 0 && !seen.has(place)) push(stack[--depth]);
  if (!seen.has(place)) return;
  // It was found from its end: the way back is the way in which they would have to end.
  TextBuffer<1024> back(roster_[place].name());
  for (std::uint32_t at = from[place];; at = from[at]) {
    back.add(" before ", roster_[at].name());
    if (at == place) break;
  }
  way.add(back.view());
}

void Supervisor::go_down(Ending ending) {
  ending_ = ending;
  if (going_down_) return;
  going_down_ = true;
  if (heart_ != nullptr) heart_->stopping();
  if (shutdown_limit_ms_ != UINT64_MAX) shutdown_due_ms_ = sys::monotonic_ms() + shutdown_limit_ms_;
  stop_next();
}

// Whoever nobody that still runs has named as before itself.
void Supervisor::stop_next() {
  Places1024 needed;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Container& container = roster_[place];
    if (!container.used || !has_process(container.life)) continue;
    for (const std::uint16_t other : container.upkeep.after) (void)needed.add(other);
    for (const std::uint16_t other : container.upkeep.required) (void)needed.add(other);
  }
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Container& container = roster_[place];
    if (!container.used || needed.has(place) || !is_wanted(container.life)) continue;
    apply(place, LifeEvent::stop);
  }
}

}  // namespace microctr
