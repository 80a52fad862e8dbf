// Which function does which inside step, and the steps that are small enough to stand here.

#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/mount.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/container/cgroup.h"
#include "launcher/container/child.h"
#include "launcher/container/inside.h"
#include "launcher/container/labels.h"
#include "launcher/container/network.h"
#include "launcher/container/terminal.h"
#include "launcher/spec/capability.h"
#include "launcher/spec/id_map.h"

namespace microctr {

namespace {

Result<void> set_up_network(const Inside& inside) {
  auto socket = TRY(netlink::NetlinkSocket::open(NETLINK_ROUTE));
  return configure_network(inside.plan, inside.context.network, socket);
}

// No such file: no IPv4.
Result<void> write_switch(const Inside& inside, CString path, std::string_view value) {
  const auto file = open_inside(inside.root.get(), path, O_WRONLY, Symlinks::refuse);
  if (!file) return file.error().code == ENOENT ? Result<void>() : file.error();
  constexpr std::uint64_t proc_magic = 0x9fa0;  // a fake /proc must not swallow the write (CVE-2019-19921)
  if (TRY(sys::file_system_type(file.value().get())) != proc_magic) return fail(EPERM, "verify /proc"_p);
  return write_all(file.value().get(), value);
}

// Ping for every group that exists here (icmp(7), ping_group_range), and ports below 1024, as docker does: the network
// is the container's own, and those that share it have other ids and no power over it.
Result<void> allow_ping(const Inside& inside) {
  const std::uint32_t last =
      inside.plan.user_namespace ? last_of_first_range(inside.context.maps.groups.view()) : INT32_MAX;
  TRY(write_switch(inside, "proc/sys/net/ipv4/ping_group_range", TextBuffer<24>("0 ", last).view()));
  return write_switch(inside, "proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
}

// Still with the host's /proc; until exec nothing takes the label back.
Result<void> label_next_program(const Step& step) {
  const Fd proc = TRY(open_host_proc());
  return set_label(proc.get(), step);
}

Result<void> know_identity(Inside& inside) {
  if (inside.identity_known) return {};
  if (!inside.root) inside.root = TRY(sys::open("/", O_PATH | O_DIRECTORY));
  TRY(resolve_identity(*inside.plan.spec, inside.root.get(), inside.identity));
  inside.identity_known = true;
  return {};
}

Result<void> delegate_cgroup(Inside& inside, const Step& step) {
  TRY(know_identity(inside));
  const Resolved& who = inside.identity;
  return who.user == 0 ? Result<void>() : hand_over_cgroup(step.target, who.user, who.group);
}

// A cgroup with processes of its own can hand no controllers down to those of containers inside ("No Internal Process
// Constraint"): its processes live in a child, where a microctr in here expects them to be.
Result<void> enter_leaf(const Step& step) {
  constexpr std::uint64_t unified_magic = 0x63677270;  // CGROUP2_SUPER_MAGIC
  const Fd cgroup = TRY(sys::open(step.target, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  if (TRY(sys::file_system_type(cgroup.get())) != unified_magic) return fail(EPERM, "verify the cgroup"_p);
  const CString leaf = CString(caller_cgroup).from(1);
  TRY(sys::make_directory(cgroup.get(), leaf, 0755));
  const Fd inner = TRY(sys::open_at(cgroup.get(), leaf, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  return write_value(inner.get(), "cgroup.procs", "0");
}

// Until here we are who the launcher is, in the new user namespace too, and could reach its record; from here on what
// we make belongs to the container.
Result<void> become_root(Inside& inside) {
  TRY(sys::set_groups({}));
  TRY(sys::set_group(0));
  TRY(sys::set_user(0));
  inside.is_root = true;
  return {};
}

// Before the volumes, so that it is ours what it is opened through; its owner is known, and given it, later.
Result<void> prepare_terminal(Inside& inside) {
  const bool own = inside.plan.mount_namespace;
  inside.terminal = TRY(open_terminal(inside.root.get(), own ? TerminalOf::container : TerminalOf::host,
                                      inside.context.streams.window, channel_number));
  return own ? make_console(inside.root.get(), inside.terminal.get()) : Result<void>();
}

Result<void> start_session(Inside& inside) {
  TRY(sys::new_session());
  if (!inside.terminal) return {};
  TRY(know_identity(inside));
  return take_terminal(inside.terminal.get(), inside.identity);
}

Result<void> become_user(Inside& inside) {
  TRY(know_identity(inside));
  // A pipe that is the launcher's caller's is not ours to give, and need not be.
  const Resolved& wanted = inside.identity;
  if (inside.is_root && wanted.user == 0 && wanted.group == 0 && wanted.groups.empty()) return {};
  if (inside.identity.user != 0)
    (void)own_streams({}, fifo_owner(inside.context), inside.identity.user, inside.identity.group);
  return set_identity(inside.identity, inside.plan.single_map ? GroupList::forbidden : GroupList::set);
}

Result<void> choose_capabilities(const Inside& inside, const Step& step) {
  const std::uint64_t added = inside.plan.spec->capabilities_added;
  // ALL means as many as we have; a capability by its name must be there.
  return set_capabilities(inside.identity, step.flags, added == all_capabilities ? 0 : added);
}

Result<void> filter_calls(Inside& inside) {
  inside.filter = filter_of(*inside.plan.spec);
  return inside.filter == Filter::not_at_exec ? load_filter() : Result<void>();
}

}  // namespace

Result<void> do_inside_step(Inside& inside, const Step& step) {
  switch (step.op) {
    case Op::shift_clocks: return shift_clocks(inside);
    case Op::set_label: return label_next_program(step);
    case Op::unshare_cgroup: return sys::unshare(step.flags);
    case Op::set_hostname: return sys::set_hostname(step.source);
    case Op::set_domainname: return sys::set_domainname(step.source);
    case Op::private_mounts: return sys::mount("none", "/", "", MS_REC | MS_PRIVATE, "");
    case Op::configure_network: return set_up_network(inside);

    case Op::stage_tmpfs: return stage_tmpfs(step);
    case Op::stage_directory: return sys::change_directory(step.source);
    case Op::make_upper: return make_upper();
    case Op::mount_overlay: return mount_overlay(step);
    case Op::bind_root: return bind_root(step);
    case Op::enter_root: return enter_root(inside, step);
    case Op::become_root: return become_root(inside);

    case Op::mount: return mount_inside(inside, step);
    case Op::bind: return bind_inside(inside, step);
    case Op::move_in: return move_in(inside, step);
    case Op::make_devices: return make_devices(inside, step);
    case Op::make_links: return make_device_links(inside, step);
    case Op::open_terminal: return prepare_terminal(inside);
    case Op::allow_ping: return allow_ping(inside);
    case Op::mask_paths: return mask_paths(inside, step);
    case Op::protect_paths: return protect_paths(inside, step);
    case Op::write_sysctl: return write_sysctl(inside, step);
    case Op::write_manifest: return write_manifest(inside, step);
    case Op::open_names: return open_names(inside, step);
    case Op::write_names:
      return write_names(inside.context, step, inside.root.get(), inside.names_directory.get(), inside.names);
    case Op::open_notify: return open_notify(inside, step);

    case Op::pivot_root: return pivot_into_root(inside);
    case Op::move_root: return move_into_root(inside);
    case Op::protect_root: return protect_root();
    case Op::enter_leaf: return enter_leaf(step);
    case Op::delegate_cgroup: return delegate_cgroup(inside, step);

    case Op::new_session: return start_session(inside);
    case Op::drop_bounding: return drop_bounding(step.flags);
    case Op::set_identity: return become_user(inside);
    case Op::set_capabilities: return choose_capabilities(inside, step);
    case Op::forbid_privileges: return sys::forbid_new_privileges();
    case Op::set_umask: sys::set_umask(step.mode); return {};
    case Op::set_directory: return set_directory(step);
    case Op::execute: return execute_program(inside);

    case Op::filter_calls: return filter_calls(inside);

    case Op::map_tree:

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
    case Op::map_ids:
    case Op::join_cgroup:
    case Op::claim_network:
    case Op::make_bridge:
    case Op::enable_forwarding:
    case Op::hold_ports:
    case Op::open_firewall:
    case Op::claim_ids:
    case Op::hand_over_cgroup:
    case Op::collect_devices:
    case Op::filter_devices:
    case Op::prepare_seccomp:
    case Op::make_ready:
    case Op::seal_program:
    case Op::create_link:
    case Op::name_network:
    case Op::own_streams:
    case Op::set_limits:
    case Op::set_oom_score:
    case Op::start_dhcp: return fail(ENOSYS, "do a step of the host inside"_p);
  }
  return fail(ENOSYS, "do an unknown step"_p);
}

}  // namespace microctr
