#include "launcher/net/kernel_switch.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr Literal settings4 = "/proc/sys/net/ipv4/conf/";
constexpr Literal settings6 = "/proc/sys/net/ipv6/conf/";
constexpr CString forwarding4 = "/proc/sys/net/ipv4/ip_forward";
constexpr CString redirects4 = "/proc/sys/net/ipv4/conf/all/accept_redirects";
constexpr CString forwarding6 = "/proc/sys/net/ipv6/conf/all/forwarding";

constexpr std::string_view loopback_routing = "/route_localnet";

Result<std::string_view> read_switch(CString path, std::span<char> buffer) {
  const Fd file = TRY(sys::open(path, O_RDONLY));
  const std::string_view text(buffer.data(), TRY(sys::read(file.get(), buffer)));
  return leading(text, position(text, '\n'));
}

// A file that is not there is a link or a family that is not there.
Result<void> claim_switch(CString file, std::string_view off, Register& entries) {
  Bytes<16> buffer;
  const auto value = read_switch(file, buffer);
  if (!value) return value.error().code == ENOENT ? Result<void>() : value.failed();
  if (value.value() != off || find_line(entries, "switch", file)) return {};
  return entries.add("switch", {file, off});
}

// A host that forwards IPv6 does not listen to router advertisements unless it is told to (ip-sysctl, accept_ra = 2):
// it would lose its own addresses and routes.
Result<void> claim_advertisements(Register& entries) {
  const auto directory = sys::open(settings6, O_RDONLY | O_DIRECTORY);
  if (!directory) return {};
  DirectoryList links(directory.value().get());
  while (true) {
    const CString link = TRY(links.next());
    if (link.empty()) return {};
    if (link == "all" || link == "default") continue;
    if (find_line(entries, "bridge", link.view())) continue;  // ours: a container must not advertise routes to the host
    TextBuffer<128> file(settings6, link, "/accept_ra");
    TRY(claim_switch(file.text(), "1", entries));
  }
}

// Which families the container's masqueraded and published addresses are of.
struct Needs {
  bool four = false;
  bool six = false;

  void note(std::string_view address) { (contains(address, ':') ? six : four) = true; }
};

// `others`: of all containers but this one.
Needs needs_of(CString container, bool others, const Register& entries) {
  Needs needs;
  std::size_t cursor = 0;
  while (const auto entry = entries.next_but(cursor, "lease")) {
    const auto& field = entry->field;
    const bool counts = (field[0] == container.view()) != others;
    if (entry->is("port") && counts) needs.note(field[4]);
    if (entry->is("subnet") && counts) needs.note(field[1]);
    if (!entry->is("bridge") || field[2] != "nat") continue;
    if (others && !is_bridge_used(entries, field[0], container)) continue;
    std::string_view addresses = field[1];
    for (auto address = next_word(addresses); !address.empty(); address = next_word(addresses)) needs.note(address);
  }
  return needs;
}

}  // namespace

bool uses_firewall(const Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor)) {
    if (entry->is("port") || entry->is("subnet") || entry->is("guard")) return true;
    if (entry->is("bridge") && entry->field[2] == "nat") return true;
  }
  return false;
}

Result<bool> claim_switches(CString container, Register& entries) {
  const std::size_t size = entries.text().size();
  Needs needs = needs_of(container, false, entries);
  // What others need is on already.
  const Needs known = needs_of(container, true, entries);
  needs.four &= !known.four;
  needs.six &= !known.six;
  if (needs.four && !find_line(entries, "switch", forwarding4)) {
    TRY(claim_switch(forwarding4, "0", entries));
    // Forwarding turns these off, and its end turns them on, whatever they were before.
    if (find_line(entries, "switch", forwarding4)) TRY(claim_switch(redirects4, "0", entries));
  }
  if (needs.six && !find_line(entries, "switch", forwarding6)) {
    Bytes<16> buffer;
    const auto value = read_switch(forwarding6, buffer);
    // In this order: forwarding drops the advertised default routes of every link that does not say 2 by then.
    if (value && value.value() == "0") TRY(claim_advertisements(entries));
    TRY(claim_switch(forwarding6, "0", entries));
  }
  // A link that is there already and is not a bridge of ours has a value to come back to.
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "guard", container)) {
    if (entry->field[0] != container.view()) continue;
    if (find_line(entries, "bridge", entry->field[1])) continue;
    TextBuffer<128> file(settings4, entry->field[1], loopback_routing);
    TRY(claim_switch(file.text(), "0", entries));
  }
  return entries.text().size() != size;
}

Result<void> turn_switches_on(const Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "switch")) {
    // Loopback addresses are routed later, when the firewall guards them.
    if (entry->field[0].ends_with(loopback_routing) || entry->field[0] == redirects4.view()) continue;
    TextBuffer<128> file(entry->field[0]);
    const auto written = write_value(sys::working_directory, file.text(), entry->field[1] == "1" ? "2" : "1");
    if (!written && written.error().code != ENOENT) return written;
  }
  return {};
}

Result<void> turn_switches_back(Register& entries) {
  if (uses_firewall(entries)) return {};
  Result<void> first = {};
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "switch")) {
    TextBuffer<128> file(entry->field[0]);
    const auto written = write_value(sys::working_directory, file.text(), entry->field[1]);
    if (written || written.error().code == ENOENT) {
      entries.erase(cursor);
    } else if (first) {
      first = written;
    }
  }
  return first;
}

Result<void> route_loopback_on(std::string_view link) {
  TextBuffer<128> file(settings4, link, loopback_routing);
  return write_value(sys::working_directory, file.text(), "1");
}

Result<void> stop_routing_loopback_on(std::string_view link, Register& entries) {
  TextBuffer<128> file(settings4, link, loopback_routing);
  std::size_t cursor = 0;
  bool turned = false;
  while (const auto entry = entries.next(cursor, "switch", file.view())) {
    if (entry->field[0] != file.view()) continue;
    entries.erase(cursor);
    turned = true;
  }
  if (!turned) return {};  // it was on before, or goes with its link
  const auto written = write_value(sys::working_directory, file.text(), "0");
  return written || written.error().code == ENOENT ? Result<void>() : written;
}

}  // namespace microctr
