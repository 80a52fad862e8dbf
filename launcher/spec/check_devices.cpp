// Devices: where they appear, and that nothing is there already.

#include "launcher/base/text.h"
#include "launcher/spec/check.h"
#include "launcher/spec/path_text.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

// What each container's /dev has.
constexpr char own_nodes[] = "null zero full random urandom tty ptmx console fd stdin stdout stderr pts shm mqueue";
constexpr char own_folders[] = "pts shm mqueue";

CString place_of(const DeviceLine& device) { return device.target.empty() ? device.source : device.target; }

// The next component that counts; empty at the end.
std::string_view next_component(std::string_view& rest) {
  while (!rest.empty()) {
    const std::string_view component = cut(rest, '/');
    if (!component.empty() && component != ".") return component;
  }
  return {};
}

void check_place(const Check& check, std::size_t index, CString place) {
  if (!is_absolute(place)) {
    return check.fault(Key::device, index, "'@' is not an absolute path inside (begin with /)"_p, place);
  }
  if (climbs(place)) {
    return check.fault(Key::device, index, "'@' contains '..' (write the path without it)"_p, place);
  }
  std::string_view rest = place;
  const std::string_view top = next_component(rest);
  const std::string_view node = next_component(rest);
  if (top != "dev" || node.empty()) {
    return check.fault(Key::device, index, "'@' is not below /dev (write PATH:TARGET with a target below /dev)"_p,
                       place);
  }
  const bool is_in_folder = !next_component(rest).empty();
  if (find_word(is_in_folder ? Literal(own_folders) : Literal(own_nodes), node)) {
    check.fault(Key::device, index, "'@' is there already (remove the line, or write another target)"_p, place);
  }
}

}  // namespace

void check_devices(const Check& check) {
  const auto& devices = check.spec.devices;
  if (devices.empty()) return;
  if (!check.spec.namespaces.mount) {
    check.fault(Key::device, 0, "needs a mount namespace (add mount to namespaces, or remove the key)"_p);
  }
  for (std::size_t index = 0; index < devices.size(); ++index) {
    const CString place = place_of(devices[index]);
    check_place(check, index, place);
    for (std::size_t before = 0; before < index; ++before) {
      if (!is_same_path(place_of(devices[before]), place)) continue;
      check.fault_again(Key::device, index, "'@' is given already (first at &; keep one)"_p, place,
                        check.origins.of(Key::device, before));
      break;
    }
  }
}

}  // namespace microctr
