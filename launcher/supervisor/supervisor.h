// The supervisor: one process for all background containers, event-driven (epoll over signals, control socket,
// channels, log streams). Process 1, `microctr supervise` and the shared supervisor that the first `start` brings up
// run the same loop.
//
// What a container does next is the table of life.h: events come from signals, timers, clients and other containers;
// apply() looks the step up and does its action. The parts of the class:
//
//   supervisor.cpp            the loop, timers, signals, reaping
//   supervise_life.cpp        apply: events become actions; delays, limits, failures
//   supervise_order.cpp       what is before what, on the way up and on the way down
//   supervise_container.cpp   launch, output, stop, end
//   supervise_probes.cpp      readiness and health
//   supervise_adopt.cpp       the containers that a dead supervisor has left; the directory's configurations
//   supervise_client.cpp      requests of the control socket; supervise_attach.cpp: attached clients
//   supervise_reexec.cpp      another program goes on in its place
//
// It owns every container, log, terminal and client connection. It must not block: whatever waits has a descriptor or a
// deadline. It allocates nothing, and does nothing while nothing happens.
#pragma once

#include <array>
#include <optional>

#include "launcher/base/bytes.h"
#include "launcher/container/freeze.h"
#include "launcher/supervisor/configurations.h"
#include "launcher/supervisor/control.h"
#include "launcher/supervisor/event_text.h"
#include "launcher/supervisor/handover.h"
#include "launcher/supervisor/heart.h"
#include "launcher/supervisor/name_follower.h"
#include "launcher/supervisor/path_watch.h"
#include "launcher/supervisor/roster.h"

namespace microctr {

enum class Role : std::uint8_t {
  shared,       // brought up by a command; ends with its last container
  service,      // `microctr supervise`
  process_one,  // of the machine
};
enum class Ending : std::uint8_t { finished, poweroff, reboot, halt };

class Supervisor final : private Configurations::Visitor {
 public:
  Supervisor(const Places& places, Role role) : places_(places), role_(role) {}
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Beside the containers, in the same loop; before open().
  void keep(Heart& heart) { heart_ = &heart; }
  void keep(Configurations& configurations) { configurations_ = &configurations; }
  void kill_on_exit() { outlives_ = Outlives::no; }
  // All containers have ended, or are left behind, so long after the order to go down.
  void limit_shutdown(std::uint64_t milliseconds) { shutdown_limit_ms_ = milliseconds; }

  // `control`: the listening socket. All signals must be blocked.
  Result<void> open(Fd control);

  // The containers that a dead supervisor has left, and then those of the directory.
  void begin();
  // The same after reexec: what the old program has handed over is taken before.
  void resume(const Handover& handover);

  // Until the last container has ended (shared), or until it shall go down. All containers are stopped then.
  Ending run();

 private:
  enum class Kind : std::uint32_t { control, signals, channel, process, output, error, client, names, paths, ready };
  enum class Waits : std::uint8_t { no, start, stop, attached, events, reexec };

  struct Client {
    Fd connection;
    Waits waits = Waits::no;
    std::uint32_t container = 0;
    std::uint32_t typed = 0;  // bytes in typed_ that its container has not taken yet, from typed_at on
    std::uint32_t typed_at = 0;
  };

  static std::uint64_t tag(Kind kind, std::size_t index) {
    return static_cast<std::uint64_t>(kind) << 32 | static_cast<std::uint64_t>(index);
  }

  // supervisor.cpp
  void turn();
  void handle(std::uint64_t tag);
  void handle_signals();
  void handle_machine_signal(int signal);
  void serve_timers();
  void reap();
  bool is_idle() const;
  bool is_served() const;
  int next_timeout_ms() const;
  void say(std::uint32_t place, std::string_view text) const;

  // supervise_life.cpp
  void apply(std::uint32_t place, LifeEvent event);
  void act(std::uint32_t place, LifeAction action);
  void announce(std::uint32_t place);
  void begin_delay(std::uint32_t place);
  void answer_start(std::uint32_t place, Phrase what_follows);
  void settle(std::uint32_t place);
  void act_on_failure(const Container& container);
  void start_rescue(std::uint32_t place);
  bool reaches_limit(Container& container);
  LifeEvent end_event(Container& container, End end);
  void time_out(std::uint32_t place);
  void tell(std::uint32_t place, EventKind kind, std::int64_t number = 0, std::string_view text = {});
  void tell_up();

  // supervise_order.cpp
  enum class Before : std::uint8_t {
    nothing,
    moving,    // containers that are on their way
    standing,  // nobody knows for how long: a path, a container that waits itself
    impossible,
  };
  Before what_is_before(std::uint32_t place, TextWriter& why);
  static void wait_for(const Container& that, Before& before, TextWriter& why);
  void look(std::uint32_t place);
  void look_again();
  void hear_paths();
  void find_circle(std::uint32_t place, TextWriter& way) const;
  void go_down(Ending ending);
  void stop_next();

