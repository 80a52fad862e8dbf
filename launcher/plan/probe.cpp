#include "launcher/plan/probe.h"

#include <fcntl.h>
#include <linux/capability.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/static_object.h"
#include "launcher/base/text.h"
#include "launcher/plan/mount_list.h"

namespace microctr {

namespace {

bool has_option(std::string_view options, std::string_view wanted) {
  while (!options.empty()) {
    if (cut(options, ',') == wanted) return true;
  }
  return false;
}

// Of the options of a v1 mount only the controllers: the others ("rw", "xattr", "release_agent=...") are not repeated.
Result<CString> controllers_of(std::string_view options, Arena& arena) {
  constexpr std::string_view known =
      ",blkio,cpu,cpuacct,cpuset,devices,freezer,hugetlb,memory,net_cls,net_prio,perf_event,pids,rdma,misc,";
  TextBuffer<256> list;
  while (!options.empty()) {
    const std::string_view option = cut(options, ',');
    TextBuffer<64> quoted(",", option, ",");
    if (known.find(quoted.view()) == std::string_view::npos) continue;
    list.add(list.size() == 0 ? "" : ",", option);
  }
  return arena.copy(list.view());
}

// The last mount on a path is the one that is seen; a later line replaces an earlier one.
Result<void> note_mount(const MountLine& mount, HostFacts& facts, Arena& arena) {
  // pivot_root(2) refuses for a root without a parent mount. That is the initramfs itself, but not a bind mount of it
  // that has been moved over it, which has the same type.
  if (mount.point == "/") facts.root_is_rootfs = !mount.has_parent;
  if (mount.type == "cgroup2" && facts.cgroup.unified.empty()) facts.cgroup.unified = TRY(arena.copy(mount.point));
  if (mount.type != "cgroup") return {};
  for (const Controller controller : all_controllers) {
    CString& known = facts.cgroup.legacy[static_cast<std::size_t>(controller)];
    if (known.empty() && has_option(mount.super_options, controller_name(controller).view())) {
      known = TRY(arena.copy(mount.point));
      facts.cgroup.legacy_options[static_cast<std::size_t>(controller)] =
          TRY(controllers_of(mount.super_options, arena));
    }
  }
  return {};
}

// File systems that cannot map ids, but say that they are of the kind of one that can: for statfs(2) ext2 and ext3 are
// ext4, also where its driver mounts them, and devtmpfs is tmpfs. Beyond the limit, a start says what is wrong.
void note_look_alike(const MountLine& mount, IdFacts& ids) {
  if (mount.type != "ext2" && mount.type != "ext3" && mount.type != "devtmpfs") return;
  std::string_view minor = mount.device;
  const auto major = parse_number(cut(minor, ':'), 0xfff);
  const auto number = parse_number(minor, 0xfffff);
  if (!major || !number) return;
  const std::uint64_t device =
      sys::device_number(static_cast<std::uint32_t>(*major), static_cast<std::uint32_t>(*number));
  if (!ids.is_look_alike(device)) (void)ids.look_alikes.push(device);
}

Result<void> read_mounts(HostFacts& facts, Arena& arena) {
  Bytes<limits::path * 2> buffer;
  MountList list(TRY(sys::open("/proc/self/mountinfo", O_RDONLY)), buffer);
  for (MountLine mount = TRY(list.next()); !mount.point.empty(); mount = TRY(list.next())) {
    note_look_alike(mount, facts.ids);
    TRY(note_mount(mount, facts, arena));
  }
  return {};
}

// The caller's own cgroup, of which a user may have been given the controllers.
Result<void> read_own_cgroup(CgroupFacts& cgroup, Arena& arena, std::span<char> buffer) {
  std::string_view lines = TRY(read_file(sys::working_directory, "/proc/self/cgroup", buffer));
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    if (!line.starts_with("0::")) continue;
    if (line.ends_with(caller_cgroup.view())) line.remove_suffix(caller_cgroup.view().size());
    cgroup.own = TRY(arena.copy(after(line, 3)));
  }
  TextBuffer<limits::path> own(cgroup.unified, cgroup.own);
  cgroup.own_writable = static_cast<bool>(sys::access(sys::working_directory, own.text(), W_OK));
  return {};
}

Result<void> read_unified(HostFacts& facts, Arena& arena) {
  CgroupFacts& cgroup = facts.cgroup;
  Bytes<4096> buffer;
  if (!facts.privileged) TRY(read_own_cgroup(cgroup, arena, buffer));
  TextBuffer<limits::path> path(cgroup.unified, cgroup.own, "/cgroup.controllers");
  std::string_view words = TRY(read_value(sys::working_directory, path.text(), buffer));
  if (!words.empty() && words.back() == '\n') words.remove_suffix(1);
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    for (const Controller controller : all_controllers) {
      if (word == controller_name(controller).view()) cgroup.unified_controllers.add(controller);
    }
  }
  // v2 has the freezer's function in every cgroup, without a controller.
  cgroup.unified_controllers.add(Controller::freezer);
  return {};
}

// In another user namespace than the first one, root may not make device nodes, and its cgroups and links are not its
// own: it is planned for like any other user. The first one's number is part of the kernel's interface
// (USER_NS_INIT_INO of linux/nsfs.h); a kernel without user namespaces has no such file.
Result<bool> is_initial_user_namespace() {
  Bytes<64> buffer;
  const auto name = sys::read_link(sys::working_directory, "/proc/self/ns/user", buffer);
  if (!name) return name.error().code == ENOENT ? Result<bool>(true) : name.failed();
  return name.value() == "user:[4026531837]";
}

}  // namespace

Result<void> probe(const Places& places, Arena& arena, HostFacts& facts) {
  make_anew(facts);
  facts.places = places;
  facts.kernel = sys::kernel_release();
  facts.user = sys::user_id();
  facts.group = sys::group_id();
  const bool administrator = (TRY(sys::effective_capabilities()) >> CAP_SYS_ADMIN & 1) != 0;
  facts.privileged = administrator && TRY(is_initial_user_namespace());
  TRY(read_mounts(facts, arena));
  if (!facts.cgroup.unified.empty()) TRY(read_unified(facts, arena));
  if (facts.privileged && !facts.cgroup.unified.empty()) facts.cgroup.device_programs = sys::has_device_programs();
  return {};
}

void probe_layers(const Spec& spec, HostFacts& facts) {
  static_assert(limits::layers <= 32, "one bit each");
  for (std::size_t index = 0; index < spec.layers.size(); ++index) {
    const Layer& layer = spec.layers[index];
    if (!layer.optional) continue;
    TextBuffer<limits::path> path(layer.in_store ? facts.places.data : CString(), layer.in_store ? "/layers/" : "",
                                  layer.name);
    const auto there = sys::status_at(sys::working_directory, path.text(), 0);
    if (!there && there.error().code == ENOENT) facts.missing_layers |= 1U << index;
  }
}

}  // namespace microctr
