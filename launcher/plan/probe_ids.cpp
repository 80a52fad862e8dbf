// What a spec's user namespace depends on: whether the kernel and the file systems can map ids, and which ids there
// are.

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/plan/mount_list.h"
#include "launcher/plan/probe.h"
#include "launcher/spec/id_map.h"
#include "launcher/spec/path_text.h"

namespace microctr {

namespace {

constexpr std::uint32_t tmpfs = 0x01021994;

struct Version {
  TableText<12> name;  // as /proc/self/mountinfo has it
  std::uint32_t magic;
  std::uint8_t major;
  std::uint8_t minor;
};

// File systems that show ids mapped (FS_ALLOW_IDMAP), by their f_type (linux/magic.h), and since which Linux. Overlay
// takes such layers since 5.19, so that nothing older counts.
constexpr Version mappable[] = {
    {"ext4", 0x0000ef53, 5, 12},  {"xfs", 0x58465342, 5, 12},     {"vfat", 0x00004d44, 5, 12},
    {"btrfs", 0x9123683e, 5, 15}, {"ntfs3", 0x7366746e, 5, 15},   {"f2fs", 0xf2f52010, 5, 18},
    {"erofs", 0xe0f5e1e2, 5, 19}, {"squashfs", 0x73717368, 6, 2}, {"tmpfs", tmpfs, 6, 3},
    {"ceph", 0x00c36400, 6, 7},
};

// The kernel's own: what they show has no owner on a disk.
constexpr std::uint32_t plain[] = {0x00009fa0 /* proc */,   0x62656572 /* sysfs */,   0x63677270 /* cgroup2 */,
                                   0x0027e0eb /* cgroup */, 0x64626720 /* debugfs */, 0x74726163 /* tracefs */};

// 0x40000000 to 0x6fffffff: within what systemd and others leave to containers, and beyond what useradd lends to users.
constexpr IdPool default_pool = {0x40000000, 0x6fffffff};

Bytes<limits::passwd_file> text_storage;

class IdProbe {
 public:
  IdProbe(const Spec& spec, HostFacts& facts, Arena& arena)
      : spec_(spec), facts_(facts), ids_(facts.ids), arena_(arena) {}

  Result<void> probe() {
    const bool automatic = spec_.user_namespace == UserNamespace::automatic;
    if (!automatic && spec_.user_namespace != UserNamespace::map) return {};
    if (!facts_.privileged) return automatic ? Result<void>() : read_lent();
    TRY(find_obstacle());
    if (!automatic || !ids_.obstacle.empty()) return {};
    return choose_pools();
  }

 private:
  Result<void> find_obstacle() {
    if (spec_.namespaces.none()) return say("a host service is a part of the machine"_p);
    if (!spec_.namespaces.mount) return say("there is no mount namespace in which ids could be mapped"_p);
    const bool shares_network = !spec_.namespaces.network || spec_.network.mode() == NetworkMode::host;
    if (shares_network && spec_.user_namespace == UserNamespace::automatic)
      return say("in the host's network a user namespace has no power over ports and links"_p);
    if (!facts_.kernel_at_least(5, 19)) return say("mapping ids of layers needs Linux 5.19"_p);
    Bytes<32> storage;
    const auto most = read_value(sys::working_directory, "/proc/sys/user/max_user_namespaces", storage);
    if (!most) return say("the kernel has no user namespaces (CONFIG_USER_NS)"_p);
    if (trim(leading(most.value(), most.value().size() - 1)) == "0")
      return say("user namespaces are switched off (user.max_user_namespaces)"_p);
    return look_at_paths();
  }

  Result<void> look_at_paths() {
    if (is_root_path(spec_.rootfs)) return say("the machine's own root is full of what cannot map ids"_p);
    if (!spec_.rootfs.empty()) {
      TRY(look_at(spec_.rootfs));
      TRY(look_below(spec_.rootfs));
    }
    TextBuffer<limits::path> path;
    for (const Layer& layer : spec_.layers) {
      path.clear();
      if (layer.in_store) path.add(facts_.places.data, "/layers/");
      TRY(look_at(path.add(layer.name).text()));
    }
    if (spec_.upper == UpperKind::path) TRY(look_at(spec_.upper_path));
    if (spec_.upper == UpperKind::persistent) TRY(look_at(facts_.places.data));
    for (std::size_t index = 0; index < spec_.volumes.size(); ++index) {
      const Volume& volume = spec_.volumes[index];
      if (volume.named) {
        TRY(look_at(facts_.places.data));
        continue;
      }
      if (is_plain(volume.source)) {
        ids_.plain_volumes |= std::uint64_t{1} << index;
      } else {
        TRY(look_at(volume.source));
        TRY(look_below(volume.source));
      }
    }
    return {};
  }

  bool is_plain(CString path) const {
    const auto type = sys::file_system_type(path);
    if (!type) return false;
    for (const std::uint32_t magic : plain) {
      if (type.value() == magic) return true;
    }
    return type.value() == tmpfs && is_look_alike(path);  // devtmpfs
  }

  bool is_look_alike(CString path) const {
    const auto status = sys::status_at(sys::working_directory, path, 0);
    return status && ids_.is_look_alike(status.value().device);
  }

