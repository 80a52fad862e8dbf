// /etc/hostname, /etc/hosts and /etc/resolv.conf of a container that starts.
//
// In a writable overlay they are made anew in the merged root: a node that a layer has in their place is neither
// followed nor opened. Where the root may not be changed they are made in the record and bound over what is there, or
// left out where nothing is. A directory in place of a file, and an /etc that is not the root's own, is left alone.

#include <fcntl.h>
#include <sys/mount.h>

#include "launcher/base/file.h"
#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/container/inside.h"
#include "launcher/container/name_texts.h"

namespace microctr {

namespace {

constexpr unsigned readable_by_all = 0644;

// What a layer may have made of the place; the container goes without the file then.
bool is_no_place(int code) {
  return code == ENOTDIR || code == EISDIR || code == ELOOP || code == EXDEV || code == EBUSY;
}

// In a user namespace an /etc whose owner does not exist there cannot be written (EOVERFLOW).
bool may_not_write(int code) { return code == EOVERFLOW || code == EACCES; }

Result<Fd> open_etc(int root) {
  auto directory = open_own_directory(root, "/etc");
  if (directory || directory.error().code != ENOENT) return directory;
  return open_mount_point(root, "/etc", MountPoint::directory, Symlinks::refuse, Missing::create);
}

// False: something else keeps the place.
Result<bool> write_new(int directory, CString name, std::string_view text) {
  // What is there is renamed over, not removed: that would leave a whiteout in the upper layer.
  const auto made = replace_node(directory, name, aside_names, text, readable_by_all);
  if (made) return true;
  if (is_no_place(made.error().code) || may_not_write(made.error().code)) return false;
  return made.failed();
}

// False: there is nothing to bind it over.
Result<bool> write_and_bind(const Spec& spec, int root, int names, CString name, std::string_view text) {
  const bool may_make = spec.rootfs.empty() && spec.upper != UpperKind::none;
  TextBuffer<32> path("/etc/", name);
  const auto target = open_mount_point(root, path.text(), MountPoint::file, Symlinks::follow,
                                       may_make ? Missing::create : Missing::refuse);
  if (!target) {
    const int code = target.error().code;
    if (is_no_place(code) || code == ENOENT || code == EACCES) return false;
    return target.failed();
  }
  if (S_ISLNK(TRY(sys::status(target.value().get())).mode)) return false;  // it leads nowhere
  const Fd file = TRY(sys::open_at(names, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, readable_by_all));
  TRY(write_all(file.get(), text));
  TRY(attach_copy(file.get(), target.value().get(), MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC));
  return true;
}

// Writes the files of one start into `directory`, or binds them.
class NameWriter {
 public:
  NameWriter(const LaunchContext& context, std::uint64_t files, int root, int names)
      : context_(context),
        files_(files),
        root_(root),
        names_(names),
        texts_(context.facts.places.runtime, context.entries) {}

  Result<void> write(int directory, NameHashes& hashes) {
    const Spec& spec = *context_.plan.spec;
    const NetworkState& network = context_.network;
    if ((files_ & names_hostname) != 0) {
      TextBuffer<128> text(spec.hostname.empty() ? spec.name : spec.hostname, "\n");
      TRY(put(directory, "hostname", text.view()));
    }
    if ((files_ & names_hosts) != 0) {
      const auto text = TRY(texts_.hosts(spec, network.interfaces.view()));
      hashes.hosts = TRY(put(directory, "hosts", text));
    }
    if ((files_ & names_resolver) != 0) {
      std::span<const Address> gateways;
      if (!network.interfaces.empty()) gateways = network.interfaces[0].gateways.view();
      const auto text = TRY(texts_.resolver(spec, gateways));
      hashes.resolver = TRY(put(directory, "resolv.conf", text));
    }
    return {};
  }

 private:
  // The hash of what is there now; 0: it is not ours.
  Result<std::uint64_t> put(int directory, CString name, std::string_view text) {
    const bool bound = (files_ & names_bound) != 0;
    const bool done =
        TRY(bound ? write_and_bind(*context_.plan.spec, root_, names_, name, text) : write_new(directory, name, text));
    return done ? hash_names(text) : 0;
  }

  const LaunchContext& context_;
  std::uint64_t files_;
  int root_;
  int names_;
  NameTexts texts_;
};

}  // namespace

Result<void> open_names(Inside& inside, const Step& step) {
  if (inside.plan.staged) {  // the launcher has made it ours
    inside.names_directory = TRY(sys::open_at(inside.stage.get(), step.target, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    return {};
  }
  const auto made = sys::make_directory(sys::working_directory, step.target, 0755);
  if (!made && made.error().code != EEXIST) return made;
  inside.names_directory = TRY(sys::open(step.target, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  return {};
}

Result<void> write_names(const LaunchContext& context, const Step& step, int root, int names, NameHashes& hashes) {
  NameWriter writer(context, step.flags, root, names);
  if ((step.flags & names_bound) != 0) return writer.write(-1, hashes);
  const auto etc = open_etc(root);
  if (etc) return writer.write(etc.value().get(), hashes);
  if (is_no_place(etc.error().code) || may_not_write(etc.error().code)) return {};
  return etc.failed();
}

}  // namespace microctr
