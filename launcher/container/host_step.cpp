#include "launcher/container/host_step.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/container/cgroup.h"
#include "launcher/container/device_filter.h"
#include "launcher/container/environment_file.h"
#include "launcher/container/filter.h"
#include "launcher/container/id_maps.h"
#include "launcher/container/id_range.h"
#include "launcher/container/network.h"
#include "launcher/container/process_limits.h"
#include "launcher/container/ready_channel.h"
#include "launcher/container/sealed_program.h"
#include "launcher/image/busybox_layer.h"

namespace microctr {

namespace {

Result<void> check_layer(const Step& step) {
  const Fd directory = TRY(sys::open(step.source, O_RDONLY | O_DIRECTORY));
  return sys::access(directory.get(), ".", R_OK | X_OK);
}

// A controller can lack a file: no accounting of swap, no CONFIG_CFS_BANDWIDTH.
Result<void> write_limit(const Step& step) {
  const auto written = write_value(sys::working_directory, step.target, step.options);
  return step.optional && !written && written.error().code == ENOENT ? Result<void>() : written;
}

Result<void> read_environment(LaunchContext& context, const Step& step) {
  TRY(read_environment_file(step, context.arena, context.file_environment));
  TextBuffer<limits::path> record(context.facts.places.runtime, "/containers/", context.plan.spec->name);
  return keep_environment(record.text(), context.file_environment);
}

Result<void> make_filter(const LaunchContext& context, const Step& step) {
  TextBuffer<limits::path> record(context.facts.places.runtime, "/containers/", context.plan.spec->name);
  return prepare_filter(step, context.facts, record.text());
}

Result<void> claim_ids(LaunchContext& context) {
  const CString name = context.plan.spec->name;
  const CString runtime = context.facts.places.runtime;
  TRY(context.journal.note_id_range(name));
  return claim_id_range(runtime, name, context.facts.ids, context.maps);
}

// Ping for every group (icmp(7), ping_group_range) in a network that containers with several maps of ids share. Not
// where it is the machine's own. No such file: no IPv4.
Result<void> allow_ping(pid_t pid) {
  const TextBuffer<40> path("/proc/", pid, "/ns/net");
  const Fd network = TRY(sys::open(path.text(), O_RDONLY));
  const Fd home = TRY(sys::open("/proc/self/ns/net", O_RDONLY));
  if (TRY(sys::status(network.get())).inode == TRY(sys::status(home.get())).inode) return {};
  TRY(sys::set_namespace(network.get(), CLONE_NEWNET));
  const auto written = write_value(sys::working_directory, "/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
  // It can fail for want of memory only, and then for a moment.
  while (!sys::set_namespace(home.get(), CLONE_NEWNET)) (void)sys::sleep_ms(10);
  return written || written.error().code == ENOENT ? Result<void>() : written;
}

Result<void> seal_program(LaunchContext& context) {
  if (!context.plan.spec->init) {
    context.sealed = TRY(sealed_program());
    return {};
  }
  context.own_sealed = TRY(make_sealed_program());
  context.sealed = context.own_sealed.get();
  return {};
}

}  // namespace

Result<void> do_host_step(LaunchContext& context, const Step& step) {
  switch (step.op) {
    case Op::check_layer: return check_layer(step);
    case Op::build_busybox: return ensure_busybox_layer(step.target);
    case Op::make_directory: return make_directories(step.target, step.mode);
    case Op::read_environment: return read_environment(context, step);
    case Op::enable_controllers: return enable_controllers(step, context.facts.places.runtime, context.journal);
    case Op::make_cgroup: return make_cgroup(step, context.journal);
    case Op::write_cgroup: return write_limit(step);
    case Op::copy_cgroup: return copy_cgroup_value(step);
    case Op::leave_out: return {};
    case Op::seal_program: return seal_program(context);
    case Op::make_ready: context.ready = TRY(make_ready_channel(step)); return {};
    case Op::collect_devices: return collect_devices(context.plan.spec->devices.view(), context.arena, context.devices);

    case Op::claim_ids: return claim_ids(context);
    case Op::hand_over_cgroup:
      return hand_over_cgroup(step.target, outside_of(context.maps.users.view(), 0).value_or(0),
                              outside_of(context.maps.groups.view(), 0).value_or(0));
    case Op::prepare_seccomp: return make_filter(context, step);

    case Op::claim_network:
    case Op::make_bridge:
    case Op::enable_forwarding:
    case Op::hold_ports:
    case Op::open_firewall: return do_network_step(context, step, 0);

    case Op::clone:
    case Op::map_ids:
    case Op::join_cgroup:
    case Op::filter_devices:
    case Op::create_link:
    case Op::name_network:
    case Op::start_dhcp:
    case Op::set_limits:
    case Op::own_streams:
    case Op::set_oom_score:
    case Op::shift_clocks:
    case Op::set_label:
    case Op::unshare_cgroup:
    case Op::set_hostname:
    case Op::set_domainname:
    case Op::private_mounts:
    case Op::configure_network:
    case Op::stage_tmpfs:
    case Op::stage_directory:
    case Op::map_tree:
    case Op::become_root:
    case Op::make_upper:
    case Op::mount_overlay:
    case Op::bind_root:
    case Op::enter_root:
    case Op::mount:
    case Op::bind:
    case Op::move_in:
    case Op::make_devices:
    case Op::make_links:
    case Op::allow_ping:
    case Op::open_terminal:
    case Op::mask_paths:
    case Op::protect_paths:
    case Op::write_sysctl:
    case Op::enter_leaf:
    case Op::delegate_cgroup:
    case Op::write_manifest:
    case Op::open_names:
    case Op::write_names:
    case Op::open_notify:
    case Op::pivot_root:
    case Op::move_root:
    case Op::protect_root:
    case Op::new_session:
    case Op::drop_bounding:
    case Op::set_identity:
    case Op::set_capabilities:
    case Op::forbid_privileges:
    case Op::filter_calls:
    case Op::set_umask:
    case Op::set_directory:
    case Op::execute: return fail(ENOSYS, "do a step of another side"_p);
  }
  return fail(ENOSYS, "do an unknown step"_p);
}

Result<void> do_gate_step(LaunchContext& context, const Step& step, pid_t pid) {
  switch (step.op) {
    case Op::map_ids: return write_id_maps(context, pid);
    case Op::join_cgroup: return join_cgroup(step.target, pid);
    case Op::filter_devices: return filter_devices(step, context.devices.view());
    case Op::name_network:
    case Op::create_link:
    case Op::configure_network:
    case Op::start_dhcp: return do_network_step(context, step, pid);
    case Op::allow_ping: return allow_ping(pid);
    case Op::own_streams:
      return own_streams(context.streams, fifo_owner(context), outside_of(context.maps.users.view(), 0).value_or(0),
                         outside_of(context.maps.groups.view(), 0).value_or(0));
    case Op::set_limits: return set_limit(*context.plan.spec, step, pid);
    case Op::set_oom_score: return set_oom_score(step, pid);

    case Op::check_layer:
    case Op::build_busybox:
    case Op::make_directory:
    case Op::read_environment:
    case Op::enable_controllers:
    case Op::make_cgroup:
    case Op::write_cgroup:
    case Op::copy_cgroup:
    case Op::leave_out:
    case Op::claim_network:
    case Op::make_bridge:
    case Op::enable_forwarding:
    case Op::hold_ports:
    case Op::open_firewall:
    case Op::claim_ids:
    case Op::hand_over_cgroup:
    case Op::collect_devices:
    case Op::prepare_seccomp:
    case Op::make_ready:
    case Op::seal_program:
    case Op::clone:
    case Op::shift_clocks:
    case Op::set_label:
    case Op::unshare_cgroup:
    case Op::set_hostname:
    case Op::set_domainname:
    case Op::private_mounts:
    case Op::stage_tmpfs:
    case Op::stage_directory:
    case Op::map_tree:
    case Op::become_root:
    case Op::make_upper:
    case Op::mount_overlay:
    case Op::bind_root:
    case Op::enter_root:
    case Op::mount:
    case Op::bind:
    case Op::move_in:
    case Op::make_devices:
    case Op::make_links:
    case Op::open_terminal:
    case Op::mask_paths:
    case Op::protect_paths:
    case Op::write_sysctl:
    case Op::enter_leaf:
    case Op::delegate_cgroup:
    case Op::write_manifest:
    case Op::open_names:
    case Op::write_names:
    case Op::open_notify:
    case Op::pivot_root:
    case Op::move_root:
    case Op::protect_root:
    case Op::new_session:
    case Op::drop_bounding:
    case Op::set_identity:
    case Op::set_capabilities:
    case Op::forbid_privileges:
    case Op::filter_calls:
    case Op::set_umask:
    case Op::set_directory:
    case Op::execute: return fail(ENOSYS, "do a step of another side"_p);
  }
  return fail(ENOSYS, "do an unknown step"_p);
}

}  // namespace microctr
