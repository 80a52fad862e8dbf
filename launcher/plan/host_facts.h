// HostFacts: what the machine can do, as far as a plan depends on it. Plain data; in the product only probe fills it.
//
// Text lives in the arena that probe was given. Facts are of one moment: a plan is made right after a probe.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "launcher/base/cstring.h"
#include "launcher/base/limits.h"
#include "launcher/base/places.h"
#include "launcher/base/sys.h"
#include "launcher/spec/spec.h"

namespace microctr {

enum class Controller : std::uint8_t { cpu, cpuset, memory, pids, freezer, devices };
inline constexpr std::size_t controller_count = 6;
inline constexpr std::array<Controller, controller_count> all_controllers = {Controller::cpu,     Controller::cpuset,
                                                                             Controller::memory,  Controller::pids,
                                                                             Controller::freezer, Controller::devices};

constexpr Literal controller_name(Controller controller) {
  switch (controller) {
    case Controller::cpu: return "cpu";
    case Controller::cpuset: return "cpuset";
    case Controller::memory: return "memory";
    case Controller::pids: return "pids";
    case Controller::freezer: return "freezer";
    case Controller::devices: return "devices";
  }
  return "";
}

class ControllerSet {
 public:
  constexpr void add(Controller controller) { bits_ |= bit(controller); }
  constexpr bool has(Controller controller) const { return (bits_ & bit(controller)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint8_t bit(Controller controller) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(controller));
  }
  std::uint8_t bits_ = 0;
};

// The child of the caller's own cgroup that its processes move into (Op::enable_controllers).
inline constexpr Literal caller_cgroup = "/microctr-caller";

struct CgroupFacts {
  CString unified;                                       // mount point of cgroup v2; empty: none
  ControllerSet unified_controllers;                     // what the v2 root offers
  CString own;                                           // v2 cgroup of the caller, "/" at the root; unprivileged only
  bool own_writable = false;                             // it has been delegated to the caller
  bool device_programs = false;                          // programs that decide about devices can be attached to v2
  std::array<CString, controller_count> legacy;          // mount point of each v1 hierarchy; empty: none
  std::array<CString, controller_count> legacy_options;  // its controllers, as mount(2) wants them: "cpu,cpuacct"

  CString legacy_of(Controller controller) const { return legacy[static_cast<std::size_t>(controller)]; }

  // Hierarchies can carry several controllers; this says whether an earlier one stands for `controller` too.
  bool shares_hierarchy(Controller controller) const {
    for (const Controller other : all_controllers) {
      if (other == controller) return false;
      if (!legacy_of(controller).empty() && legacy_of(other) == legacy_of(controller).view()) return true;
    }
    return false;
  }
};

// What there is for user namespaces, as far as a spec needs it.
struct IdFacts {
  Phrase obstacle = {};             // why ids cannot be mapped for this container; empty: they can
  CString obstacle_on = {};         // the path that it is about, or empty
  std::uint64_t plain_volumes = 0;  // bit N: volume N is of a file system of the kernel's own, without owners on disk
  IdPool users;                     // from which `userns = auto` chooses
  IdPool groups;
  FixedVector<IdRange, limits::id_ranges> lent_users;  // of /etc/subuid, to a caller without privilege
  FixedVector<IdRange, limits::id_ranges> lent_groups;
  bool has_helpers = false;                         // newuidmap and newgidmap are installed
  FixedVector<std::uint64_t, 16> look_alikes = {};  // devices whose file system type says more than it can

  bool is_look_alike(std::uint64_t device) const {
    for (const std::uint64_t known : look_alikes) {
      if (known == device) return true;
    }
    return false;
  }
};

// The first process of another container; pid 0: it does not run.
struct PeerProcess {
  pid_t pid = 0;
  std::uint64_t started = 0;  // tells it from a later one with its number (process_time.h)
};

struct HostFacts {
  sys::KernelRelease kernel;
  uid_t user = 0;
  gid_t group = 0;
  bool privileged = false;           // CAP_SYS_ADMIN in the first user namespace: containers without one of their own
  bool root_is_rootfs = false;       // initramfs: pivot_root refuses
  std::uint32_t missing_layers = 0;  // bit N: the optional layer N of the spec does not exist
  bool apparmor = false;             // the kernel enforces its profiles; known only when the spec names one
  bool selinux = false;              // the same for a label
  CgroupFacts cgroup;
  IdFacts ids;
  Places places;

  // First processes of running containers, 0 where there is none.
  std::array<PeerProcess, limits::interfaces> peers = {};  // the one that interface N of the spec names
  PeerProcess sharer;  // one that still is in the network namespace of an earlier life of this container

  constexpr bool kernel_at_least(unsigned major, unsigned minor) const {
    return kernel.major > major || (kernel.major == major && kernel.minor >= minor);
  }
};

}  // namespace microctr