  // What does not exist yet is made below what does.
  Result<void> look_at(CString path) {
    if (!ids_.obstacle.empty()) return {};
    TextBuffer<limits::path> at(path);
    auto type = sys::file_system_type(at.text());
    while (!type && type.error().code == ENOENT && at.size() > 1) {
      const TextBuffer<limits::path> above(leading(at.view(), last_position(at.view(), '/')));
      at.clear();
      at.add(above.size() == 0 ? "/" : above.view());
      type = sys::file_system_type(at.text());
    }
    if (!type) return {};  // whoever uses it says what is wrong
    for (const Version& version : mappable) {
      if (type.value() == version.magic && facts_.kernel_at_least(version.major, version.minor) &&
          !is_look_alike(at.text()))
        return {};
    }
    ids_.obstacle_on = TRY(arena_.copy(path));
    return say("the file system cannot map ids:"_p);
  }

  // A bind takes along what is mounted below its source, and ids must be mapped there, too.
  Result<void> look_below(CString named) {
    if (!ids_.obstacle.empty()) return {};
    const auto place = sys::open(named, O_PATH);
    if (!place) return {};  // whoever uses it says what is wrong
    // As the mount list has it, whatever links, slashes and dots lead there.
    Bytes<limits::path> storage;
    const TextBuffer<32> descriptor("/proc/self/fd/", place.value().get());
    const std::string_view source = TRY(sys::read_link(sys::working_directory, descriptor.text(), storage));
    Bytes<limits::path * 2> buffer;
    MountList list(TRY(sys::open("/proc/self/mountinfo", O_RDONLY)), buffer);
    for (MountLine mount = TRY(list.next()); !mount.point.empty(); mount = TRY(list.next())) {
      const bool below = mount.point.starts_with(source) && mount.point.size() > source.size() &&
                         (source == "/" || mount.point[source.size()] == '/');
      if (!below || can_map(mount.type)) continue;
      ids_.obstacle_on = TRY(arena_.copy(mount.point));
      return say("a file system that is mounted there cannot map ids:"_p);
    }
    return list.has_lost() ? say("of a mount the paths are too long to see whether it is below a volume or rootfs"_p)
                           : Result<void>();
  }

  bool can_map(std::string_view type) const {
    for (const Version& version : mappable) {
      if (type == version.name.text() && facts_.kernel_at_least(version.major, version.minor)) return true;
    }
    return false;
  }

  Result<void> say(Phrase obstacle) {
    ids_.obstacle = obstacle;
    return {};
  }

  // "NAME:FIRST:COUNT" for `name` or the number `id`, as subuid(5).
  template <typename Function>
  static void for_each_line(std::string_view text, std::string_view name, std::string_view id, Function function) {
    while (!text.empty()) {
      std::string_view line = cut(text, '\n');
      const std::string_view owner = cut(line, ':');
      if (owner.empty() || (owner != name && owner != id)) continue;
      const auto first = parse_number(cut(line, ':'), UINT32_MAX - 1);
      const auto count = parse_number(line, UINT32_MAX - 1);
      if (!first || !count || *count == 0 || *count > UINT32_MAX - *first) continue;
      function(static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*count));
    }
  }

  // A missing file lends nothing.
  static Result<std::string_view> read_lines(CString path) {
    const auto text = read_file(sys::working_directory, path, text_storage);
    if (text || text.error().code != ENOENT) return text;
    return std::string_view();
  }

  // The first line of microctr that holds a range.
  static Result<IdPool> pool_of(CString path) {
    IdPool pool = default_pool;
    bool found = false;
    for_each_line(TRY(read_lines(path)), "microctr", "", [&](std::uint32_t first, std::uint32_t count) {
      if (found || count < id_range_size) return;
      pool = {first, first + (count - 1)};
      found = true;
    });
    return pool;
  }

  Result<void> choose_pools() {
    ids_.users = ids_.groups = spec_.id_pool;
    if (spec_.id_pool.last != 0) return {};
    ids_.users = TRY(pool_of("/etc/subuid"));
    ids_.groups = TRY(pool_of("/etc/subgid"));
    return {};
  }

  // The caller's name in the host's /etc/passwd, "" without one.
  Result<CString> own_name() {
    std::string_view text = TRY(read_lines("/etc/passwd"));
    while (!text.empty()) {
      std::string_view line = cut(text, '\n');
      const std::string_view name = cut(line, ':');
      (void)cut(line, ':');
      if (parse_number(cut(line, ':'), UINT32_MAX) == facts_.user) return arena_.copy(name);
    }
    return CString();
  }

  static Result<void> read_lent_of(CString path, std::string_view name, std::string_view id,
                                   FixedVector<IdRange, limits::id_ranges>& lent) {
    for_each_line(TRY(read_lines(path)), name, id, [&](std::uint32_t first, std::uint32_t count) {
      (void)lent.push({0, first, count});
    });
    return {};
  }

  Result<void> read_lent() {
    const CString name = TRY(own_name());
    const TextBuffer<16> id(facts_.user);
    TRY(read_lent_of("/etc/subuid", name, id.view(), ids_.lent_users));
    TRY(read_lent_of("/etc/subgid", name, id.view(), ids_.lent_groups));
    for (const CString helper : {CString("/usr/bin/newuidmap"), CString("/bin/newuidmap")}) {
      ids_.has_helpers = ids_.has_helpers || sys::access(sys::working_directory, helper, 1);  // X_OK
    }
    return {};
  }

  const Spec& spec_;
  HostFacts& facts_;
  IdFacts& ids_;
  Arena& arena_;
};

}  // namespace

Result<void> probe_ids(const Spec& spec, HostFacts& facts, Arena& arena) { return IdProbe(spec, facts, arena).probe(); }

}  // namespace microctr
