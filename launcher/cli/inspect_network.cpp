// The network part of inspect: interfaces with their addresses, published ports, the name of the namespace.

#include "launcher/cli/inspect_network.h"

#include "launcher/base/sys.h"
#include "launcher/net/register.h"
#include "launcher/spec/address.h"
#include "launcher/spec/network_mode.h"

namespace microctr {

namespace {

// Those that the register knows: chosen, or of a DHCP server; else those of the configuration.
void add_addresses(Json& json, const Register& entries, const Spec& spec, const Interface& interface) {
  json.open_array("addresses");
  bool any = false;
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "lease", spec.name)) {
    if (entry->field[1] != spec.name.view() || entry->field[2] != interface.name.view()) continue;
    any = true;
    std::string_view addresses = entry->field[3];
    for (auto word = next_word(addresses); !word.empty() && word != "-"; word = next_word(addresses)) {
      json.string({}, word);
    }
  }
  for (const Address& address : interface.addresses) {
    if (any) break;
    TextBuffer<64> text;
    format_with_prefix(address, text);
    json.string({}, text.view());
  }
  json.close_array();
}

void add_interface(Json& json, const Register& entries, const Spec& spec, const Interface& interface,
                   const PlannedInterface& planned) {
  TextBuffer<32> mac;
  format_hardware_address(interface.mac.value_or(derive_hardware_address(spec.name, interface.name)), mac);
  json.open_object({}).string("name", interface.name).string("network", mode_name(interface.mode));
  if (!interface.peer.empty()) json.string("peer", interface.peer);
  if (!planned.bridge.empty()) json.string("bridge", planned.bridge);
  if (!planned.host_link.empty()) json.string("host_link", planned.host_link);
  const bool has_own = !planned.host_link.empty() || interface.mode == NetworkMode::macvlan || interface.mac;
  if (has_own) json.string("mac", mac.view());
  add_addresses(json, entries, spec, interface);
  json.close_object();
}

void add_published(Json& json, const Register& entries, CString name) {
  json.open_array("published");
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "port", name)) {
    if (entry->field[0] != name.view()) continue;
    const auto& field = entry->field;
    json.open_object({}).string("protocol", field[1]);
    if (field[2] != "-") json.string("host_address", field[2]);
    json.string("host_port", field[3]).string("address", field[4]).string("port", field[5]).close_object();
  }
  json.close_array();
}

}  // namespace

void add_network(Json& json, const Places& places, const Spec& spec, const Plan& plan) {
  const auto entries = Register::read(places.runtime);
  if (!entries) return;
  json.open_array("interfaces");
  for (std::size_t index = 0; index < plan.interfaces.size(); ++index) {
    add_interface(json, entries.value(), spec, spec.network.interfaces[index], plan.interfaces[index]);
  }
  json.close_array();
  add_published(json, entries.value(), spec.name);
  TextBuffer<96> path("/run/netns/", spec.name);
  if (sys::status_at(sys::working_directory, path.text(), 0)) json.string("network_namespace", path.view());
}

}  // namespace microctr
