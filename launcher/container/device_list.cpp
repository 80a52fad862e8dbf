#include "launcher/container/device_list.h"

#include <fcntl.h>

#include "launcher/base/directory_list.h"
#include "launcher/base/glob.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/spec/word_list.h"

namespace microctr {

namespace {

// What every container has of its own in /dev; a pattern passes it over.
constexpr char own_places[] = "console fd mqueue ptmx pts shm stderr stdin stdout";

constexpr Phrase missing_hint =
    "is it plugged in, and its module loaded? write -PATH for a device that may be missing"_p;

bool is_device(const sys::Status& status) { return S_ISCHR(status.mode) || S_ISBLK(status.mode); }

// Of an absolute path whose first component is dev (validate).
CString below_dev(CString path) {
  std::string_view rest = path;
  while (!rest.empty() && cut(rest, '/') != "dev") {
  }
  return rest.empty() ? CString() : CString::from_terminated(rest);
}

std::uint8_t access_of(const DeviceLine& line) {
  return static_cast<std::uint8_t>((line.make ? access_make : 0U) | (line.read ? access_read : 0U) |
                                   (line.write ? access_write : 0U));
}

class Collector {
 public:
  Collector(Arena& arena, DeviceList& devices) : arena_(arena), devices_(devices) {}

  Result<void> take(const DeviceLine& line) {
    const std::size_t slash = last_position(line.source.view(), '/');
    const TextBuffer<limits::path> directory(leading(line.source.view(), slash + 1));
    const CString name = line.source.from(slash + 1);
    if (!has_wildcard(name)) return take_one(line, directory.text(), name);
    return take_matching(line, directory.text(), name);
  }

 private:
  Result<void> take_one(const DeviceLine& line, CString directory, CString name) {
    const auto status = sys::status_at(sys::working_directory, line.source, 0);
    if (!status) {
      const int code = status.error().code;
      if (code != ENOENT && code != ENOTDIR && code != ENXIO) return status.failed();
      return line.optional ? Result<void>() : refuse_missing(line, directory, name);
    }
    if (S_ISDIR(status.value().mode)) {
      return fail(EISDIR, "take the device"_p, line.source, "for each device that is in it, write DIRECTORY/*"_p);
    }
    if (!is_device(status.value())) {
      return fail(ENODEV, "take the device"_p, line.source, "it is another kind of file: volume = takes those"_p);
    }
    return add(line, line.source, line.target.empty() ? line.source : line.target, status.value());
  }

  // What is no device is passed over, as are links that lead nowhere.
  Result<void> take_matching(const DeviceLine& line, CString directory, CString pattern) {
    const auto opened = sys::open(directory, O_RDONLY | O_DIRECTORY);
    if (!opened && opened.error().code != ENOENT) return opened.failed();
    bool any = false;
    if (opened) any = TRY(take_from(line, opened.value().get(), directory, pattern));
    if (any || line.optional) return {};
    return fail(ENOENT, "find a device like"_p, line.source, missing_hint);
  }

  Result<bool> take_from(const DeviceLine& line, int directory, CString path, CString pattern) {
    bool any = false;
    DirectoryList names(directory);
    while (true) {
      const CString name = TRY(names.next());
      if (name.empty()) return any;
      if (!matches_pattern(pattern, name) || (path == "/dev/" && find_word(own_places, name))) continue;
      const auto status = sys::status_at(directory, name, 0);
      if (!status || !is_device(status.value())) continue;
      const CString source = TRY(arena_.join(path, name));
      TRY(add(line, source, source, status.value()));
      any = true;
    }
  }

  Result<void> add(const DeviceLine& line, CString source, CString place, const sys::Status& status) {
    const DeviceNode node = {.path = below_dev(place),
                             .source = source,
                             .number = status.rdev,
                             .mode = status.mode,
                             .group = status.group,
                             .access = access_of(line)};
    for (DeviceNode& other : devices_) {
      if (other.path != node.path) continue;
      other = node;
      return {};
    }
    if (devices_.push(node)) return {};
    return fail(E2BIG, "take more devices (limit 128)"_p, source, "write a narrower pattern"_p);
  }

  // Says which name in the same directory is most like the one that is missing.
  static Result<void> refuse_missing(const DeviceLine& line, CString directory, CString name) {
    constexpr unsigned still_alike = 2;
    TextBuffer<limits::path> subject(line.source);
    TextBuffer<256> nearest;  // NAME_MAX and its NUL
    unsigned smallest = still_alike + 1;
    if (const auto opened = sys::open(directory, O_RDONLY | O_DIRECTORY); opened) {
      DirectoryList names(opened.value().get());
      for (auto other = names.next(); other && !other.value().empty(); other = names.next()) {
        const unsigned distance = edit_distance(name, other.value());
        if (distance >= smallest) continue;
        smallest = distance;
        nearest.clear();
        nearest.add(other.value());
      }
    }
    if (nearest.size() != 0) subject.add(" (there is "_p, nearest.view(), ")");
    return fail(ENOENT, "find the device"_p, subject.text(), missing_hint);
  }

  Arena& arena_;
  DeviceList& devices_;
};

}  // namespace

Result<void> collect_devices(std::span<const DeviceLine> lines, Arena& arena, DeviceList& devices) {
  devices.clear();
  Collector collector(arena, devices);
  for (const DeviceLine& line : lines) TRY(collector.take(line));
  return {};
}

}  // namespace microctr
