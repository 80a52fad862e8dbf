// What sets the process apart beside namespaces and capabilities: hidden and read-only paths, kernel settings, resource
// limits, clocks and labels of security modules.

#include "launcher/plan/kernel_paths.h"
#include "launcher/plan/planner.h"
#include "launcher/spec/word_list.h"

namespace microctr {

namespace {

// By number (asm-generic/resource.h), as ulimit keys write them.
constexpr char resource_names[] =
    "cpu fsize data stack core rss nproc nofile memlock as locks sigpending msgqueue nice rtprio rttime";

void add_limit(TextWriter& text, std::uint64_t value) {
  if (value == Ulimit::unlimited)
    text.add("unlimited");
  else
    text.add(value);
}

void add_below(TextWriter& text, Literal mount, std::string_view names) {
  for (std::string_view name = next_word(names); !name.empty(); name = next_word(names)) {
    text.add(text.size() == 0 ? "" : " ", mount, "/", name);
  }
}

// One step of the kind `op` for `defaults`, which are words already, and `more`; none when there is nothing to do.
Result<void> add_paths(Planner& planner, Op op, TextWriter& text, std::span<const CString> more) {
  const std::uint64_t flags = text.size() == 0 ? 0 : default_paths;
  for (const CString path : more) text.add(text.size() == 0 ? "" : " ", path);
  if (text.size() == 0) return {};
  if (text.overflowed()) return fail(E2BIG, "list the paths to hide or protect: they are too long together"_p);
  planner.arena.take(text.size() + 1);
  Step& step = planner.add(op);
  step.flags = flags;
  step.options = text.text();
  return {};
}

// An inner mount of proc or sysfs is refused as long as a part of the outer one is covered (mount_too_revealing in the
// kernel's fs/namespace.c): nesting has no default paths.
Result<void> plan_masks(Planner& planner) {
  const Spec& spec = planner.spec;
  TextWriter text(planner.arena.rest());
  if (spec.default_masks && !spec.nesting) {
    add_below(text, "/proc", kernel_paths::masked_directories_of_proc);
    add_below(text, "/proc", kernel_paths::masked_files_of_proc);
    add_below(text, "/sys", kernel_paths::masked_directories_of_sys);
  }
  return add_paths(planner, Op::mask_paths, text, spec.masked_paths.view());
}

Result<void> plan_protection(Planner& planner) {
  const Spec& spec = planner.spec;
  TextWriter text(planner.arena.rest());
  if (spec.default_read_only_paths && !spec.nesting) add_below(text, "/proc", kernel_paths::read_only_of_proc);
  return add_paths(planner, Op::protect_paths, text, spec.read_only_paths.view());
}

}  // namespace

Result<void> plan_process_limits(Planner& planner) {
  const Spec& spec = planner.spec;
  for (std::uint32_t index = 0; index < spec.ulimits.size(); ++index) {
    const Ulimit& limit = spec.ulimits[index];
    TextBuffer<64> text(word_at(resource_names, limit.resource), "=");
    add_limit(text, limit.soft);
    text.add(":");
    add_limit(text, limit.hard);
    Step& step = planner.add(Op::set_limits);
    step.number = index;
    step.options = TRY(planner.arena.copy(text.view()));
  }
  if (spec.oom_score_adj) planner.add(Op::set_oom_score).options = TRY(planner.arena.join(*spec.oom_score_adj));
  return {};
}

Result<void> plan_clocks_and_labels(Planner& planner) {
  const Spec& spec = planner.spec;
  if (spec.time_offset) {
    planner.add(Op::shift_clocks).options = TRY(planner.arena.join("monotonic ", spec.time_offset->monotonic,
                                                                   " s, boottime ", spec.time_offset->boottime, " s"));
  }
  if (!spec.apparmor.empty()) {
    if (!planner.facts.apparmor) {
      return fail(0, "use an AppArmor profile: the kernel has no AppArmor, or it is off"_p, spec.apparmor,
                  "it needs CONFIG_SECURITY_APPARMOR and, where it is not the default, the boot argument "
                  "apparmor=1 security=apparmor; or remove apparmor"_p);
    }
    Step& step = planner.add(Op::set_label);
    step.type = "apparmor";
    step.options = spec.apparmor;
  }
  if (!spec.selinux_label.empty()) {
    if (!planner.facts.selinux) {
      return fail(0, "use an SELinux label: the kernel has no SELinux, or it is off"_p, spec.selinux_label,
                  "it needs CONFIG_SECURITY_SELINUX and, where it is not the default, the boot argument "
                  "selinux=1 security=selinux; or remove selinux_label"_p);
    }
    Step& step = planner.add(Op::set_label);
    step.type = "selinux";
    step.options = spec.selinux_label;
  }
  return {};
}

Result<void> plan_kernel_settings(Planner& planner) {
  for (const Sysctl& setting : planner.spec.sysctls) {
    Step& step = planner.add(Op::write_sysctl);
    step.target = TRY(planner.arena.join("/proc/sys/", setting.path));
    step.options = setting.value;
  }
  if (!planner.plan.mount_namespace) return {};
  TRY(plan_masks(planner));
  return plan_protection(planner);
}

}  // namespace microctr