  // supervise_container.cpp
  bool take_upkeep(std::uint32_t place, const Spec& spec, Failure& failure);
  bool read_config(const Container& container, Failure& failure);
  void launch(std::uint32_t place);
  bool try_launch(std::uint32_t place, Failure& failure);
  Result<void> open_streams(Container& container, const Spec& spec, Streams& streams, std::array<Fd, 3>& theirs);
  bool claim(std::uint32_t place, Failure& failure);
  void watch_container(std::uint32_t place);
  void fail_start(std::uint32_t place, const Failure& failure);
  void hear(std::uint32_t place);
  void hear_end(std::uint32_t place);
  void collect(std::uint32_t place, Stream stream);
  void drain(std::uint32_t place);
  void write_log(std::uint32_t place, Stream stream, std::string_view bytes);
  void ask_to_end(std::uint32_t place);
  void kill(std::uint32_t place);
  void finish(std::uint32_t place, int status);
  void write_phase(Container& container, Phase phase);

  // supervise_probes.cpp
  void begin_probes(std::uint32_t place, const Spec& spec);
  void hear_ready(std::uint32_t place);
  void check_health(std::uint32_t place);
  bool end_check(pid_t pid);
  void judge_health(std::uint32_t place, Verdict verdict, std::string_view why);
  void keep_note(const Container& container, CString file, std::string_view text) const;

  // supervise_names.cpp
  void watch_names(const Spec& spec);
  void hear_names();
  void follow_names();
  void follow_names_later();

  // supervise_adopt.cpp
  void visit(CString name, std::string_view config) override;
  void visit_configurations();
  void adopt_all();
  void adopt(CString name);
  void take_process(std::uint32_t place);
  Fd take_handed(std::string_view key, std::string_view container) const;
  void start_wanted();
  void reload(TextWriter& summary);
  bool admit(std::uint32_t place, std::string_view config, Failure& failure);

  // supervise_client.cpp
  void accept_clients();
  std::size_t place_for_client();
  void serve(std::size_t client);
  void serve_start(std::size_t client, std::string_view config);
  void serve_stop(std::size_t client, std::string_view name, std::optional<std::uint64_t> timeout_ms);
  void serve_stop_within(std::size_t client, std::string_view payload);
  void serve_restart(std::size_t client, std::string_view name);
  void serve_kill(std::size_t client, std::string_view payload);
  void serve_pause(std::size_t client, std::string_view name, Freeze wanted);
  Result<void> freeze(std::uint32_t place, Freeze wanted);
  void serve_reload(std::size_t client);
  void serve_events(std::size_t client);
  void serve_ending(std::size_t client, Command command);
  std::optional<std::uint32_t> find_process(std::string_view name) const;
  void reply(std::size_t client, int status, std::string_view text);
  void refuse(std::size_t client, int status, Phrase why);
  void reply_waiting(std::uint32_t place, Waits waits, int status, std::string_view text);
  bool has_waiting(std::uint32_t place, Waits waits) const;

  // supervise_attach.cpp
  void serve_attach(std::size_t client, std::string_view payload);
  void hear_attached(std::size_t client, const Message& message);
  bool type(std::size_t client);
  void type_waiting(std::uint32_t container);
  void show(std::uint32_t container, Stream stream, std::string_view bytes);
  void resize(std::uint32_t container, const sys::WindowSize& size);
  void take_terminal(std::uint32_t container);
  void watch_client(std::size_t client, std::uint32_t events);
  void watch_terminal(std::uint32_t container, std::uint32_t events);
  std::optional<std::uint32_t> find_running(std::string_view name) const;

  // supervise_reexec.cpp
  void serve_reexec(std::size_t client, std::string_view program);
  void try_reexec();
  Result<void> hand_over(std::size_t client, CString program);
  void keep_handed_over(std::size_t client, Result<void> (*mark)(int descriptor)) const;
  static int notify_of(const Container& container);
  void hold_still();
  void go_on();

  Places places_;
  Role role_;
  Outlives outlives_ = Outlives::yes;
  Heart* heart_ = nullptr;
  Configurations* configurations_ = nullptr;
  const Handover* handover_ = nullptr;  // while it is being taken
  Ending ending_ = Ending::finished;
  bool going_down_ = false;
  bool told_up_ = false;           // that all that start by themselves are up
  bool broken_ = false;            // a configuration of the directory is not valid
  bool claims_ = false;            // visit() is asked for one that is about to start
  bool look_again_ = false;        // something has changed for those that wait
  unsigned changed_ = 0;           // configurations, in a reload
  std::uint64_t end_seen_ms_ = 0;  // of the container that is being finished; 0: none is
  std::uint64_t shutdown_limit_ms_ = UINT64_MAX;
  std::uint64_t shutdown_due_ms_ = UINT64_MAX;
  std::uint64_t idle_deadline_ms_ = 0;
  std::uint32_t chance_ = 1;
  std::string_view why_;  // why the start failed that is being settled
  std::size_t reexec_client_ = 0;
  TextBuffer<limits::path> reexec_program_;  // that shall take over; empty: none
  Fd epoll_;
  Fd control_;
  Fd signals_;
  Fd null_;
  LowDescriptors low_;
  NameFollower follower_;
  unsigned names_changed_ = 0;               // heard and not followed yet
  unsigned names_followed_ = 0;              // what is being followed
  std::uint32_t names_next_ = 0;             // the container at which that goes on
  std::uint64_t names_due_ms_ = UINT64_MAX;  // when that is done
  std::uint64_t names_cost_ms_ = 0;          // how long it took the last time
  PathWatch paths_;
  Fd console_;                   // for log = console; none on a machine without one
  std::size_t next_silent_ = 0;  // the client that gives way when there are too many
  std::array<Client, limits::clients> clients_;
  std::array<Bytes<limits::attach_message>, limits::clients> typed_;
  Roster roster_;
};

}  // namespace microctr
