#include "launcher/supervisor/workbench.h"

#include <new>

#include "launcher/base/static_object.h"
#include "launcher/plan/probe.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

StaticObject<Workbench> the_workbench;

}  // namespace

Workbench& workbench() { return the_workbench.is_made() ? the_workbench.get() : the_workbench.make(); }

bool read_request(const StartRequest& request, Workbench& bench) {
  bench.arena.reset();
  bench.spec = Spec();
  new (&bench.origins) Origins();
  new (&bench.diagnostics) Diagnostics();
  read_spec(request.sources(), bench.arena, bench.spec, bench.origins, bench.diagnostics);
  if (!bench.diagnostics.empty()) return false;
  return validate(bench.spec, bench.origins, bench.diagnostics).has_value();
}

Result<void> plan_request(const Places& places, Workbench& bench) {
  const auto valid = validate(bench.spec, bench.origins, bench.diagnostics);
  if (!valid) return fail(EINVAL, "plan an invalid configuration"_p);
  bench.facts = TRY(probe(places, bench.arena));
  probe_layers(bench.spec, bench.facts);
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
