// What the process knows of itself on its way to becoming the container, and the steps that it can do.
//
// All of it runs in the child's own copy of memory; what takes no Inside also in the launcher, when it puts the stage
// together (stage.h). From enter_root on, paths are resolved below `root`.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/container/filter.h"
#include "launcher/container/identity.h"
#include "launcher/container/launch.h"

namespace microctr {

struct Inside {
  const LaunchContext& context;
  const Plan& plan;
  Fd root = {};            // the container's "/"; the host's where there is no mount namespace
  Fd stage = {};           // what the launcher has put together for us, where it has (stage.h)
  Resolved identity = {};  // valid after know_identity
  bool identity_known = false;
  bool is_root = false;     // user and group 0 without further groups, by become_root
  Fd names_directory = {};  // of the record; for files that are bound
  NameHashes names = {};    // of what has been written
  int sealed = -1;          // the sealed program, where the plan has one
  Filter filter = Filter::not_at_exec;
  int proc = -1;  // the container's verified /proc, once masks.cpp has needed it; exec closes it
  Fd dev = {};    // our /dev, once its links are there, and the working directory as long as `in_dev`
  bool in_dev = false;
  Fd clocks = {};    // timens_offsets, from before we have been hidden; for shift_clocks
  Fd terminal = {};  // from open_terminal to new_session
  Fd notify = {};    // from open_notify to its bind
};

Result<void> do_inside_step(Inside& inside, const Step& step);  // inside_step.cpp

// root.cpp
Result<void> stage_tmpfs(const Step& step);
Result<void> make_upper();
Result<void> mount_overlay(const Step& step);
Result<void> bind_root(const Step& step);
Result<void> enter_root(Inside& inside, const Step& step);
Result<void> pivot_into_root(Inside& inside);
Result<void> move_into_root(Inside& inside);
Result<void> protect_root();
Result<void> write_manifest(Inside& inside, const Step& step);

// mounts.cpp
Result<void> mount_inside(Inside& inside, const Step& step);
Result<void> bind_inside(Inside& inside, const Step& step);
Result<void> open_notify(Inside& inside, const Step& step);
// Opens what a step binds, O_PATH. ELOOP: a link stands in the place of a directory of ours (CVE-2024-42472).
Result<Fd> open_source(const Step& step);
Result<void> move_in(Inside& inside, const Step& step);
// A copy of the mount tree at `source` is attached to `target`, with the MS_* `flags` ro, nosuid, nodev, noexec, and
// MS_REC for what is mounted below it.
Result<void> attach_copy(int source, int target, std::uint64_t flags);

// masks.cpp
Result<void> mask_paths(Inside& inside, const Step& step);
Result<void> protect_paths(Inside& inside, const Step& step);
Result<void> write_sysctl(Inside& inside, const Step& step);

// time_namespace.cpp
inline constexpr std::uint64_t new_time_namespace = 0x80;  // CLONE_NEWTIME, which older headers lack
Result<void> shift_clocks(const Inside& inside);

// write_names.cpp
Result<void> open_names(Inside& inside, const Step& step);
// In the root at `root`, as the container's root; `names` is the directory for files that are bound. `hashes` becomes
// what has been written.
Result<void> write_names(const LaunchContext& context, const Step& step, int root, int names, NameHashes& hashes);

// devices.cpp
Result<Fd> open_own_dev(int root, CString path);  // our tmpfs, and not what may have come into its place: EPERM
Result<void> make_devices(Inside& inside, const Step& step);
Result<void> make_device_links(Inside& inside, const Step& step);
Result<void> lay_links(int dev);

// program.cpp
Result<void> set_directory(const Step& step);
Result<void> execute_program(Inside& inside);  // returns only when it has failed

}  // namespace microctr
