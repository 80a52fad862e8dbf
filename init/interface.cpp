#include "init/interface.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <array>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/container/dhcp.h"
#include "launcher/container/lease_event.h"
#include "launcher/net/host_link.h"
#include "launcher/spec/address.h"
#include "launcher/spec/machine.h"

namespace microctr {

namespace {

using netlink::NetlinkSocket;

constexpr CString runtime = "/run/microctr";

// Hears of every change of a link: bound to the kernel's group before the first look, so that none is missed.
Result<Fd> open_link_news() {
  Fd socket = TRY(sys::open_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  TRY(sys::bind(socket.get(), &address, sizeof address));
  return Result<Fd>(std::move(socket));
}

enum class Until : bool { gone, there };

// Sleeps in the kernel until it is so.
Result<void> wait_for_link(int news, CString name, Until until) {
  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  while (true) {
    const HostLink link = TRY(find_link(socket, name, LinkMark("")));
    if ((link.index != 0) == (until == Until::there)) return {};
    Bytes<64> message;                  // what it says is not looked at
    (void)sys::receive(news, message);  // ENOBUFS: some were lost, which is news as well
  }
}

// /etc/resolv.conf may lead to a place that can be written.
void write_servers(std::span<const Address> servers, std::string_view domain) {
  constexpr CString file = "/etc/resolv.conf";
  if (servers.empty()) return;
  TextBuffer<512> text;
  if (!domain.empty()) text.add("search ", domain, '\n');
  for (const Address& server : servers) {
    text.add("nameserver ");
    format_address(server, text);
    text.add('\n');
  }
  Bytes<512> buffer;
  const auto before = read_file(sys::working_directory, file, buffer);
  if (before && before.value() == text.view()) return;  // a lease is renewed for years, and flash wears out
  Bytes<limits::path> link;
  Result<void> written;
  if (sys::read_link(sys::working_directory, file, link)) {
    auto target = sys::open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    written = target ? write_all(target.value().get(), text.view()) : Result<void>(target.failed());
  } else {
    written = replace_file(file, "/etc/.resolv.conf.new", text.view(), 0644, Survives::power_cut);
  }
  if (!written) log_failure({}, written.error().about(file));
}

Result<void> configure(const HostInterface& interface) {
  for (const Address& address : interface.addresses) {
    DhcpLease lease = {};
    lease.interface = interface.name;
    lease.address = address;
    for (const Address& gateway : interface.gateways) {
      if (gateway.family == address.family) lease.router = gateway;
    }
    TRY(apply_lease(lease, {}));
  }
  write_servers(interface.servers.view(), {});
  return {};
}

Result<void> become_client(const HostInterface& interface) {
  const CString program = find_dhcp_client();
  if (program.empty()) {
    return fail(ENOENT, "find udhcpc"_p, {}, "install BusyBox (/bin/busybox) with udhcpc, or write an address"_p);
  }
  TextBuffer<64> script(runtime, "/", lease_name);
  TRY(link_own_program(script.text()));  // where udhcpc finds us: by a name that main() knows
  // Asked for ever: four times two seconds apart, then again after five.
  const std::array<const char*, 14> arguments = {
      "udhcpc", "-f", "-R", "-i",   interface.name.c_str(), "-s", script.text().c_str(), "-t", "4", "-T",
      "2",      "-A", "5",  nullptr};
  constexpr std::array<const char*, 2> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", nullptr};
  if (const auto null = sys::open("/dev/null", O_RDWR)) {  // it talks about each packet
    for (int stream = 0; stream < 3; ++stream) (void)sys::duplicate(null.value().get(), stream);
  }
  return sys::execute(program.c_str(), arguments.data(), environment.data());
}

Result<void> keep_interface(const HostInterface& interface) {
  const Fd news = TRY(open_link_news());
  while (true) {
    TRY(wait_for_link(news.get(), interface.name, Until::there));
    if (interface.dhcp) return become_client(interface);
    TRY(configure(interface));
    TRY(wait_for_link(news.get(), interface.name, Until::gone));  // of a card that can be pulled
  }
}

// What the last lease has set is in a file: each event is a process of its own.
std::optional<Address> read_address(CString file) {
  Bytes<64> buffer;
  const auto text = read_file(sys::working_directory, file, buffer);
  return text ? parse_subnet(text.value()) : std::nullopt;
}

Result<void> take_lease(const DhcpLease& lease) {
  TextBuffer<64> file(runtime, "/address.", lease.interface);
  TextBuffer<80> aside(file.view(), ".new");
  TRY(apply_lease(lease, read_address(file.text())));
  TextBuffer<64> text;
  if (lease.address) {
    format_address(*lease.address, text);
    text.add('/', lease.address->prefix);
  }
  TRY(replace_file(file.text(), aside.text(), text.view(), 0600));
  FixedVector<Address, limits::name_servers> servers;
  std::string_view words = lease.servers;
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    if (const auto server = parse_address(word)) (void)servers.push(*server);  // the first three count
  }
  write_servers(servers.view(), lease.domain);
  return {};
}

}  // namespace

int run_interface(CString line) {
  HostInterface interface;
  std::string_view rest = line;
  const TextBuffer<32> name(next_word(rest));
  if (parse_interface(line, interface)) return 2;
  interface.name = name.text();
  const auto kept = keep_interface(interface);
  if (!kept) log_failure(interface.name, kept.error());
  return 1;
}

int hear_lease(CString event, const char* const* environment) {
  // udhcpc's streams lead nowhere; and it must not wait for a terminal that is stopped.
  if (const auto console = sys::open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK)) {
    (void)sys::duplicate(console.value().get(), 2);
  }
  DhcpLease lease = read_lease_interface(environment);
  if (lease.interface.empty()) return 2;
  if (event == "leasefail" || event == "nak") return 0;  // it asks again
  if (event != "deconfig") read_lease(environment, lease);
  const auto taken = take_lease(lease);
  if (taken) return 0;
  log_failure(lease.interface, taken.error());
  return 1;
}

}  // namespace microctr
