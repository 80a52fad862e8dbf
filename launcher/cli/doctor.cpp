// doctor: what of this machine works for containers, what is missing, and what brings it.
//
// Links and the firewall are tried for real, in a network namespace of a process of its own, so that nothing of the
// machine changes (the kernel may load a module for it).

#include <linux/netlink.h>
#include <sched.h>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/cli/firewall_warning.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/device_filter.h"
#include "launcher/container/dhcp.h"
#include "launcher/image/busybox_program.h"
#include "launcher/net/attach.h"
#include "launcher/net/bridge.h"
#include "launcher/net/firewall.h"
#include "launcher/net/host_link.h"
#include "launcher/plan/probe.h"
#include "launcher/supervisor/workbench.h"

namespace microctr {

namespace {

using netlink::Batch;
using netlink::NetlinkSocket;

// One line of the report. `works`: what follows is fine; else what it means, and what helps.
void report(bool works, Phrase what, Phrase helps) {
  TextBuffer<512> line(works ? "ok       " : "missing  ", what);
  if (!works) line.add(": ", helps);
  line.add('\n');
  print(line.view());
}

struct Tried {
  bool veth = false;
  bool bridge = false;
  bool macvlan = false;
  bool ipvlan = false;
  bool ipv6 = false;
  bool firewall = false;
};

bool make_on_parent(NetlinkSocket& socket, CString kind) {
  Bytes<256> storage;
  Batch batch(storage);
  netlink::add_link_on(batch, kind, bridge_index("x"), {kind, 77}, {sys::process_id()});
  return static_cast<bool>(carry_out(socket, batch, kind)) && delete_link(socket, 77, kind);
}

bool add_six(NetlinkSocket& socket) {
  Bytes<128> storage;
  Batch batch(storage);
  const Address six = {10, 64, {0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};  // AF_INET6
  netlink::add_address(batch, bridge_index("x"), six);
  return static_cast<bool>(carry_out(socket, batch, "x"));
}

// In a network namespace that ends with this process.
void try_links(Tried& tried) {
  auto socket = NetlinkSocket::open(NETLINK_ROUTE);
  if (!socket) return;
  tried.bridge = static_cast<bool>(create_bridge(socket.value(), "x", {}));
  LinkPlan pair;
  pair.host_name = "y";
  pair.inside_name = "z";
  pair.keeps_mac = true;
  tried.veth = static_cast<bool>(create_link(socket.value(), pair, {sys::process_id()}, 1));
  tried.macvlan = tried.bridge && make_on_parent(socket.value(), "macvlan");
  tried.ipvlan = tried.bridge && make_on_parent(socket.value(), "ipvlan");
  tried.ipv6 = tried.bridge && add_six(socket.value());
}

bool try_firewall() {
  static char storage[FirewallTransaction::table_storage];
  FirewallTransaction transaction(storage);
  transaction.recreate_table();
  return static_cast<bool>(transaction.commit());
}

// The child's answers come back as its exit status, a bit each.
int try_network() {
  if (!sys::unshare(CLONE_NEWNET)) return 0;
  Tried tried;
  try_links(tried);
  tried.firewall = try_firewall();
  return tried.veth | tried.bridge << 1 | tried.macvlan << 2 | tried.ipvlan << 3 | tried.ipv6 << 4 |
         tried.firewall << 5;
}

int hear_network() {
  const auto child = sys::fork();
  if (!child) return 0;
  if (child.value() == 0) sys::exit(try_network());
  const auto process = sys::open_process(child.value());
  if (!process) return 0;
  const auto ended = sys::wait_for(process.value().get());
  return ended ? ended.value().status : 0;
}

void report_network(const HostFacts& facts) {
  if (!facts.privileged) {
    return report(false, "networks beyond none and host"_p, "run doctor as root to try them"_p);
  }
  const int works = hear_network();
  report((works & 1) != 0, "network = veth"_p, "load the module veth (CONFIG_VETH)"_p);
  report((works & 2) != 0, "network = bridge"_p, "load the module bridge (CONFIG_BRIDGE)"_p);
  report((works & 4) != 0, "network = macvlan"_p, "load the module macvlan (CONFIG_MACVLAN)"_p);
  report((works & 8) != 0, "network = ipvlan"_p, "load the module ipvlan (CONFIG_IPVLAN)"_p);
  report((works & 16) != 0, "IPv6"_p, "CONFIG_IPV6, boot argument ipv6.disable, sysctl net.ipv6.conf.*.disable_ipv6"_p);
  report((works & 32) != 0, "nat and publish (nf_tables)"_p,
         "load nf_tables nft_chain_nat nft_nat nft_masq nft_ct nft_fib_inet (CONFIG_NF_TABLES_INET and these)"_p);
  report(static_cast<bool>(has_dhcp_client()), "ip = dhcp (udhcpc)"_p,
         "install BusyBox with udhcpc in /bin or /sbin"_p);
  warn_of_drop({});
}

void report_cgroups(const HostFacts& facts) {
  const CgroupFacts& cgroup = facts.cgroup;
  for (const Controller controller : all_controllers) {
    if (controller == Controller::devices) continue;  // report_devices
    const bool there = cgroup.unified_controllers.has(controller) || !cgroup.legacy_of(controller).empty();
    TextBuffer<128> line(there ? "ok       " : "missing  ", "cgroup controller "_p, controller_name(controller));
    if (!there) line.add(": mount cgroup2, or boot with cgroup_enable="_p, controller_name(controller));
    line.add('\n');
    print(line.view());
  }
}

// Tried for real: a program without rules of a container is loaded, and gone when its descriptor is closed.
void report_devices(const HostFacts& facts) {
  if (!facts.privileged) return report(false, "device filter"_p, "run doctor as root to try it"_p);
  DeviceProgram program;
  assemble({}, program);
  if (facts.cgroup.device_programs && sys::load_device_program(program.view())) {
    return report(true, "device filter (cgroup BPF)"_p, {});
  }
  report(!facts.cgroup.legacy_of(Controller::devices).empty(), "device filter (cgroup v1 devices)"_p,
         "CONFIG_CGROUP_BPF and a mounted cgroup2, or CONFIG_CGROUP_DEVICE; without, cap_add = MKNOD is refused"_p);
}

void report_root_users(const IdFacts& ids) {
  TextBuffer<limits::path + 128> line(ids.obstacle.empty() ? "ok       " : "missing  ",
                                      "a user namespace for each container of root: "_p);
  if (ids.obstacle.empty()) {
    line.add("ids of the host "_p, ids.users.first, "-", ids.users.last);
    if (ids.groups.first != ids.users.first || ids.groups.last != ids.users.last)
      line.add(", groups "_p, ids.groups.first, "-", ids.groups.last);
  } else {
    line.add(ids.obstacle, ids.obstacle_on.empty() ? "" : " ", ids.obstacle_on);
  }
  print(line.add("\n").view());
}

// What a container with a layer of the store gets that asks for nothing; of a user, whether it may ask for more.
Result<void> report_users(HostFacts& facts, Workbench& bench) {
  Spec& spec = bench.spec;
  make_anew(spec);
  (void)spec.layers.push({.name = "busybox", .in_store = true});
  if (!facts.privileged) spec.user_namespace = UserNamespace::map;
  TRY(probe_ids(spec, facts, bench.arena));
  const IdFacts& ids = facts.ids;
  if (facts.privileged) {
    report_root_users(ids);
  } else {
    report(ids.has_helpers, "newuidmap (userns = map)"_p, "install uidmap (shadow)"_p);
    report(!ids.lent_users.empty() && !ids.lent_groups.empty(), "ids that are lent to this user (userns = map)"_p,
           "lend them in /etc/subuid and /etc/subgid: USER:FIRST:COUNT"_p);
  }
  return {};
}

// What is written there is gone after a reboot, as on OpenWrt, where /var is in memory.
bool lasts(CString directory) {
  constexpr std::uint64_t tmpfs = 0x01021994;
  constexpr std::uint64_t ramfs = 0x858458f6;
  TextBuffer<limits::path> path(directory);
  while (path.size() > 1) {
    if (const auto opened = sys::open(path.text(), 0x200000); opened) {  // O_PATH
      const auto type = sys::file_system_type(opened.value().get());
      return !type || (type.value() != tmpfs && type.value() != ramfs);
    }
    const TextBuffer<limits::path> above(leading(path.view(), last_position(path.view(), '/')));
    path.clear();
    path.add(above.view());
  }
  return true;
}

}  // namespace

int verb_doctor(const Invocation& invocation) {
  Workbench& bench = workbench();
  HostFacts& facts = bench.facts;
  if (const auto probed = probe(invocation.places, bench.arena, facts); !probed) return complain({}, probed.error(), 1);
  TextBuffer<128> title("Linux "_p, facts.kernel.major, ".", facts.kernel.minor,
                        facts.privileged ? ", privileged\n"_p : ", unprivileged: containers get a user namespace\n"_p);
  print(title.view());
  report(facts.kernel_at_least(5, 4), "kernel 5.4 or later"_p, "older kernels lack system calls that are needed"_p);
  report(static_cast<bool>(open_busybox({})), "layer = busybox (a static BusyBox)"_p,
         "install busybox-static, or microctr lower --busybox FILE"_p);
  if (const auto users = report_users(facts, bench); !users) return complain({}, users.error(), 1);
  report_cgroups(facts);
  report_devices(facts);
  report_network(facts);
  report(lasts(invocation.places.data), "data that lasts over a reboot"_p,
         "the data directory is in memory: move it to a disk with --root DIR, or a symbolic link"_p);
  return 0;
}

}  // namespace microctr
