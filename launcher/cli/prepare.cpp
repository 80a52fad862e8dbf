// explain, lower: what comes before a start.

#include <unistd.h>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_file.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/filter.h"
#include "launcher/image/busybox_layer.h"
#include "launcher/plan/explain.h"
#include "launcher/spec/id_map.h"

namespace microctr {

namespace {

void print_facts(const HostFacts& facts) {
  const CgroupFacts& cgroup = facts.cgroup;
  bool legacy = false;
  for (const Controller controller : all_controllers) legacy |= !cgroup.legacy_of(controller).empty();
  const std::string_view layout = !cgroup.unified.empty() && legacy ? "hybrid"
                                  : !cgroup.unified.empty()         ? "v2"
                                  : legacy                          ? "v1"
                                                                    : "none";
  TextBuffer<256> text("on Linux "_p, facts.kernel.major, ".", facts.kernel.minor, ", user ", facts.user,
                       facts.privileged ? " (privileged)" : " (unprivileged)", ", cgroup "_p, layout, "\n");
  print(text.view());
}

// Which user namespace it becomes, and why not another.
void print_users(const Spec& spec, const HostFacts& facts, const Plan& plan) {
  TextBuffer<limits::path + 128> text("user namespace: "_p);
  if (plan.single_map) {
    text.add("root inside is user "_p, facts.user, ", nobody else exists"_p);
  } else if (plan.user_namespace) {
    text.add(plan.maps.empty() ? "ids of its own, "_p : "the maps of the configuration, "_p,
             plan.mapped ? "and what is on disk is shown with ids mapped"_p : "written by newuidmap"_p);
  } else {
    text.add("none; root inside is root of the machine"_p);
    if (spec.user_namespace == UserNamespace::automatic && !facts.ids.obstacle.empty())
      text.add(" (", facts.ids.obstacle, facts.ids.obstacle_on.empty() ? "" : " ", facts.ids.obstacle_on, ")");
  }
  print(text.add("\n").view());
}

bool root_is_the_machines(const Plan& plan) { return plan.single_map || outside_of(plan.maps.users.view(), 0) == 0U; }

struct LayerUse {
  const Places& places;
  sys::Status layer = {};
  bool found = false;
};

// Whether the running container `name` has the layer somewhere in its root.
void note_use(void* context, CString name) {
  auto& use = *static_cast<LayerUse*>(context);
  const auto owned = is_owned(use.places, name);
  if (!owned || !owned.value()) return;
  StartRequest request;
  Failure failure;
  Workbench& bench = workbench();
  if (!load_recorded_config(use.places, name, request, failure) || !read_request(request, bench) ||
      !plan_request(use.places, bench)) {
    use.found = true;  // nobody can say
    return;
  }
  for (const Step& step : bench.plan.steps) {
    if (step.op != Op::check_layer && step.op != Op::build_busybox) continue;
    const CString path = step.op == Op::check_layer ? step.source : step.target;
    const auto status = sys::status_at(sys::working_directory, path, 0);
    use.found |= status && status.value().inode == use.layer.inode && status.value().device == use.layer.device;
  }
}

}  // namespace

int verb_explain(const Invocation& invocation) {
  StartRequest request;
  Failure failure;
  const CString argument = invocation.arguments[0];
  if (!load_and_check(invocation, argument, request, failure)) return complain(argument, failure);
  Workbench& bench = workbench();
  if (const auto planned = plan_request(invocation.places, bench); !planned) {
    return complain(bench.spec.name, planned.error(), 125);
  }
  TextBuffer<256> title("start of "_p, bench.spec.name, " ");
  print(title.view());
  print_facts(bench.facts);
  print_users(bench.spec, bench.facts, bench.plan);
  if (!bench.spec.no_new_privileges) print_phrase("WEAKENED by the configuration: no_new_privileges is off\n"_p);
  if (bench.spec.namespaces.none())
    print_phrase("WEAKENED by the configuration: a host service, without any namespace, with all capabilities\n"_p);
  if (bench.spec.seccomp == SeccompPolicy::off && !bench.spec.namespaces.none())
    print_phrase("WEAKENED by the configuration: system calls are not filtered\n"_p);
  const bool hides = !bench.spec.nesting && bench.spec.namespaces.mount;
  if (hides && !bench.spec.default_masks)
    print_phrase(
        "WEAKENED by the configuration: masked_path takes away what is hidden of /proc and /sys by default\n"_p);
  if (hides && !bench.spec.default_read_only_paths)
    print_phrase("WEAKENED by the configuration: readonly_path takes away what of /proc is read-only by default\n"_p);
  if (bench.spec.nesting)
    print_phrase(
        "WEAKENED by the configuration: nesting hides nothing of /proc and /sys, allows mounts, and gives SYS_ADMIN "
        "and NET_ADMIN, all within a user namespace\n"_p);
  if (bench.spec.nesting && bench.facts.privileged && root_is_the_machines(bench.plan))
    print_phrase(
        "WEAKENED by the configuration: with nesting, root inside is the machine's root for files: it can write "
        "/proc/sys, /proc/sysrq-trigger and /sys\n"_p);
  if (bench.spec.capabilities_added != 0) print_phrase("WEAKENED by the configuration: cap_add gives capabilities\n"_p);
  static char line[limits::path * 3];
  for (std::size_t index = 0; index < bench.plan.steps.size(); ++index) {
    TextWriter text(line);
    explain_step(bench.plan, index, text);
    print(text.view());
    const Step& step = bench.plan.steps[index];
    if (step.op == Op::prepare_seccomp) describe_filter(step, bench.facts, print);
  }
  return 0;
}

int verb_lower(const Invocation& invocation) {
  const CString directory = invocation.arguments[0];
  LayerUse use{invocation.places};
  if (const auto there = sys::status_at(sys::working_directory, directory, 0); there) {
    use.layer = there.value();
    if (!for_each_record(invocation.places, &use, note_use)) use.found = true;
  }
  const auto built = build_busybox_layer(invocation.busybox, directory, use.found ? InUse::yes : InUse::no);
  return built ? 0 : complain({}, built.error(), 125);
}

}  // namespace microctr
