// kill, pause, resume: asked of the supervisor where it owns the container, else done here. reload, reexec: asked of
// it.

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/cli/names.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/freeze.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/spec/signal_name.h"
#include "launcher/supervisor/client.h"

namespace microctr {

namespace {

struct Order {
  Command command;
  int signal = 0;  // of kill
};

// The container of a `run`, or one whose supervisor has died: its process and its cgroup are all there is to talk to.
Result<void> carry_out(const Places& places, CString name, const State& state, const Order& order) {
  const auto pidfd = open_first_process(state);
  if (!pidfd) return fail(0, "it is not running"_p);
  RecordPath record(places, name);
  if (order.command != Command::kill) {
    const Freeze wanted = order.command == Command::pause ? Freeze::freeze : Freeze::thaw;
    const bool stands = TRY(is_frozen(record.text()));
    if (stands == (wanted == Freeze::freeze)) return fail(0, stands ? "it is paused already"_p : "it is not paused"_p);
    return set_frozen(record.text(), wanted, freeze_timeout_ms);
  }
  TRY(sys::signal_process(pidfd.value().get(), order.signal));
  // v1 lets nobody die who stands still.
  if (order.signal == SIGKILL) (void)set_frozen(record.text(), Freeze::thaw, 0);
  return {};
}

Result<Reply> pass_on(const Places& places, CString name, const Order& order) {
  Bytes<sizeof(std::int32_t) + limits::name> payload;
  std::size_t size = 0;
  if (order.command == Command::kill) {
    const std::int32_t signal = order.signal;
    std::memcpy(payload.data(), &signal, sizeof signal);
    size = sizeof signal;
  }
  std::memcpy(payload.data() + size, name.c_str(), name.size());
  return ask_supervisor(places, order.command, {payload.data(), size + name.size()}, Absent::fail);
}

int order_one(const Places& places, CString name, const Order& order) {
  const auto state = read_state(places, name);
  if (!state) return unknown_container(name);
  const auto owned = is_owned(places, name);
  if (owned && owned.value() && !state.value().foreground) {
    const auto reply = pass_on(places, name, order);
    if (reply) {
      if (!reply.value().text.empty()) log_error(name, reply.value().text);
      return reply.value().status;
    }
    if (reply.error().code != ECONNREFUSED) return complain(name, reply.error(), 1);
  }
  const auto done = carry_out(places, name, state.value(), order);
  return done ? 0 : complain(name, done.error(), 1);
}

int order_each(const Invocation& invocation, const Order& order) {
  return for_each_name(invocation, [&](CString name) { return order_one(invocation.places, name, order); });
}

// What is said of the whole supervisor. Not repeated when the connection breaks: it may have been done.
Result<Reply> ask_once(const Places& places, Command command, std::string_view payload) {
  static Bytes<limits::control_message + sizeof(ControlHeader)> buffer;
  TRY(RuntimeLock::check(places.runtime));  // nobody else's socket is talked to
  const Fd connection = TRY(connect_control(places));
  return call_control(connection.get(), command, payload, buffer);
}

int ask_and_print(const Places& places, Command command, std::string_view payload) {
  const auto reply = ask_once(places, command, payload);
  if (!reply) {
    const int code = reply.error().code;
    if (code == ENOENT || code == ECONNREFUSED) return complain({}, fail(0, "no supervisor runs here"_p), 1);
    return complain({}, reply.error(), 1);
  }
  std::string_view text = reply.value().text;
  while (!text.empty()) {
    const std::string_view line = cut(text, '\n');
    if (reply.value().status != 0) {
      log_error({}, line);
    } else {
      print(line);
      print("\n");
    }
  }
  return reply.value().status;
}

}  // namespace

int verb_kill(const Invocation& invocation) {
  const CString word = invocation.signal.empty() ? CString("KILL") : invocation.signal;
  const auto signal = parse_signal(word);
  if (!signal) {
    const std::string_view nearest = nearest_signal(word);
    log_error({}, "kill -s: unknown signal '"_p, word, "'", nearest.empty() ? "" : " (did you mean ", nearest,
              nearest.empty() ? "" : "?)");
    return usage_error;
  }
  return order_each(invocation, {Command::kill, *signal});
}

int verb_pause(const Invocation& invocation) { return order_each(invocation, {Command::pause}); }
int verb_resume(const Invocation& invocation) { return order_each(invocation, {Command::resume}); }

int verb_reload(const Invocation& invocation) { return ask_and_print(invocation.places, Command::reload, {}); }

int verb_reexec(const Invocation& invocation) {
  if (invocation.arguments.empty()) return ask_and_print(invocation.places, Command::reexec, {});
  const CString program = invocation.arguments[0];
  TextBuffer<limits::path> path;
  if (!begins_with(program, '/')) {  // the supervisor's working directory is another one
    Bytes<limits::path> buffer;
    const auto here = sys::working_directory_path(buffer);
    if (!here) return complain({}, here.error(), 1);
    path.add(here.value(), "/");
  }
  path.add(program);
  if (path.overflowed()) return complain({}, fail(ENAMETOOLONG, "reexec"_p, program), usage_error);
  if (const auto allowed = sys::may_execute(path.text()); !allowed)
    return complain({}, allowed.error().doing("reexec: run the program"_p).about(path.text()), 1);
  return ask_and_print(invocation.places, Command::reexec, path.view());
}

}  // namespace microctr
