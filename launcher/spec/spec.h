// Spec: what the operator wants of one container, in the words of containers, not in the words of a config file.
//
// Plain data. Text fields are views into the arena of whoever read it. A Spec may be contradictory; only a ValidSpec
// (validate.h) may be planned. No place in a file and no syntax is kept here, so that another front end can make the
// same Spec. Absent values are empty text, an unset optional or the default that is written here.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "launcher/base/cstring.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"

namespace microctr {

enum class UserNamespace : std::uint8_t {
  automatic,  // root: a range of ids of its own where the kernel can do it, else host; anybody else: root_map
  host,       // no user namespace
  root_map,   // the caller becomes root inside, nobody else exists
  map,        // user_map and group_map
};

enum class SeccompPolicy : std::uint8_t {
  standard,  // ours
  file,      // that of Security::seccomp_file
  off,
};

enum class NetworkMode : std::uint8_t {
  none,       // loopback only
  host,       // the host's network; no namespace
  veth,       // a pair whose other end is the host's, or another container's
  bridge,     // a pair whose other end is a port of a bridge
  macvlan,    // a link of its own on a parent of the host, with its own hardware address
  ipvlan,     // the same, with the parent's hardware address
  interface,  // a device of the host, moved in and given back
  container,  // the network namespace of a running container
};

enum class UpperKind : std::uint8_t {
  tmpfs,       // writes are gone at the end
  persistent,  // kept in the data directory under the container's name
  path,        // kept in a directory that the operator names
  none,        // the root cannot be written
};

enum class LogKind : std::uint8_t {
  ring,     // files in the record, on the runtime tmpfs
  file,     // files of the host that are rotated
  console,  // /dev/console
  syslog,   // /dev/log
  none,
};

enum class ServiceType : std::uint8_t {
  service,  // runs until it is stopped
  oneshot,  // does its work and ends; what comes after it waits for a good end
};

enum class RestartPolicy : std::uint8_t {
  no,
  on_failure,      // after a bad end: a status that is not 0, a signal, an unhealthy state
  always,          // after every end, and after a start of the supervisor
  unless_stopped,  // the same, but what the user has stopped stays stopped when the supervisor starts again
};

// What is done when a container has failed for good.
enum class FailureAction : std::uint8_t { none, reboot, poweroff, start };

// How a container tells that it is ready for others.
enum class Readiness : std::uint8_t {
  exec,        // its program runs
  descriptor,  // it writes a line to the descriptor that NOTIFY_FD names (s6)
  socket,      // a socket of Supervision::ready_socket accepts connections
  notify,      // it sends READY=1 to NOTIFY_SOCKET (sd_notify(3))
};

// Which namespaces are private to the container; `userns` decides about the user namespace.
struct NamespaceSet {
  bool mount = true;
  bool uts = true;
  bool ipc = true;
  bool pid = true;
  bool network = true;
  bool cgroup = true;

  constexpr bool none() const { return !mount && !uts && !ipc && !pid && !network && !cgroup; }
};

// A directory that is one layer of the root, or the name of one in the layer store.
struct Layer {
  CString name;           // absolute path, or store name
  bool in_store = false;  // `name` is a store name
  bool optional = false;  // left out when it does not exist
};

struct Volume {
  CString source;  // absolute path on the host, or the name of a volume in the container's data directory
  CString target;  // absolute path inside
  bool named = false;
  bool read_only = false;
  bool no_exec = false;
  bool optional = false;  // left out when the source does not exist
};

struct TmpfsMount {
  CString target;                         // absolute path inside
  std::uint64_t size = 16 * 1024 * 1024;  // bytes
  std::uint32_t mode = 01777;
};

// A user or group: a number, or a name that is looked up inside the container.
struct Identity {
  CString name;  // empty when it is a number
  std::uint32_t number = 0;
};

// Ids `inside` to `inside + count - 1` are those from `outside` on for the host.
struct IdRange {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;  // at least 1; no range reaches 2^32 - 1
};

// Ids from which `userns = auto` takes ranges; `last` 0: those of /etc/subuid and /etc/subgid, or ours.
struct IdPool {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

// What the clocks of a time namespace show more than the host's, in seconds; may be negative.
struct TimeOffset {
  std::int64_t monotonic = 0;
  std::int64_t boottime = 0;
};

// A device of the host that is made visible. `source` may be a pattern in its last component (glob(7): * ? [...]); then
// `target` is empty, and each one keeps its path.
struct DeviceLine {
  CString source;         // absolute path on the host
  CString target;         // absolute path inside; empty: the same
  bool read = true;       // r
  bool write = true;      // w
  bool make = true;       // m: mknod
  bool optional = false;  // may match nothing
};

// A kernel setting of one of the container's own namespaces.
struct Sysctl {
  CString path;  // below /proc/sys: net/ipv4/ip_forward
  CString value;
};

// A resource limit of setrlimit(2).
struct Ulimit {
  static constexpr std::uint64_t unlimited = UINT64_MAX;  // RLIM64_INFINITY

