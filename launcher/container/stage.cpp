#include "launcher/container/stage.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <array>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/container/device_nodes.h"
#include "launcher/container/inside.h"
#include "launcher/spec/id_map.h"

namespace microctr {

namespace {

constexpr unsigned copy_tree = 1;                                                   // OPEN_TREE_CLONE
constexpr unsigned with_submounts = 0x8000;                                         // AT_RECURSIVE
constexpr std::uint64_t attributes = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;  // the same bits as MOUNT_ATTR_*

// Where the launcher comes from, and its way back.
class Home {
 public:
  static Result<Home> leave_for(int process) {
    Home home;
    home.mounts_ = TRY(sys::open("/proc/self/ns/mnt", O_RDONLY));
    home.root_ = TRY(sys::open("/", O_PATH | O_DIRECTORY));
    home.here_ = TRY(sys::open(".", O_PATH | O_DIRECTORY));
    // Process 1 shares root and working directory with the kernel's threads from its birth on. Who shares them may not
    // change its mount namespace (setns(2)); with another namespace at once it may go, but not come back alone.
    TRY(sys::unshare(CLONE_FS));
    TRY(sys::set_namespace(process, CLONE_NEWNS));
    home.umask_ = sys::set_umask(0);  // modes are given exactly
    return home;
  }

  // Entering a namespace also changes root and working directory (setns(2)). It can fail for want of memory only, and
  // then for a moment: going on in the container's mounts would be worse than waiting.
  void come_back() const {
    while (!sys::set_namespace(mounts_.get(), CLONE_NEWNS) || !sys::change_directory(root_.get()) ||
           !sys::change_root(".") || !sys::change_directory(here_.get())) {
      (void)sys::sleep_ms(10);
    }
    sys::set_umask(umask_);
  }

  Home() = default;

 private:
  Fd mounts_;
  Fd root_;
  Fd here_;
  std::uint32_t umask_ = 0;
};

class Stage {
 public:
  Stage(LaunchContext& context, int user_namespace) : context_(context), user_namespace_(user_namespace) {}

  Result<void> do_step(const Step& step) {
    switch (step.op) {
      case Op::private_mounts: return sys::mount("none", "/", "", MS_REC | MS_PRIVATE, "");
      case Op::open_names: return make_names(step);
      case Op::stage_tmpfs: return mount_stage(step);
      case Op::map_tree: return map_tree(step);
      case Op::make_upper: return make_upper(step);
      case Op::mount_overlay: return mount_overlay(step);
      case Op::mount: return mount_dev(step);
      case Op::make_devices: return make_devices(step);
      case Op::make_links: return make_links(step);
      case Op::write_names: return write_names_of_root(step);
      default: return fail(ENOSYS, "do a step of another side"_p);
    }
  }

  // The end of act_for_root.
  Result<void> act_for_ourselves() {
    if (!acts_for_root_) return {};
    acts_for_root_ = false;
    return sys::set_file_ids(0, 0);
  }

 private:
  // The container's root, as the host knows it.
  uid_t root_user() const { return outside_of(context_.maps.users.view(), 0).value_or(0); }
  gid_t root_group() const { return outside_of(context_.maps.groups.view(), 0).value_or(0); }

  Result<void> give(CString path) const {
    return sys::change_owner(sys::working_directory, path, root_user(), root_group());
  }

  static Result<void> make_place(CString path) {
    const auto made = sys::make_directory(sys::working_directory, path, 0755);
    return made || made.error().code == EEXIST ? Result<void>() : made;
  }

  // The record disappears below the stage; this comes back on it.
  Result<void> make_names(const Step& step) {
    TRY(make_place(step.target));
    TRY(give(step.target));
    names_ = TRY(sys::open_tree(sys::working_directory, step.target, copy_tree | O_CLOEXEC));
    return {};
  }

  Result<void> mount_stage(const Step& step) {
    TRY(sys::mount("tmpfs", step.target, "tmpfs", step.flags & mount_flags, step.options));
    TRY(sys::change_directory(step.target));
    mounted_ = true;
    if (names_) TRY(attach(names_, CString(staged_names)));
    for (std::size_t index = 0; index < waiting_count_; ++index) {
      TRY(attach(waiting_[index].tree, waiting_[index].target));
    }
    return {};
  }

  // A place of the kind of `source`, a directory or another file.
  static Result<Fd> make_place_for(int source, CString target) {
    if (S_ISDIR(TRY(sys::status(source)).mode)) {
      TRY(sys::make_directory(sys::working_directory, target, 0755));
    } else {
      TRY(sys::open(target, O_WRONLY | O_CREAT | O_EXCL, 0644));
    }
    return sys::open(target, O_PATH | O_NOFOLLOW);
  }

