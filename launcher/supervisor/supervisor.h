// The supervisor: one process for all background containers, event-driven (epoll over signals, control socket,
// channels and log pipes). Process 1 runs the same loop as the shared supervisor that the first `start` brings up.
//
//   container   free → starting → running → stopping → free
//   starting    the process is on its way to exec; its channel tells how it went, and the client is answered then
//   running     until SIGCHLD brings its status
//   stopping    signalled; at the deadline it is killed; clients that asked for it are answered at its end
//
// It owns every Session, log, terminal and client connection. It must not block: whatever waits has a descriptor or a
// deadline.
#pragma once

#include <array>
#include <optional>

#include "launcher/base/bytes.h"
#include "launcher/supervisor/control.h"
#include "launcher/supervisor/heart.h"
#include "launcher/supervisor/log_file.h"
#include "launcher/supervisor/name_follower.h"
#include "launcher/supervisor/session.h"

namespace microctr {

enum class Role : bool { shared, process_one };
enum class Ending : std::uint8_t { finished, poweroff, reboot, halt };

class Supervisor {
 public:
  Supervisor(const Places& places, Role role) : places_(places), role_(role) {}
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // `control`: the listening socket. All signals must be blocked.
  Result<void> open(Fd control);

  void keep(Heart& heart) { heart_ = &heart; }

  // Starts a container without a client; the outcome goes to the console. For process 1.
  void start_now(std::string_view config);

  // Until no container is on its way to exec any more: for process 1, before it says that the machine is ready.
  void settle();

  // Until the last container has ended (shared), or until the machine shall go down. All containers are stopped then.
  Ending run();

 private:
  enum class Kind : std::uint32_t { control, signals, channel, output, error, client, names };
  enum class Waits : std::uint8_t { no, start, stop, attached };

  struct Container {
    bool used = false;
    bool console = false;   // log = console
    bool terminal = false;  // `output` is the master of its terminal
    bool typed = false;     // clients wait until it takes their input
    Session session;
    LogFile log;
    Fd output;
    Fd error;
    int stop_signal = SIGTERM;
    std::uint64_t stop_timeout_ms = 0;
    std::uint64_t deadline_ms = UINT64_MAX;
  };
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

  void turn();
  void handle(std::uint64_t tag);
  void handle_signals();
  void handle_machine_signal(int signal);
  void accept_clients();
  void serve(std::size_t client);
  void serve_start(std::size_t client, std::string_view config);
  void serve_stop(std::size_t client, std::string_view name);
  void serve_ending(std::size_t client, Command command);
  void serve_attach(std::size_t client, std::string_view payload);
  void hear_attached(std::size_t client, const Message& message);
  bool type(std::size_t client);
  void type_waiting(std::uint32_t container);
  void show(std::uint32_t container, Stream stream, std::string_view bytes);
  void resize(std::uint32_t container, const sys::WindowSize& size);
  void take_terminal(std::uint32_t container);
  void watch_terminal(std::uint32_t container, std::uint32_t events);
  std::optional<std::uint32_t> find_running(std::string_view name) const;
  void reply(std::size_t client, int status, std::string_view text);
  void refuse(std::size_t client, int status, Phrase why);
  void reply_waiting(std::uint32_t container, Waits waits, int status, std::string_view text);

  bool start(std::string_view config, std::uint32_t& index, Failure& failure);
  Result<void> open_streams(Container& container, const Spec& spec, Streams& streams, std::array<Fd, 3>& theirs);
  void hear(std::uint32_t index);
  void collect(std::uint32_t index, Stream stream);
  void drain(std::uint32_t index);
  void watch_names(const Spec& spec);
  void hear_names();
  void follow_names();
  void write_log(std::uint32_t index, Stream stream, std::string_view bytes);
  void stop(Container& container);
  void stop_all();
  void kill_overdue();
  void reap();
  void finish(std::uint32_t index, int status);
  void free_container(Container& container);
  void say(CString name, std::string_view text) const;

  bool is_idle() const;
  int next_timeout_ms() const;

  Places places_;
  Role role_;
  Ending ending_ = Ending::finished;
  Heart* heart_ = nullptr;
  bool going_down_ = false;
  std::uint64_t idle_deadline_ms_ = 0;
  Fd epoll_;
  Fd control_;
  Fd signals_;
  Fd null_;
  NameFollower follower_;
  unsigned names_changed_ = 0;               // heard and not followed yet
  std::uint64_t names_due_ms_ = UINT64_MAX;  // when that is done
  std::uint64_t names_cost_ms_ = 0;          // how long it took the last time
  Fd console_;                               // for log = console; none on a machine without one
  std::array<Client, limits::clients> clients_;
  std::array<Bytes<limits::attach_message>, limits::clients> typed_;
  std::array<Container, limits::containers> containers_;
};

}  // namespace microctr