  std::uint8_t resource = 0;  // RLIMIT_*
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

// A resource limit. `required = false`: go on without it when the kernel cannot apply it, and say so in explain.
struct Limit {
  std::optional<std::uint64_t> value;
  bool required = true;
};

struct Resources {
  Limit memory;       // bytes; memory.max, memory.limit_in_bytes
  Limit memory_high;  // bytes; memory.high (v2 only)
  Limit memory_swap;  // bytes of swap beyond `memory`; memory.swap.max, memory.memsw.limit_in_bytes
  Limit cpus;         // thousandths of one processor; cpu.max, cpu.cfs_quota_us
  Limit cpu_weight;   // 1 to 10000, 100 is the kernel's default; cpu.weight, cpu.shares
  Limit pids;         // tasks; pids.max
  CString cpuset;     // list as the kernel writes it: 0-1,3
  bool cpuset_required = true;
  CString cgroup;  // path below the hierarchy's root, empty: microctr/NAME
  bool delegate = false;
};

struct Address {
  std::uint8_t family = 0;  // AF_INET or AF_INET6
  std::uint8_t prefix = 0;  // length in bits
  std::uint8_t bytes[16] = {};
};

struct HardwareAddress {
  std::uint8_t bytes[6] = {};

  bool operator==(const HardwareAddress&) const = default;
};

// One interface inside. `none`, `host` and `container` say what the namespace is, and stand on eth0 only.
struct Interface {
  CString name = "eth0";  // inside, at most 15 characters
  NetworkMode mode = NetworkMode::none;
  CString peer;    // veth: container of the other end, empty: the host; macvlan, ipvlan: parent; interface: device;
                   // container: whose network it is
  CString bridge;  // empty: mc0
  FixedVector<Address, 2> subnets;                    // of a bridge of ours: at most one of each family; prefix counts
  FixedVector<Address, limits::addresses> addresses;  // inside; none on a bridge of ours: one of its subnet is chosen
  bool dhcp = false;
  FixedVector<Address, 2> gateways;    // at most one of each family, prefix unused; on a veth pair the other end
  std::optional<HardwareAddress> mac;  // unset: made of the container's and the interface's name
  std::uint32_t mtu = 0;               // bytes; 0: the kernel's default
  std::optional<bool> nat;             // unset: yes on a bridge of ours, else no
};

// Ports of the host that lead inside: `count` of them from `host_port` to as many from `inside_port`.
struct Publish {
  Address host;  // family 0: every address of the host
  std::uint16_t host_port = 0;
  std::uint16_t inside_port = 0;
  std::uint16_t count = 1;
  bool udp = false;
};

struct HostName {
  CString name;
  Address address;
};

struct Network {
  FixedVector<Interface, limits::interfaces> interfaces;  // eth0 first when it is configured; empty: loopback only
  FixedVector<Publish, limits::publish> publish;
  FixedVector<Address, limits::name_servers> dns;
  FixedVector<CString, limits::search_domains> dns_search;
  FixedVector<HostName, limits::host_names> hosts;  // add_host
  FixedVector<CString, limits::aliases> aliases;

