#include "launcher/supervisor/workbench.h"

#include "launcher/base/static_object.h"
#include "launcher/container/filter.h"
#include "launcher/container/process_time.h"
#include "launcher/net/register.h"
#include "launcher/plan/probe.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

StaticObject<Workbench> the_workbench;

// The first process of a running container, as far as its record can be believed.
PeerProcess first_process_of(const Places& places, CString name) {
  const auto state = read_state(places, name);
  if (!state || state.value().pid == 0) return {};
  const auto started = process_start_time(state.value().pid);
  if (!started || started.value() != state.value().pid_started) return {};
  return {state.value().pid, started.value()};
}

// Another container that still is in the network namespace of an earlier life of this one.
Result<PeerProcess> find_sharer(const Places& places, CString name) {
  const Register entries = TRY(Register::read(places.runtime));
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "share", name)) {
    if (entry->field[0] != name.view()) continue;
    const TextBuffer<limits::name + 1> sharer(entry->field[1]);
    if (const auto process = first_process_of(places, sharer.text()); process.pid != 0) return process;
  }
  return PeerProcess();
}

Result<void> note_peers(const Places& places, const Spec& spec, HostFacts& facts) {
  const Network& network = spec.network;
  for (std::size_t index = 0; index < network.interfaces.size(); ++index) {
    const Interface& interface = network.interfaces[index];
    const bool names_one = interface.mode == NetworkMode::veth || interface.mode == NetworkMode::container;
    if (names_one && !interface.peer.empty()) facts.peers[index] = first_process_of(places, interface.peer);
  }
  const bool own = network.mode() != NetworkMode::host && network.mode() != NetworkMode::container;
  if (own && spec.namespaces.network && facts.privileged) facts.sharer = TRY(find_sharer(places, spec.name));
  return {};
}

}  // namespace

Workbench& workbench() { return the_workbench.is_made() ? the_workbench.get() : the_workbench.make(); }

void forget_workbench() {
  the_workbench.forget();
  forget_filter();
}

bool read_request(const StartRequest& request, Workbench& bench) {
  bench.arena.reset();
  make_anew(bench.spec);
  make_anew(bench.origins);
  make_anew(bench.diagnostics);
  read_spec(request.sources(), bench.arena, bench.spec, bench.origins, bench.diagnostics);
  if (!bench.diagnostics.empty()) return false;
  return validate(bench.spec, bench.origins, bench.diagnostics).has_value();
}

Result<void> plan_request(const Places& places, Workbench& bench) {
  const auto valid = validate(bench.spec, bench.origins, bench.diagnostics);
  if (!valid) return fail(EINVAL, "plan an invalid configuration"_p);
  TRY(probe(places, bench.arena, bench.facts));
  probe_layers(bench.spec, bench.facts);
  TRY(probe_ids(bench.spec, bench.facts, bench.arena));
  probe_labels(bench.spec, bench.facts);
  TRY(note_peers(places, bench.spec, bench.facts));
  RecordPath record(places, bench.spec.name);
  return make_plan(*valid, bench.facts, TRY(bench.arena.copy(record.view())), bench.arena, bench.plan);
}

void write_diagnostics(const Diagnostics& diagnostics, TextWriter& text) {
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    format_diagnostic(diagnostic, text);
    text.add("\n");
  }
  if (diagnostics.count() > diagnostics.list().size()) {
    text.add("and ", diagnostics.count() - diagnostics.list().size(), " more\n");
  }
}

}  // namespace microctr
