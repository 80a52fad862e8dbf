#include "launcher/container/host_step.h"

#include <fcntl.h>
#include <unistd.h>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/container/cgroup.h"
#include "launcher/image/busybox_layer.h"
#include "launcher/net/attach.h"

namespace microctr {

namespace {

Result<void> check_layer(const Step& step) {
  const Fd directory = TRY(sys::open(step.source, O_RDONLY | O_DIRECTORY));
  return sys::access(directory.get(), ".", R_OK | X_OK);
}

// NAME=VALUE lines; empty lines and # comments are skipped. Values are taken as they stand.
Result<void> read_environment(LaunchContext& context, const Step& step) {
  static char buffer[limits::environment_text];
  const auto text = read_file(sys::working_directory, step.source, buffer);
  if (!text) {
    if (step.optional && text.error().code == ENOENT) return {};
    return text.error();
  }
  std::string_view lines = text.value();
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t equals = line.find('=');
    if (equals == 0 || equals == std::string_view::npos || line.find('\0') != std::string_view::npos) {
      return Error{0, "a line is not NAME=VALUE"};
    }
    if (!context.file_environment.push(TRY(context.arena.copy(line)))) {
      return Error{0, "too many variables (limit 64)"};
    }
  }
  return {};
}

// The single map may be written by the user whom it maps, when setgroups has been given up (user_namespaces(7)).
Result<void> map_ids(const Step& step, pid_t pid) {
  TextBuffer<64> directory("/proc/", pid);
  const Fd process = TRY(sys::open(directory.text(), O_PATH | O_DIRECTORY));
  TRY(write_value(process.get(), "setgroups", "deny"));
  TRY(write_value(process.get(), "uid_map", step.source));
  return write_value(process.get(), "gid_map", step.target);
}

Result<void> make_veth(LaunchContext& context, pid_t pid) {
  const Plan& plan = context.plan;
  const VethPlan veth{plan.host_link, "eth0", plan.spec->name, plan.host_addresses.view()};
  TRY(context.journal.note_link(veth.host_name, veth.owner));
  const auto made = create_veth(veth, pid);
  if (made || made.error().code != EEXIST) return made;
  // The pair of an earlier run under this name may be on its way out with its namespace.
  TRY(delete_link_if_ours(veth.host_name, veth.owner));
  return create_veth(veth, pid);
}

}  // namespace

Result<void> do_host_step(LaunchContext& context, const Step& step) {
  switch (step.op) {
    case Op::check_layer: return check_layer(step);
    case Op::build_busybox: return ensure_busybox_layer(step.target);
    case Op::make_directory: return make_directories(step.target, step.mode);
    case Op::read_environment: return read_environment(context, step);
    case Op::enable_controllers: return enable_controllers(step, context.facts.places.runtime);
    case Op::make_cgroup: return make_cgroup(step, context.journal);
    case Op::write_cgroup: return write_value(sys::working_directory, step.target, step.options);
    case Op::copy_cgroup: return copy_cgroup_value(step);
    case Op::leave_out: return {};

    case Op::clone:
    case Op::map_ids:
    case Op::join_cgroup:
    case Op::create_veth:
    case Op::unshare_cgroup:
    case Op::set_hostname:
    case Op::set_domainname:
    case Op::private_mounts:
    case Op::configure_network:
    case Op::stage_tmpfs:
    case Op::stage_directory:
    case Op::make_upper:
    case Op::mount_overlay:
    case Op::bind_root:
    case Op::enter_root:
    case Op::mount:
    case Op::bind:
    case Op::make_devices:
    case Op::make_links:
    case Op::allow_ping:
    case Op::delegate_cgroup:
    case Op::write_manifest:
    case Op::pivot_root:
    case Op::move_root:
    case Op::protect_root:
    case Op::new_session:
    case Op::drop_bounding:
    case Op::set_identity:
    case Op::set_capabilities:
    case Op::forbid_privileges:
    case Op::set_umask:
    case Op::set_directory:
    case Op::execute: return Error{ENOSYS, "do a step of another side"};
  }
  return Error{ENOSYS, "do an unknown step"};
}

Result<void> do_gate_step(LaunchContext& context, const Step& step, pid_t pid) {
  switch (step.op) {
    case Op::map_ids: return map_ids(step, pid);
    case Op::join_cgroup: return join_cgroup(step.target, pid);
    case Op::create_veth: return make_veth(context, pid);

    case Op::check_layer:
    case Op::build_busybox:
    case Op::make_directory:
    case Op::read_environment:
    case Op::enable_controllers:
    case Op::make_cgroup:
    case Op::write_cgroup:
    case Op::copy_cgroup:
    case Op::leave_out:
    case Op::clone:
    case Op::unshare_cgroup:
    case Op::set_hostname:
    case Op::set_domainname:
    case Op::private_mounts:
    case Op::configure_network:
    case Op::stage_tmpfs:
    case Op::stage_directory:
    case Op::make_upper:
    case Op::mount_overlay:
    case Op::bind_root:
    case Op::enter_root:
    case Op::mount:
    case Op::bind:
    case Op::make_devices:
    case Op::make_links:
    case Op::allow_ping:
    case Op::delegate_cgroup:
    case Op::write_manifest:
    case Op::pivot_root:
    case Op::move_root:
    case Op::protect_root:
    case Op::new_session:
    case Op::drop_bounding:
    case Op::set_identity:
    case Op::set_capabilities:
    case Op::forbid_privileges:
    case Op::set_umask:
    case Op::set_directory:
    case Op::execute: return Error{ENOSYS, "do a step of another side"};
  }
  return Error{ENOSYS, "do an unknown step"};
}

}  // namespace microctr
