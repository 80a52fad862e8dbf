// run, start, stop, restart, wait, remove: the life of a container as the command line sees it.

#include <fcntl.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_file.h"
#include "launcher/cli/firewall_warning.h"
#include "launcher/cli/names.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/id_range.h"
#include "launcher/container/journal.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/image/remove_tree.h"
#include "launcher/net/network_release.h"
#include "launcher/spec/number.h"
#include "launcher/supervisor/client.h"
#include "launcher/supervisor/evidence.h"
#include "launcher/supervisor/foreground.h"

namespace microctr {

namespace {

Bytes<limits::control_message> config_bytes;

int start_one(const Invocation& invocation, CString argument) {
  StartRequest request;
  Failure failure;
  if (!load_and_check(invocation, argument, request, failure)) return complain(request.name, failure);
  const CString name = workbench().spec.name;
  const auto config = encode_request(request, config_bytes);
  if (!config) return complain(name, config.error(), usage_error);
  if (is_forwarded(workbench().spec.network)) warn_of_drop(name);
  const auto reply = ask_supervisor(invocation.places, Command::start, config.value(), Absent::bring_up);
  if (!reply) return complain(name, reply.error(), 125);
  if (!reply.value().text.empty()) log_error(name, reply.value().text);  // also a note: that it waits, for what
  return reply.value().status;
}

// As it was started the last time.
int start_recorded(const Invocation& invocation, CString name) {
  StartRequest request;
  Failure failure;
  if (!load_recorded_config(invocation.places, name, request, failure)) return start_one(invocation, name);
  const auto config = encode_request(request, config_bytes);
  if (!config) return complain(name, config.error(), usage_error);
  const auto reply = ask_supervisor(invocation.places, Command::start, config.value(), Absent::bring_up);
  if (!reply) return complain(name, reply.error(), 125);
  if (!reply.value().text.empty()) log_error(name, reply.value().text);
  return reply.value().status;
}

int restart_one(const Invocation& invocation, CString name) {
  const Places& places = invocation.places;
  const auto state = read_state(places, name);
  if (!state) return start_one(invocation, name);  // never started, or removed: by its configuration
  const auto owned = is_owned(places, name);
  const bool is_owned_now = owned && owned.value();
  if (state.value().foreground)
    return complain(name, fail(0, "restart: it is in the foreground of the run that started it"_p), 1);
  if (!is_owned_now && !open_first_process(state.value())) return start_recorded(invocation, name);
  const auto reply = ask_supervisor(places, Command::restart, name, Absent::bring_up);
  if (!reply) return complain(name, reply.error(), 1);
  if (!reply.value().text.empty()) log_error(name, reply.value().text);
  return reply.value().status;
}

// In the foreground of a `run`, which sees its end.
int stop_foreground(const Invocation& invocation, CString name, std::optional<std::uint64_t> timeout_ms) {
  StartRequest request;
  Failure failure;
  if (!load_recorded_config(invocation.places, name, request, failure)) return complain(name, failure);
  Workbench& bench = workbench();
  if (!read_request(request, bench)) return complain(name, fail(EINVAL, "read the recorded configuration"_p), 1);
  const auto stopped =
      stop_directly(invocation.places, name, bench.spec.stop_signal, timeout_ms.value_or(bench.spec.stop_timeout_ms));
  return stopped ? 0 : complain(name, stopped.error(), 1);
}

// What a dead supervisor has left is stopped by a new one, which adopts it.
int stop_one(const Invocation& invocation, CString name, std::optional<std::uint64_t> timeout_ms) {
  const auto state = read_state(invocation.places, name);
  if (!state) return unknown_container(name);
  const auto owned = is_owned(invocation.places, name);
  const bool is_orphan = owned && !owned.value() && !has_ended(state.value().phase);
  if (!is_orphan && (!owned || !owned.value())) return 0;  // it has ended: stopped is what was wanted
  if (state.value().foreground) return stop_foreground(invocation, name, timeout_ms);
  char payload[sizeof(std::uint64_t) + limits::name];
  const std::uint64_t milliseconds = timeout_ms.value_or(0);
  std::memcpy(static_cast<char*>(payload), &milliseconds, sizeof milliseconds);
  std::memcpy(static_cast<char*>(payload) + sizeof(std::uint64_t), name.c_str(), name.size());
  const auto reply = ask_supervisor(
      invocation.places, timeout_ms ? Command::stop_within : Command::stop,
      timeout_ms ? std::string_view(static_cast<char*>(payload), sizeof(std::uint64_t) + name.size()) : name.view(),
      is_orphan ? Absent::bring_up : Absent::fail);
  if (!reply) return complain(name, reply.error(), 1);
  if (reply.value().status != 0) log_error(name, reply.value().text);
  return reply.value().status;
}

int wait_one(const Invocation& invocation, CString name) {
  auto state = wait_until_ended(invocation.places, name, UINT64_MAX);
  if (!state) return state.error().code == ENOENT ? unknown_container(name) : complain(name, state.error(), 1);
  while (!has_ended(state.value().phase)) {
    // Its owner has been killed, or another program takes over: wait for its process, clean up, and take the status
    // that this finds, or that the next owner leaves.
    const auto process = open_first_process(state.value());
    if (process) (void)sys::poll_one(process.value().get(), POLLIN, -1);
    (void)sweep(invocation.places);
    const auto next = wait_until_ended(invocation.places, name, UINT64_MAX);
    if (!next) state.value().status = 128 + SIGKILL;
    if (!next) break;
    state.value() = next.value();
    if (!process) break;
  }
  TextBuffer<16> status(state.value().status, "\n");
  print(status.view());
  return 0;
}

Result<bool> remove_data(const Places& places, CString name) {
  TextBuffer<limits::path> directory(places.data, "/containers");
  const auto containers = sys::open(directory.text(), O_PATH | O_DIRECTORY);
  if (!containers) {
    if (containers.error().code == ENOENT) return false;
    return containers.failed();
  }
  const auto removed = remove_tree(containers.value().get(), name);
  if (!removed) {
    if (removed.error().code == ENOENT) return false;
    return removed.failed();
  }
  return true;
}

int remove_one(const Invocation& invocation, CString name) {
  const Places& places = invocation.places;
  bool found = false;
  if (read_state(places, name)) {
    const auto lock = RuntimeLock::acquire(places.runtime);
    if (!lock) return complain(name, lock.error(), 1);
    bool is_new = false;
    auto record = Record::claim(places, name, is_new);
    if (!record) return complain(name, fail(0, "remove: it is running (stop it first)"_p), 1);
    RecordPath path(places, name);
    // Its journal is all that is known of what it may have left.
    if (const auto undone = undo_journal(places.runtime, path.text(), Keep::no); !undone)
      return complain(name, undone.error(), 1);
    if (const auto released = release_network(places.runtime, name, Keep::no); !released)
      return complain(name, released.error(), 1);
    if (const auto released = release_id_range(places.runtime, name, Keep::no); !released)
      return complain(name, released.error(), 1);
    record.value().remove(places, name);
    RuntimeLock::remove_if_empty(places.runtime);
    found = true;
  }
  const auto evidence = remove_evidence(places, name);
  if (!evidence) return complain(name, evidence.error(), 1);
  found |= evidence.value();
  if (invocation.data) {
    const auto removed = remove_data(places, name);
    if (!removed) return complain(name, removed.error(), 1);
    found |= removed.value();
  }
  return found ? 0 : unknown_container(name);
}

}  // namespace

int verb_run(const Invocation& invocation) {
  StartRequest request;
  Failure failure;
  if (!load_and_check(invocation, invocation.arguments[0], request, failure)) return complain(request.name, failure);
  Workbench& bench = workbench();
  const TextBuffer<limits::name + 1> kept_name(bench.spec.name);  // the workbench is gone while the container runs
  const CString name = kept_name.text();
  for (const CString word : invocation.program) {
    if (!bench.spec.command.push(word)) return complain(name, fail(0, "too many words in the command (limit 64)"_p), 2);
  }
  const auto config = encode_request(request, config_bytes);
  if (!config) return complain(name, config.error(), usage_error);
  if (const auto planned = plan_request(invocation.places, bench); !planned)
    return complain(name, planned.error(), 125);
  int status = 125;
  if (!run_foreground(invocation.places, bench, config.value(), status, failure)) return complain(name, failure);
  return status;
}

int verb_start(const Invocation& invocation) {
  return for_each_argument(invocation, [&](CString argument) { return start_one(invocation, argument); });
}

int verb_stop(const Invocation& invocation) {
  std::optional<std::uint64_t> timeout_ms;
  if (!invocation.timeout.empty()) {
    const ParsedNumber parsed = parse_time(invocation.timeout);
    timeout_ms = parsed.value;
    if (parsed.fault != NumberFault::none) {
      log_error({}, "stop -t: a time is needed: 500ms, 10s, 2m"_p);
      return usage_error;
    }
  }
  return for_each_name(invocation, [&](CString name) { return stop_one(invocation, name, timeout_ms); });
}

int verb_restart(const Invocation& invocation) {
  return for_each_name(invocation, [&](CString name) { return restart_one(invocation, name); });
}

int verb_wait(const Invocation& invocation) {
  return for_each_name(invocation, [&](CString name) { return wait_one(invocation, name); });
}

int verb_remove(const Invocation& invocation) {
  return for_each_name(invocation, [&](CString name) { return remove_one(invocation, name); });
}

}  // namespace microctr
