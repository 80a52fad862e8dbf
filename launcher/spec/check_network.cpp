// What belongs together across the interfaces of a container; check_interface.cpp looks at each alone.

#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/check.h"
#include "launcher/spec/network_mode.h"

namespace microctr {
namespace {

void check_no_further(const Check& check) {
  const auto& interfaces = check.spec.network.interfaces;
  const NetworkMode mode = check.spec.network.mode();
  if (mode != NetworkMode::host && mode != NetworkMode::container) return;
  for (std::size_t number = 1; number < interfaces.size(); ++number) {
    check.fault({Key::network, number}, "nothing can be added to the network of network = @ (remove & or change @)"_p,
                mode_name(mode), interfaces[number].name);
  }
}

void check_same_addresses(const Check& check, std::size_t first, std::size_t second) {
  const auto& earlier = check.spec.network.interfaces[first].addresses;
  const auto& later = check.spec.network.interfaces[second].addresses;
  for (std::size_t index = 0; index < later.size(); ++index) {
    for (std::size_t before = 0; before < earlier.size(); ++before) {
      if (!is_same_address(earlier[before], later[index])) continue;
      TextBuffer<64> text;
      format_address(later[index], text);
      check.fault_again({Key::ip, second}, index, "@ is given twice (first at &; keep one)"_p, text.view(),
                        check.origins.of({Key::ip, first}, before));
    }
  }
}

void check_default_routes(const Check& check, std::size_t first, std::size_t second) {
  const auto& earlier = check.spec.network.interfaces[first].gateways;
  const auto& later = check.spec.network.interfaces[second].gateways;
  for (std::size_t index = 0; index < later.size(); ++index) {
    for (std::size_t before = 0; before < earlier.size(); ++before) {
      if (earlier[before].family != later[index].family) continue;
      TextBuffer<64> text;
      format_address(later[index], text);
      check.fault_again({Key::gateway, second}, index, "@ makes a second default route (first at &; keep one)"_p,
                        text.view(), check.origins.of({Key::gateway, first}, before));
    }
  }
}

void check_same_device(const Check& check, std::size_t first, std::size_t second) {
  const Interface& earlier = check.spec.network.interfaces[first];
  const Interface& later = check.spec.network.interfaces[second];
  if (earlier.mode != NetworkMode::interface || later.mode != NetworkMode::interface) return;
  if (earlier.peer != later.peer.view()) return;
  check.fault({Key::network, second}, "@ can be moved in once only (it is & already; keep one)"_p, later.peer,
              earlier.name);
}

}  // namespace

void check_network(const Check& check) {
  const std::size_t count = check.spec.network.interfaces.size();
  check_no_further(check);
  for (std::size_t number = 0; number < count; ++number) {
    check_interface(check, number);
    for (std::size_t before = 0; before < number; ++before) {
      check_same_addresses(check, before, number);
      check_default_routes(check, before, number);
      check_same_device(check, before, number);
    }
  }
  check_publish(check);
  check_names(check);
}

}  // namespace microctr
