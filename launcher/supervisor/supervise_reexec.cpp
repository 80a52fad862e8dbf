// reexec: another program goes on in this one's place, in the same process. No container is touched: they stay its
// children, their records say what they are, and what only descriptors can say is handed over (handover.h).

#include <fcntl.h>
#include <unistd.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

// A program that does not even say its version must not take the place of a process that cannot be replaced.
Result<void> try_program(CString program, Heart* heart) {
  constexpr int looks = 20;
  constexpr int look_ms = 250;
  const auto child = TRY(sys::clone(0));
  if (child.pid == 0) {
    sys::restore_signals();
    if (const auto null = sys::open("/dev/null", O_RDWR); null) {
      for (int stream = 0; stream <= 2; ++stream) (void)sys::duplicate(null.value().get(), stream);
    }
    const char* const arguments[] = {"microctr", "version", nullptr};
    const char* const environment[] = {nullptr};
    (void)sys::execute(program.c_str(), static_cast<const char* const*>(arguments),
                       static_cast<const char* const*>(environment));
    sys::exit(127);
  }
  Result<bool> ended = false;
  for (int look = 0; look < 2 * looks && ended && !ended.value(); ++look) {
    if (look == looks) (void)sys::signal_process(child.pidfd.get(), SIGKILL);
    if (heart != nullptr) heart->beat();  // so long the watchdog would not wait
    ended = sys::poll_one(child.pidfd.get(), POLLIN, look_ms);
  }
  if (TRY(ended) && TRY(sys::wait_for(child.pidfd.get())).status == 0) return {};
  return fail(0, "it is not a microctr that runs on this machine"_p, program, "`PROGRAM version` must end with 0"_p);
}

}  // namespace

// Not while a container is on its way to exec: its word comes on a channel that only this program knows.
void Supervisor::serve_reexec(std::size_t client, std::string_view program) {
  if (going_down_) return refuse(client, 125, "the supervisor is going down"_p);
  if (reexec_program_.size() != 0) return refuse(client, 1, "another program is just taking over"_p);
  Bytes<limits::path> storage;
  if (program.empty()) {
    const auto own = own_program(storage);
    if (!own) return refuse(client, 1, "its own program cannot be found: name one"_p);
    program = own.value();
  }
  clients_[client].waits = Waits::reexec;
  reexec_client_ = client;
  reexec_program_.add(program);
  try_reexec();
}

void Supervisor::try_reexec() {
  if (reexec_program_.size() == 0) return;
  if (going_down_) {
    reexec_program_.clear();
    return refuse(reexec_client_, 125, "the supervisor is going down"_p);
  }
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    if (roster_[place].used && roster_[place].life == Life::starting) return;
  }
  // They would ask the next program, which does not know of their first time.
  for (std::uint32_t place = 0; place < roster_.size(); ++place)
    reply_waiting(place, Waits::start, 0, "it is not ready yet, and another program takes over");
  const auto handed = hand_over(reexec_client_, reexec_program_.text());
  reexec_program_.clear();
  Failure failure;
  format_error(handed.error(), failure.text);
  reply(reexec_client_, 1, failure.text.view());
}

// Returns only when it has failed; everything is as before then.
Result<void> Supervisor::hand_over(std::size_t client, CString program) {
  TRY(try_program(program, heart_));
  TextBuffer<16 * 1024> text("role ", role_ == Role::process_one ? "process_one"
                                      : role_ == Role::service   ? "service"
                                                                 : "shared");
  text.add("\nruntime ", places_.runtime, "\ndata ", places_.data, "\nconfig ", places_.config);
  if (configurations_ != nullptr) {
    text.add("\ndirectory ", configurations_->directory());
    for (const CString override : configurations_->overrides()) text.add("\noverride ", trim(override));
  }
  if (outlives_ == Outlives::no) text.add("\nkill_on_exit yes");
  if (told_up_) text.add("\nup yes");
  text.add("\ncontrol ", control_.get(), "\nclient ", clients_[client].connection.get());
  if (heart_ != nullptr) {
    text.add("\nwords ");
    heart_->write_words(text);
  }
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Container& container = roster_[place];
    if (container.used && container.terminal && container.streams.output)
      text.add("\nterminal ", container.name(), " ", container.streams.output.get());
    if (const int notify = notify_of(container); notify >= 0) text.add("\nnotify ", container.name(), " ", notify);
  }
  text.add("\n");
  if (text.overflowed()) return fail(E2BIG, "hand over: too many terminals"_p);
  const Fd file = TRY(Handover::write(text.view()));
  keep_handed_over(client, sys::keep_over_exec);
  const TextBuffer<16> number(file.get());
  const char* const service[] = {"microctr", "supervise", "--resume", number.text().c_str(), nullptr};
  const char* const machine[] = {"init", "--resume", number.text().c_str(), nullptr};
  hold_still();
  (void)sys::restore_descriptor_limit();  // else the next program takes the raised one for what containers get
  const auto executed = sys::execute(program.c_str(), role_ == Role::process_one ? machine : service, environ);
  (void)sys::raise_descriptor_limit();
  go_on();
  keep_handed_over(client, sys::close_at_exec);
  return executed;
}

void Supervisor::keep_handed_over(std::size_t client, Result<void> (*mark)(int descriptor)) const {
  (void)mark(control_.get());
  (void)mark(clients_[client].connection.get());
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Container& container = roster_[place];
    if (container.used && container.terminal && container.streams.output) (void)mark(container.streams.output.get());
    if (const int notify = notify_of(container); notify >= 0) (void)mark(notify);
  }
}

int Supervisor::notify_of(const Container& container) {
  return container.used && container.upkeep.ready == Readiness::notify ? container.probe.descriptor() : -1;
}

// What only this program knows is written, and checks are broken off: the next one would not know their processes.
void Supervisor::hold_still() {
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    Container& container = roster_[place];
    if (!container.used) continue;
    container.log.flush();
    container.checker.pause();
  }
}

void Supervisor::go_on() {
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    Container& container = roster_[place];
    if (container.used && !container.session.state.paused) container.checker.resume(sys::monotonic_ms());
  }
}

void Supervisor::resume(const Handover& handover) {
  handover_ = &handover;
  told_up_ = !handover.value("up").empty();
  adopt_all();
  visit_configurations();
  handover_ = nullptr;
  start_wanted();
  tell(UINT32_MAX, EventKind::reexec);
  const int client = handover.number("client");
  if (client < 0) return;
  clients_[0].connection = Fd(client);
  reply(0, 0, {});
}

}  // namespace microctr