  static Result<void> attach(const Fd& tree, CString target) {
    const Fd place = TRY(make_place_for(tree.get(), target));
    return sys::move_mount(tree.get(), place.get());
  }

  Result<void> map_tree(const Step& step) {
    const auto opened = open_source(step);
    if (!opened) return step.optional && opened.error().code == ENOENT ? Result<void>() : opened.failed();
    const int source = opened.value().get();
    if (mounted_ && (step.flags & mount_map_ids) == 0) {
      const Fd place = TRY(make_place_for(source, step.target));
      return attach_copy(source, place.get(), step.flags);
    }
    const bool recursive = (step.flags & MS_REC) != 0;
    Fd tree =
        TRY(sys::open_tree(source, "", copy_tree | O_CLOEXEC | AT_EMPTY_PATH | (recursive ? with_submounts : 0U)));
    const int map = (step.flags & mount_map_ids) != 0 ? user_namespace_ : -1;
    TRY(sys::set_mount_attributes(tree.get(), step.flags & attributes, recursive, map));
    if (mounted_) return attach(tree, step.target);
    waiting_[waiting_count_++] = {std::move(tree), step.target};
    return {};
  }

  // What is made from here on belongs to the container's root. The change takes the capabilities over files away.
  Result<void> act_for_root() {
    if (acts_for_root_ || (root_user() == 0 && root_group() == 0)) return {};
    const std::uint64_t capabilities = TRY(sys::permitted_capabilities());
    acts_for_root_ = true;
    TRY(sys::set_file_ids(root_user(), root_group()));
    return sys::set_capabilities(capabilities, 0);
  }

  // On the stage the directories show the container's ids as they are; in a kept one they are mapped later.
  Result<void> make_upper(const Step& step) {
    if (step.target.empty()) TRY(act_for_root());
    for (const CString name : {CString("upper"), CString("work")}) {
      TextBuffer<limits::path> path(step.target, step.target.empty() ? "" : "/", name);
      TRY(make_place(path.text()));
    }
    return {};
  }

  // Its work directory is written with the ids of whoever mounts it, and the host's root does not exist where ids are
  // mapped: without this the kernel mounts it read-only.
  Result<void> mount_overlay(const Step& step) {
    if (context_.plan.mapped) TRY(act_for_root());
    TRY(make_place(step.target));
    return sys::mount("overlay", step.target, "overlay", step.flags, step.options);
  }

  Result<void> mount_dev(const Step& step) const {
    TRY(make_place(step.target));
    TextBuffer<96> options(step.options, ",uid=", root_user(), ",gid=", root_group());
    return sys::mount(step.type, step.target, step.type, step.flags & mount_flags, options.text());
  }

  Result<void> make_devices(const Step& step) {
    TRY(act_for_root());
    const Fd dev = TRY(sys::open(step.target, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    return lay_devices(dev.get(), context_.devices.view(), NodeWay::make, context_.maps);
  }

  static Result<void> make_links(const Step& step) {
    const Fd dev = TRY(sys::open(step.target, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    return lay_links(dev.get());
  }

  Result<void> write_names_of_root(const Step& step) {
    TRY(act_for_root());
    const Fd root = TRY(sys::open(staged_root, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    return write_names(context_, step, root.get(), -1, context_.names);
  }

  struct Waiting {
    Fd tree;
    CString target;
  };

  LaunchContext& context_;
  int user_namespace_;
  bool mounted_ = false;        // the stage is there
  bool acts_for_root_ = false;  // for the container's: what we make belongs to it
  Fd names_;
  std::array<Waiting, limits::mounts + 2> waiting_;  // for the stage: volumes, rootfs and the notify socket
  std::size_t waiting_count_ = 0;
};

}  // namespace

Result<void> do_stage_steps(LaunchContext& context, const sys::Child& child) {
  if (!context.plan.staged) return {};
  TextBuffer<40> path("/proc/", child.pid, "/ns/user");
  const Fd user_namespace = TRY(sys::open(path.text(), O_RDONLY));
  Stage stage(context, user_namespace.get());
  const Home home = TRY(Home::leave_for(child.pidfd.get()));
  Result<void> done;
  for (const Step& step : context.plan.steps) {
    if (step.side != Side::stage) continue;
    context.failed = &step;
    done = stage.do_step(step);
    if (!done) break;
    context.failed = nullptr;
  }
  const auto restored = stage.act_for_ourselves();
  home.come_back();
  return done ? restored : done;
}

}  // namespace microctr
