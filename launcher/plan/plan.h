// Plan: every step of a container's start, in order, as data. `explain` prints it, `apply` carries it out.
//
// A plan is made from a ValidSpec and HostFacts alone: same text and same facts, same plan. The undo of a step is
// derived from the step (undo_of in explain.cpp for the words, container/journal for the deed). Text lives in the
// arena that the planner was given.
#pragma once

#include <cstdint>

#include "launcher/base/arena.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/plan/host_facts.h"
#include "launcher/spec/id_map.h"
#include "launcher/spec/validate.h"

namespace microctr {

// Who does a step, and when.
enum class Side : std::uint8_t {
  host,    // the launcher, before the process exists
  gate,    // the launcher, while the process waits at its gate
  stage,   // the launcher, meanwhile, in the mount namespace of the process: what only the host's root may do there
  inside,  // the process itself, before it becomes the container's program
  beside,  // the launcher, while the process does those; it executes nothing before they are done
};

enum class Op : std::uint8_t {
  // host
  check_layer,         // source: directory that must exist and be readable
  build_busybox,       // target: layer directory that is built when it is missing
  make_directory,      // target, mode: made when missing, kept afterwards
  read_environment,    // source: file of NAME=VALUE; optional
  enable_controllers,  // target: cgroup directory, options: "+cpu +memory"
  make_cgroup,         // target
  write_cgroup,        // target: file, options: value; source: the key, for the message
  copy_cgroup,         // source: file of the parent, target: file (v1 cpuset starts empty)
  leave_out,           // source: a limit that the machine lacks and nobody requires; empty: the device filter
  claim_network,       // source: what is reserved in the register: addresses, ports, a shared namespace
  make_bridge,         // target: bridge of ours, options: its subnets; number: the interface
  enable_forwarding,   // options: the families
  hold_ports,          // source: the ports
  open_firewall,       // source: what is published, options: what is masqueraded
  claim_ids,           // options: the pool; a range of ids for the container alone
  hand_over_cgroup,    // target: directory that shall belong to the container's root
  collect_devices,     // source: the lines of the configuration: what they match on the host
  prepare_seccomp,     // source: policy file, or empty: ours; flags: the capabilities; number: filter_*
  make_ready,          // target: socket or pipe in the record, type: which; on it the container says that it is ready
  seal_program,        // what the process executes last of ours is a sealed copy
  clone,               // flags: CLONE_NEW*; target: cgroup to start in, or empty
  // gate
  map_ids,         // source: uid map, target: gid map
  join_cgroup,     // target: directory
  filter_devices,  // beside; target: cgroup; its devices alone may be opened from it; flags: filter_*
  create_link,     // number: the interface; source: the host's side, target: its name inside, type: the kind
  name_network,    // or beside; target: file below /run/netns
  start_dhcp,      // number: the interface; target: its name inside
  set_limits,      // number: of the resource limit in the spec, options: its words
  own_streams,     // pipes that become its standard streams; inside: for another user than root
  set_oom_score,   // options: the value
  // inside, or stage
  shift_clocks,  // into a time namespace of its own; options: its offsets
  set_label,     // type: apparmor or selinux, options: what the next exec takes on
  unshare_cgroup,
  set_hostname,    // source
  set_domainname,  // source
  private_mounts,
  configure_network,  // or gate, beside: addresses and routes of the spec; loopback only where there is no interface
  stage_tmpfs,        // target: stage; options; becomes the working directory
  stage_directory,    // source: becomes the working directory
  map_tree,           // source; target: where its copy with mapped ids is attached on the stage; flags
  become_root,        // root of the user namespace: until here the host's
  make_upper,         // upper and work below the working directory
  mount_overlay,      // target: stage, options, flags
  bind_root,          // source, target: stage, flags
  enter_root,         // target: stage; from here on every path is resolved below it
  mount,              // type, target, options, flags
  bind,               // source, target, flags
  move_in,            // source: mount on the stage, target
  make_devices,       // the nodes of /dev; flags 1: bind the host's nodes instead
  make_links,         // target: /dev, for fd and its relatives, pts, shm, mqueue
  allow_ping,         // and ports below 1024, without a capability
  open_terminal,      // of its own pts; becomes /dev/console and the standard streams
  mask_paths,         // options: what is hidden; flags: whether the default paths are
  protect_paths,      // options: what becomes read-only; flags: the same
  write_sysctl,       // target: file below /proc/sys, options: value
  enter_leaf,         // a cgroup below the one that it sees as root
  delegate_cgroup,    // the cgroup inside belongs to the container's user
  write_manifest,     // target
  open_names,         // target: directory of the record that is made for the files of write_names, before it is covered
  write_names,        // flags: which files of /etc, and how
  open_notify,        // target: socket of make_ready, before the record is covered; for a bind with bind_notify
  pivot_root,
  move_root,     // where pivot_root is refused: on an initramfs
  protect_root,  // the root becomes read-only
  new_session,
  drop_bounding,     // flags: the capabilities that stay
  set_identity,      // user, group, groups of the spec
  set_capabilities,  // flags
  forbid_privileges,
  filter_calls,   // seccomp; right before execute it is a part of that
  set_umask,      // mode
  set_directory,  // target
  execute,        // target, flags: execute_behind_reaper
};

struct Step {
  Op op;
  Side side = Side::inside;
  bool optional = false;  // a source, a kernel function or a value that may be missing
  CString source = {};
  CString target = {};
  CString type = {};
  CString options = {};
  std::uint64_t flags = 0;
  std::uint32_t mode = 0;
  std::uint32_t number = 0;
};

// Mount flags of our own, beside the MS_* of mount(2) in Step::flags.
inline constexpr std::uint64_t mount_create_target = 1ULL << 40;   // make the mount point when it is missing
inline constexpr std::uint64_t mount_refuse_symlink = 1ULL << 41;  // no component may be a symbolic link
inline constexpr std::uint64_t mount_map_ids = 1ULL << 42;         // owners appear as the container's ids
inline constexpr std::uint64_t mount_own_source = 1ULL << 43;  // a directory of ours: a link in its place is refused
inline constexpr std::uint64_t bind_notify = 1ULL << 44;       // the source is what open_notify has opened
inline constexpr std::uint64_t mount_flags = mount_create_target - 1;

// Names on the stage of a plan that is staged, a tmpfs of its own.
inline constexpr Literal staged_root = "root";
inline constexpr Literal staged_dev = "dev";
inline constexpr Literal staged_upper = "kept";
inline constexpr Literal staged_names = "etc";
inline constexpr Literal staged_notify = "notify";

// Step::type of make_ready, and where in the record.
inline constexpr Literal ready_pipe_kind = "pipe";
inline constexpr Literal ready_pipe_file = "/ready";
inline constexpr Literal notify_socket_kind = "socket";
inline constexpr Literal notify_socket_file = "/notify";
inline constexpr Literal notify_socket_inside = "/dev/notify";

// Step::flags of make_cgroup: the container's own cgroup, which nobody else may be in; otherwise a cgroup on the way.
inline constexpr std::uint64_t cgroup_leaf = 1;

// Step::flags of enable_controllers: the caller's own cgroup. A cgroup with processes has no controllers to give, so
// those in it move into a child and back (cgroup-v2, "No Internal Process Constraint").
inline constexpr std::uint64_t cgroup_of_caller = 1;

// Step::flags of execute: behind a reaper.
inline constexpr std::uint64_t execute_behind_reaper = 1;

// Step::number of prepare_seccomp: containers shall run inside; the program is sealed; filter_calls comes before the
// privileges are given up, so that what we do then is filtered, too.
inline constexpr std::uint32_t filter_nesting = 1;
inline constexpr std::uint32_t filter_sealed = 2;
inline constexpr std::uint32_t filter_early = 4;

// Step::flags of filter_devices: which of both kinds of cgroup the target is.
inline constexpr std::uint64_t filter_unified = 1;  // v2: a program
inline constexpr std::uint64_t filter_legacy = 2;   // v1: devices.allow

// Step::flags of mask_paths and protect_paths: those of kernel_paths.h, too; without it only those of the spec.
inline constexpr std::uint64_t default_paths = 1;

// What a plan adds to an Interface of the spec.
struct PlannedInterface {
  CString host_link;            // our end of a pair; empty: none
  CString bridge;               // of mode bridge
  bool own_bridge = false;      // made when it is missing, and removed with its last container
  bool masquerade = false;      // nat
  FixedVector<Address, 2> far;  // addresses of a pair's other end, at most one of each family
};

// Step::flags of write_names.
inline constexpr std::uint64_t names_hostname = 1;  // /etc/hostname
inline constexpr std::uint64_t names_hosts = 2;     // /etc/hosts
inline constexpr std::uint64_t names_resolver = 4;  // /etc/resolv.conf
inline constexpr std::uint64_t names_bound = 8;  // made in the record and bound: the root may or shall not be changed
inline constexpr std::uint64_t names_kept = 16;  // the upper layer keeps them

// Those flags for `spec`; 0: nothing is written. What a volume or tmpfs covers is left alone.
std::uint64_t name_files_of(const Spec& spec);

// Whether it has the host's network.
bool shares_host_network(const Spec& spec);

struct Plan {
  FixedVector<Step, limits::steps> steps;
  const Spec* spec = nullptr;                                    // what identity, network and execute are done with
  CString cgroup;                                                // the directory that holds all processes; empty: none
  CString stage;                                                 // directory over which the container's root is mounted
  CString notify_socket;                                         // NOTIFY_SOCKET of its program; empty: none
  FixedVector<PlannedInterface, limits::interfaces> interfaces;  // in the order of the spec
  PeerProcess network_of;  // a process whose network namespace the container is born in; pid 0: one of its own
  IdMaps maps;             // of its user namespace; empty: none, or chosen by claim_ids
  bool user_namespace = false;
  bool single_map = false;  // nobody but root exists in it, and the kernel allows no groups
  bool mapped = false;      // its ids are not the host's: what is on disk is shown to it with ids mapped
  bool staged = false;      // the launcher mounts, for the process, what needs the host's root
  bool mount_namespace = false;
};

// Makes the plan of `spec` on a machine with `facts`. `record` is the container's directory below the runtime
// directory. Errors say what the machine lacks and how to get it; nothing has been done then.
Result<void> make_plan(ValidSpec spec, const HostFacts& facts, CString record, Arena& arena, Plan& plan);

}  // namespace microctr