  // What the namespace is: none, host, container, or that of eth0.
  NetworkMode mode() const { return interfaces.empty() ? NetworkMode::none : interfaces[0].mode; }
};

// A command that is run inside from time to time; status 0 is good.
struct HealthCheck {
  FixedVector<CString, limits::health_words> command;  // empty: none
  std::uint64_t interval_ms = 30'000;
  std::uint64_t timeout_ms = 5'000;
  std::uint32_t retries = 3;          // bad checks in a row until it counts
  std::uint64_t start_period_ms = 0;  // from the start on, in which a bad check does not count
};

struct Supervision {
  bool autostart = true;  // with the supervisor of its directory
  ServiceType type = ServiceType::service;
  FixedVector<CString, limits::dependencies> after;      // containers that are up before, where they are started at all
  FixedVector<CString, limits::dependencies> requires_;  // the same, and without them it is not started
  FixedVector<CString, limits::wait_paths> wait_paths;   // absolute host paths that must exist
  std::optional<RestartPolicy> restart;                  // unset: on_failure; `run` knows no restart
  std::uint64_t restart_delay_ms = 1'000;                // before the first restart; doubled each time
  std::uint64_t restart_max_delay_ms = 60'000;
  std::uint32_t restart_limit = 0;  // restarts within restart_window_ms, then it has failed for good; 0: no limit
  std::uint64_t restart_window_ms = 0;
  FailureAction on_failure = FailureAction::none;
  CString failure_start;  // container, for FailureAction::start
  Readiness ready = Readiness::exec;
  CString ready_socket;                // absolute path inside, or [ADDRESS:]PORT; for Readiness::socket
  std::uint64_t start_timeout_ms = 0;  // until it is ready; 0: no limit
  HealthCheck health;
};

struct Spec {
  CString name;
  CString description;
  CString hostname;  // empty: the name
  CString domainname;

  FixedVector<CString, limits::arguments> command;
  CString workdir;  // absolute path inside; empty: /
  std::optional<Identity> user;
  std::optional<Identity> group;
  FixedVector<Identity, limits::groups> groups;
  FixedVector<CString, limits::environment> environment;        // NAME=VALUE
  FixedVector<CString, limits::environment> environment_files;  // a leading '-' is kept: optional
  std::optional<std::uint32_t> umask;
  bool terminal = false;  // tty
  bool init = false;      // a minimal reaper and signal forwarder before the command

  FixedVector<Layer, limits::layers> layers;  // bottom first
  CString rootfs;                             // absolute path of a plain directory; instead of layers
  UpperKind upper = UpperKind::tmpfs;
  CString upper_path;                       // for UpperKind::path: holds `upper` and `work`
  std::optional<std::uint64_t> upper_size;  // bytes, for UpperKind::tmpfs
  bool read_only = false;
  FixedVector<Volume, limits::mounts> volumes;
  FixedVector<TmpfsMount, limits::mounts> tmpfs;
  CString manifest;  // absolute path inside of a file that says what this container is; empty: none

  FixedVector<DeviceLine, limits::device_lines> devices;

  NamespaceSet namespaces;
  UserNamespace user_namespace = UserNamespace::automatic;
  IdPool id_pool;                                     // for UserNamespace::automatic
  FixedVector<IdRange, limits::id_ranges> user_map;   // for UserNamespace::map
  FixedVector<IdRange, limits::id_ranges> group_map;  // empty: as user_map
  std::optional<TimeOffset> time_offset;              // set: a time namespace of its own
  bool nesting = false;                               // containers can run inside

  Resources resources;

  std::uint64_t capabilities_added = 0;  // bit N: capability N (linux/capability.h)
  std::uint64_t capabilities_dropped = 0;
  bool no_new_privileges = true;
  SeccompPolicy seccomp = SeccompPolicy::standard;
  CString seccomp_file;                                 // absolute path on the host
  FixedVector<CString, limits::paths> masked_paths;     // beyond the default ones
  bool default_masks = true;                            // false: masked_path was emptied
  FixedVector<CString, limits::paths> read_only_paths;  // beyond the default ones
  bool default_read_only_paths = true;                  // false: readonly_path was emptied
  FixedVector<Sysctl, limits::sysctls> sysctls;
  FixedVector<Ulimit, limits::ulimits> ulimits;  // each resource once
  std::optional<int> oom_score_adj;              // -1000 to 1000
  CString apparmor;                              // profile
  CString selinux_label;

  Network network;

  int stop_signal = 15;  // SIGTERM
  std::uint64_t stop_timeout_ms = 10'000;

  Supervision supervision;

  LogKind log = LogKind::ring;
  CString log_path;                              // absolute host path, for LogKind::file
  std::uint64_t log_size = limits::log_default;  // bytes: of the ring; of each file
  std::uint32_t log_count = 1;                   // files, for LogKind::file: PATH, PATH.1, ...
};

}  // namespace microctr
