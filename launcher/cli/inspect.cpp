// inspect: all that is known of a container: its state, its configuration's essence, its namespaces with their owners,
// its cgroup and its limits.

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/clock_text.h"
#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_file.h"
#include "launcher/cli/inspect_network.h"
#include "launcher/cli/json.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/cgroup_list.h"
#include "launcher/supervisor/client.h"

namespace microctr {

namespace {

constexpr TableText<8> namespace_files[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};

// A namespace is known by the inode of its file in /proc; its owner is the user namespace that has power over it.
void add_namespaces(Json& json, pid_t pid) {
  json.open_object("namespaces");
  for (const CString name : namespace_files) {
    TextBuffer<64> path("/proc/", pid, "/ns/", name);
    const auto file = sys::open(path.text(), O_RDONLY);
    if (!file) continue;
    const auto status = sys::status(file.value().get());
    if (!status) continue;
    json.open_object(name).number("id", static_cast<std::int64_t>(status.value().inode));
    if (const auto owner = sys::owning_user_namespace(file.value().get()); owner) {
      if (const auto owned_by = sys::status(owner.value().get()); owned_by) {
        json.number("owner", static_cast<std::int64_t>(owned_by.value().inode));
      }
    }
    json.close_object();
  }
  json.close_object();
}

void add_time(Json& json, CString key, std::int64_t seconds) {
  if (seconds == 0) return;
  TextBuffer<40> text;
  format_time({seconds, 0}, text);
  json.string(key, text.view());
}

void add_state(Json& json, const Places& places, CString name, const State& state) {
  json.string("name", name).string("state", phase_name(state.phase).view()).number("pid", state.pid);
  json.number("status", state.status);
  add_time(json, "created", state.created);
  add_time(json, "ended", state.ended);
  json.number("creator_uid", state.creator).number("supervisor_pid", state.owner);
  json.boolean("foreground", state.foreground).number("restarts", state.restarts).boolean("ready", state.ready);
  json.boolean("paused", is_paused(places, name, state)).string("health", health_name(state.health).view());
}

// What the supervisor has noted in the record.
void add_note(Json& json, const Places& places, CString name, CString file, CString key) {
  RecordPath path(places, name);
  path.add(file);
  Bytes<1024> buffer;
  const auto text = read_file(sys::working_directory, path.text(), buffer);
  if (text && !text.value().empty()) json.string(key, text.value());
}

// Where it is, not where one of the caller's would be; of v1's many the one of the plan, as far as it is among them.
void add_cgroup(Json& json, const Places& places, CString name, const Plan& plan) {
  RecordPath record(places, name);
  CgroupList cgroups;
  (void)cgroups.read(record.text());
  const std::string_view first = cgroups.next();
  std::string_view one = first;
  while (!one.empty() && one != plan.cgroup.view()) one = cgroups.next();
  if (!first.empty()) json.string("cgroup", one.empty() ? first : one);
}

void add_spec(Json& json, const Places& places, const Spec& spec, const Plan& plan) {
  json.string("hostname", spec.hostname.empty() ? spec.name.view() : spec.hostname.view());
  if (!spec.description.empty()) json.string("description", spec.description);
  json.open_array("command");
  for (const CString word : spec.command) json.string({}, word);
  json.close_array().open_array("layers");
  for (const Layer& layer : spec.layers) json.string({}, layer.name);
  json.close_array();
  if (!spec.rootfs.empty()) json.string("rootfs", spec.rootfs);
  add_cgroup(json, places, spec.name, plan);
  json.open_object("limits");
  for (const Step& step : plan.steps) {
    if (step.op == Op::write_cgroup) json.string(step.target.from(last_position(step.target, '/') + 1), step.options);
  }
  json.close_object();
}

// The same document with a line for each member: what is nested stays on its line.
void print_lines(std::string_view document) {
  int depth = 0;
  bool quoted = false;
  std::size_t start = 1;
  for (std::size_t at = 1; at + 1 < document.size(); ++at) {
    const char character = document[at];
    if (character == '"') quoted = !quoted;
    if (quoted && character == '\\') ++at;  // what it escapes ends nothing
    if (quoted) continue;
    if (character == '{' || character == '[') ++depth;
    if (character == '}' || character == ']') --depth;
    if (character != ',' || depth != 0) continue;
    print(leading(after(document, start), at - start));
    print("\n");
    start = at + 1;
  }
  print(leading(after(document, start), document.size() - 1 - start));
  print("\n");
}

int inspect_one(const Invocation& invocation, CString name) {
  const auto state = read_state(invocation.places, name);
  if (!state) {
    log_error(name, "no such container"_p);
    return 1;
  }
  static char storage[32 * 1024];
  TextWriter text(storage);
  Json json(text);
  json.open_object();
  add_state(json, invocation.places, name, state.value());
  add_note(json, invocation.places, name, "/why", "why");
  add_note(json, invocation.places, name, "/status_text", "status_text");
  StartRequest request;
  Failure failure;
  Workbench& bench = workbench();
  if (load_recorded_config(invocation.places, name, request, failure) && read_request(request, bench)) {
    json.string("config", request.source);
    if (plan_request(invocation.places, bench)) {
      add_spec(json, invocation.places, bench.spec, bench.plan);
      add_network(json, invocation.places, bench.spec, bench.plan);
    }
  }
  if (state.value().pid != 0) add_namespaces(json, state.value().pid);
  json.close_object();
  if (text.overflowed()) {
    log_error(name, "inspect: more than fits in 32 KiB"_p);
    return 1;
  }
  if (invocation.json) {
    print(text.view());
    print("\n");
  } else {
    print_lines(text.view());
  }
  return 0;
}

}  // namespace

int verb_inspect(const Invocation& invocation) {
  int status = 0;
  for (const CString name : invocation.arguments) {
    const int one = inspect_one(invocation, name);
    if (status == 0) status = one;
  }
  return status;
}

}  // namespace microctr
