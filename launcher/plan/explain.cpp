#include "launcher/plan/explain.h"

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>

#include "launcher/spec/capability.h"

namespace microctr {

namespace {

struct FlagName {
  unsigned flag;
  TableText<12> name;
};

constexpr FlagName namespace_names[] = {
    {CLONE_NEWUSER, "user"}, {CLONE_NEWNS, "mount"}, {CLONE_NEWUTS, "uts"},
    {CLONE_NEWIPC, "ipc"},   {CLONE_NEWPID, "pid"},  {CLONE_NEWNET, "network"},
};

constexpr FlagName mount_flag_names[] = {
    {MS_RDONLY, "ro"}, {MS_NOSUID, "nosuid"}, {MS_NODEV, "nodev"}, {MS_NOEXEC, "noexec"}, {MS_REC, "recursive"},
};

template <std::size_t N>
void list_flags(const FlagName (&names)[N], std::uint64_t flags, TextWriter& text) {
  bool any = false;
  for (const FlagName& name : names) {
    if ((flags & name.flag) == 0) continue;
    text.add(any ? "," : "", name.name.text());
    any = true;
  }
  if (!any) text.add("none");
}

void list_capabilities(std::uint64_t set, TextWriter& text) {
  if (set == 0) text.add("none");
  bool any = false;
  for (unsigned capability = 0; capability < capability_count; ++capability) {
    if ((set >> capability & 1) == 0) continue;
    text.add(any ? " " : "", capability_name(capability));
    any = true;
  }
}

void describe_mount(const Step& step, TextWriter& text) {
  text.add("mount ", step.type, " on ", step.target, " (");
  list_flags(mount_flag_names, step.flags, text);
  if (!step.options.empty()) text.add("; ", step.options);
  text.add(")");
}

void describe_bind(const Step& step, TextWriter& text) {
  text.add("bind ", step.source, " to ", step.target, " (");
  list_flags(mount_flag_names, step.flags, text);
  text.add(")");
}

void describe_clone(const Step& step, TextWriter& text) {
  text.add("create the process with new namespaces: "_p);
  list_flags(namespace_names, step.flags, text);
  if (!step.target.empty()) text.add("; in cgroup "_p, step.target);
}

}  // namespace

void describe(const Step& step, TextWriter& text) {
  switch (step.op) {
    case Op::check_layer: text.add("check that "_p, step.source, " is a readable directory"_p); return;
    case Op::build_busybox: text.add("build the BusyBox layer "_p, step.target); return;
    case Op::make_directory: text.add("make directory "_p, step.target); return;
    case Op::read_environment: text.add("read environment file "_p, step.source); return;
    case Op::enable_controllers: text.add("enable ", step.options, " below ", step.target); return;
    case Op::make_cgroup: text.add("make cgroup "_p, step.target); return;
    case Op::write_cgroup: text.add("limit ", step.source, ": write "_p, step.options, " to ", step.target); return;
    case Op::copy_cgroup: text.add("copy ", step.source, " to ", step.target); return;
    case Op::leave_out:
      text.add("leave out the limit "_p, step.source,
               ": this machine has no controller for it and it is not required"_p);
      return;
    case Op::clone: describe_clone(step, text); return;
    case Op::map_ids: text.add("map user ids "_p, step.source, ", group ids "_p, step.target); return;
    case Op::join_cgroup: text.add("put the process into cgroup "_p, step.target); return;
    case Op::create_veth: text.add("make veth pair "_p, step.source, " - eth0"); return;
    case Op::unshare_cgroup: text.add("make its cgroup the root it sees (new cgroup namespace)"_p); return;
    case Op::set_hostname: text.add("set host name "_p, step.source); return;
    case Op::set_domainname: text.add("set domain name "_p, step.source); return;
    case Op::private_mounts: text.add("make all mounts private"_p); return;
    case Op::configure_network: text.add("configure the network: loopback, addresses, routes"_p); return;
    case Op::stage_tmpfs:
      text.add("mount tmpfs for the upper layer on "_p, step.target, " (", step.options, ")");
      return;
    case Op::stage_directory: text.add("use ", step.source, " for the upper layer"_p); return;
    case Op::make_upper: text.add("make the directories of the upper layer"_p); return;
    case Op::mount_overlay: text.add("mount overlay on "_p, step.target, " (", step.options, ")"); return;
    case Op::bind_root: text.add("bind ", step.source, " as root to "_p, step.target); return;
    case Op::enter_root: text.add("enter the new root "_p, step.target); return;
    case Op::mount: describe_mount(step, text); return;
    case Op::bind: describe_bind(step, text); return;
    case Op::make_devices:
      text.add(step.flags != 0 ? "bind" : "make", " the devices null zero full random urandom tty in "_p, step.target);
      return;
    case Op::make_links: text.add("make the links and directories in "_p, step.target); return;
    case Op::allow_ping: text.add("allow ping without a capability (ping_group_range)"_p); return;
    case Op::delegate_cgroup: text.add("give ", step.target, " to the container's user"_p); return;
    case Op::write_manifest: text.add("write the manifest "_p, step.target); return;
    case Op::pivot_root: text.add("make it the root and detach the old one (pivot_root)"_p); return;
    case Op::move_root:
      text.add("cover the host's root with it (move and chroot: pivot_root refuses on an initramfs)"_p);
      return;
    case Op::protect_root: text.add("make the root read-only"_p); return;
    case Op::new_session: text.add("start a session of its own"_p); return;
    case Op::drop_bounding:
      text.add("keep in the bounding set only the capabilities "_p);
      list_capabilities(step.flags, text);
      return;
    case Op::set_identity: text.add("set user and groups"_p); return;
    case Op::set_capabilities:
      text.add("set the capabilities "_p);
      list_capabilities(step.flags, text);
      return;
    case Op::forbid_privileges: text.add("set no_new_privileges"_p); return;
    case Op::set_umask: text.add("set umask 0"_p, Octal{step.mode}); return;
    case Op::set_directory: text.add("change the working directory to "_p, step.target); return;
    case Op::execute: text.add("execute ", step.target); return;
  }
}

void describe_undo(const Step& step, TextWriter& text) {
  switch (step.op) {
    case Op::enable_controllers: text.add("disabled again with our last container, if we enabled them"_p); return;
    case Op::make_cgroup:
      text.add(step.flags == cgroup_leaf ? "kill what is in it, remove it"_p : "removed when it is empty"_p);
      return;
    case Op::clone: text.add("kill, reap"_p); return;
    case Op::create_veth: text.add("the kernel removes it with the network namespace"_p); return;
    case Op::make_directory: text.add("kept: holds what must last; removed by remove --data"_p); return;
    case Op::build_busybox: text.add("kept: shared by all containers"_p); return;
    case Op::check_layer:
    case Op::read_environment:
    case Op::write_cgroup:
    case Op::copy_cgroup:
    case Op::leave_out:
    case Op::map_ids:
    case Op::join_cgroup:
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
    case Op::execute: return;  // gone with the process and its namespaces
  }
}

void explain_step(const Plan& plan, std::size_t index, TextWriter& text) {
  const Step& step = plan.steps[index];
  constexpr Literal sides[] = {"host  ", "gate  ", "inside"};
  text.add(index + 1 < 10 ? " " : "", index + 1, "  ", sides[static_cast<std::size_t>(step.side)], "  ");
  describe(step, text);
  if (step.optional) text.add(" [if there is one]"_p);
  text.add("\n");
  TextBuffer<128> undo;
  describe_undo(step, undo);
  if (undo.size() != 0) text.add("              undo: ", undo.view(), "\n");
}

}  // namespace microctr
