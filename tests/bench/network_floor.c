// The floor under the cost of a container's network: one process that makes only the calls into the kernel which give
// a container its bridge port, address, route and published port, and take them back.
//
// Usage: network_floor none | bridge | publish | first
//   none     a child in a new network namespace, loopback up there; reaped
//   bridge   and an interface of the bridge mc0, which is there, as is the table `inet microctr`
//   publish  and TCP port 8080 of the host leads to port 80 of the child
//   first    the same, with the bridge, the table and the forwarding switch made first and undone at the end
//
// What `bridge`, `publish` and `first` take longer than `none` is the floor. Nothing is read, written or asked for that
// the kernel does not need for this: no register, no journal, no look at the machine.
//
// The messages are those that microctr sends for a container named `bench`. tests/bench/run compares the two, byte for
// byte but for process ids, the index made from the namespace's inode, and sequence numbers. The transaction that makes
// the table has 10 KB; it is what microctr was seen to send, which tests/bench/run writes into network_table.h.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  bridge_index = 0x277b8186,
  inside_index = 100,
  host_port = 8080,
  inside_port = 80,
};
static const unsigned char bridge_mac[6] = {0x02, 0xbe, 0x47, 0xa3, 0xfd, 0xd3};
static const unsigned char inside_mac[6] = {0x02, 0x32, 0x66, 0x9b, 0xc8, 0xf9};
static const unsigned char host_mac[6] = {0xfe, 0x32, 0x66, 0x9b, 0xc8, 0xf9};
static const unsigned char bridge_address[4] = {10, 209, 0, 1};
static const unsigned char inside_address[4] = {10, 209, 151, 142};
static const unsigned char broadcast[4] = {10, 209, 255, 255};
static const unsigned char subnet[4] = {10, 209, 0, 0};
static const unsigned char behind_subnet[4] = {10, 210, 0, 0};
static const unsigned char table_messages[] = {
#include "network_table.h"
};

static void check(long result, const char* what) {
  if (result >= 0) return;
  fprintf(stderr, "network_floor: %s: %s\n", what, strerror(errno));
  _exit(1);
}

// One batch of messages, sent at once; only `last` asks for an answer.
static struct {
  _Alignas(8) unsigned char bytes[4096];
  size_t size;
  size_t message;
  unsigned sequence;
} batch;

static void put(const void* bytes, size_t size) {
  memcpy(batch.bytes + batch.size, bytes, size);
  batch.size += (size + 3) & ~(size_t)3;
}

static struct nlmsghdr* message(void) { return (struct nlmsghdr*)(batch.bytes + batch.message); }

static void finish_message(void) { message()->nlmsg_len = (unsigned)(batch.size - batch.message); }

static void begin_batch(void) {
  memset(&batch, 0, sizeof batch);
}

static void begin(unsigned type, unsigned flags, const void* header, size_t size) {
  batch.message = batch.size;
  batch.size += sizeof(struct nlmsghdr);
  message()->nlmsg_type = (unsigned short)type;
  message()->nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags);
  message()->nlmsg_seq = ++batch.sequence;
  put(header, size);
}

static size_t open_nested(unsigned type) {
  const size_t at = batch.size;
  struct nlattr* const attribute = (struct nlattr*)(batch.bytes + at);
  attribute->nla_type = (unsigned short)type;
  batch.size += sizeof *attribute;
  return at;
}

static void close_nested(size_t at) {
  ((struct nlattr*)(batch.bytes + at))->nla_len = (unsigned short)(batch.size - at);
}

static void attribute(unsigned type, const void* bytes, size_t size) {
  const size_t at = open_nested(type);
  put(bytes, size);
  ((struct nlattr*)(batch.bytes + at))->nla_len = (unsigned short)(sizeof(struct nlattr) + size);
}

static void number(unsigned type, unsigned value) { attribute(type, &value, sizeof value); }
static void text(unsigned type, const char* value) { attribute(type, value, strlen(value) + 1); }

static void send_all(int socket, const void* bytes, size_t size) {
  check(send(socket, bytes, size, MSG_NOSIGNAL), "send");
  char answer[8192];
  check(recv(socket, answer, sizeof answer, MSG_TRUNC), "receive");
  const struct nlmsghdr* const header = (const struct nlmsghdr*)answer;
  int error;
  memcpy(&error, answer + sizeof *header, sizeof error);
  if (header->nlmsg_type != NLMSG_ERROR || error != 0) {
    fprintf(stderr, "network_floor: message %u of type %x is refused: %s\n", header->nlmsg_seq, header->nlmsg_type,
            strerror(-error));
    _exit(1);
  }
}

static void send_batch(int socket) { send_all(socket, batch.bytes, batch.size); }

static int open_netlink(int protocol) {
  const int socket_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  check(socket_, "netlink socket");
  return socket_;
}

// Links, addresses, routes

static void begin_link(unsigned type, unsigned flags, unsigned index, unsigned up) {
  const struct ifinfomsg header = {.ifi_index = (int)index, .ifi_flags = up, .ifi_change = up};
  begin(type, flags, &header, sizeof header);
}

static void add_link_up(unsigned index, unsigned flags) {
  begin_link(RTM_SETLINK, flags, index, IFF_UP);
  finish_message();
}

// No link-local IPv6 address.
static void add_mute(unsigned index, unsigned flags) {
  begin_link(RTM_SETLINK, flags, index, 0);
  const size_t families = open_nested(IFLA_AF_SPEC | NLA_F_NESTED);
  const size_t family = open_nested(AF_INET6 | NLA_F_NESTED);
  const unsigned char none = IN6_ADDR_GEN_MODE_NONE;
  attribute(IFLA_INET6_ADDR_GEN_MODE, &none, sizeof none);
  close_nested(family);
  close_nested(families);
  finish_message();
}

static void add_alias(unsigned index, const char* alias, unsigned flags) {
  begin_link(RTM_SETLINK, flags, index, 0);
  attribute(IFLA_IFALIAS, alias, strlen(alias));
  finish_message();
}

static void add_address(unsigned index, const unsigned char* address, unsigned flags) {
  const struct ifaddrmsg header = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = index};
  begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | flags, &header, sizeof header);
  attribute(IFA_LOCAL, address, 4);
  attribute(IFA_ADDRESS, address, 4);
  attribute(IFA_BROADCAST, broadcast, 4);
  finish_message();
}

static void make_bridge(int socket) {
  begin_batch();
  begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, bridge_index, IFF_UP);
  text(IFLA_IFNAME, "mc0");
  attribute(IFLA_ADDRESS, bridge_mac, sizeof bridge_mac);
  const size_t information = open_nested(IFLA_LINKINFO | NLA_F_NESTED);
  text(IFLA_INFO_KIND, "bridge");
  close_nested(information);
  finish_message();
  add_alias(bridge_index, "microctr:/bridge", 0);
  add_address(bridge_index, bridge_address, NLM_F_ACK);
  send_batch(socket);
}

// A port that publishes sends frames back to where they came from.
static void add_hairpin(unsigned index, unsigned flags) {
  const struct ifinfomsg header = {.ifi_family = AF_BRIDGE, .ifi_index = (int)index};
  begin(RTM_SETLINK, flags, &header, sizeof header);
  const size_t port = open_nested(IFLA_PROTINFO | NLA_F_NESTED);
  const unsigned char on = 1;
  attribute(IFLA_BRPORT_MODE, &on, sizeof on);
  close_nested(port);
  finish_message();
}

static void make_pair(int socket, unsigned index, pid_t child, int publishes) {
  begin_batch();
  begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, index, IFF_UP);
  text(IFLA_IFNAME, "mc-bench");
  attribute(IFLA_ADDRESS, host_mac, sizeof host_mac);
  const size_t information = open_nested(IFLA_LINKINFO | NLA_F_NESTED);
  text(IFLA_INFO_KIND, "veth");
  const size_t data = open_nested(IFLA_INFO_DATA | NLA_F_NESTED);
  const size_t peer = open_nested(VETH_INFO_PEER);
  const struct ifinfomsg inside = {.ifi_index = inside_index};
  put(&inside, sizeof inside);
  text(IFLA_IFNAME, "eth0");
  attribute(IFLA_ADDRESS, inside_mac, sizeof inside_mac);
  number(IFLA_NET_NS_PID, (unsigned)child);
  close_nested(peer);
  close_nested(data);
  close_nested(information);
  number(IFLA_MASTER, bridge_index);
  finish_message();
  add_alias(index, "microctr:bench", 0);
  add_mute(index, publishes ? 0 : NLM_F_ACK);
  if (publishes) add_hairpin(index, NLM_F_ACK);
  send_batch(socket);
}

static void configure_inside(int with_network) {
  const int socket = open_netlink(NETLINK_ROUTE);
  begin_batch();
  add_link_up(1, with_network ? 0 : NLM_F_ACK);
  if (with_network) {
    add_mute(inside_index, 0);
    add_link_up(inside_index, 0);
    add_address(inside_index, inside_address, 0);
    const struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
                                .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
    begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &route, sizeof route);
    attribute(RTA_GATEWAY, bridge_address, 4);
    number(RTA_OIF, inside_index);
    finish_message();
  }
  send_batch(socket);
  close(socket);
}

static void delete_bridge(int socket) {
  begin_batch();
  begin_link(RTM_DELLINK, NLM_F_ACK, bridge_index, 0);
  finish_message();
  send_batch(socket);
}

// The firewall

static void add_boundary(unsigned type) {
  const struct nfgenmsg header = {.res_id = htons(NFNL_SUBSYS_NFTABLES)};
  begin(type, 0, &header, sizeof header);
  finish_message();
}

static void begin_nft(unsigned type, unsigned flags) {
  const struct nfgenmsg header = {.nfgen_family = NFPROTO_INET};
  begin(NFNL_SUBSYS_NFTABLES << 8 | type, flags, &header, sizeof header);
  text(NFTA_SET_ELEM_LIST_TABLE, "microctr");
}

static void add_key(const void* key, size_t size) {
  const size_t nested = open_nested(NFTA_SET_ELEM_KEY | NLA_F_NESTED);
  attribute(NFTA_DATA_VALUE, key, size);
  close_nested(nested);
}

// An element of a set; `map` is what it leads to, 8 bytes; `flags` those of an interval's end.
static void add_element(const void* key, size_t size, const void* map, unsigned flags) {
  const size_t element = open_nested(NFTA_LIST_ELEM | NLA_F_NESTED);
  if (flags != 0) number(NFTA_SET_ELEM_FLAGS, htonl(flags));
  add_key(key, size);
  if (map != NULL) {
    const size_t data = open_nested(NFTA_SET_ELEM_DATA | NLA_F_NESTED);
    attribute(NFTA_DATA_VALUE, map, 8);
    close_nested(data);
  }
  close_nested(element);
}

static size_t begin_elements(unsigned type, unsigned flags, const char* set) {
  begin_nft(type, flags);
  text(NFTA_SET_ELEM_LIST_SET, set);
  return open_nested(NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED);
}

static void end_elements(size_t elements) {
  close_nested(elements);
  finish_message();
}

static const unsigned char port_key[8] = {IPPROTO_TCP, 0, 0, 0, host_port >> 8, host_port & 0xff, 0, 0};

// One socket for all that is said to nf_tables, open to the end: letting go of it waits for what the kernel destroys.
static int firewall_socket(void) {
  static int socket_ = -1;
  if (socket_ < 0) socket_ = open_netlink(NETLINK_NETFILTER);
  return socket_;
}

// The subnet and the bridge are there already; adding them again is no error, and not asking whether they are is cheaper.
static void open_firewall(int publishes) {
  const int socket = firewall_socket();
  begin_batch();
  add_boundary(NFNL_MSG_BATCH_BEGIN);
  size_t elements = begin_elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, "subnet4");
  add_element(subnet, sizeof subnet, NULL, 0);
  add_element(behind_subnet, sizeof behind_subnet, NULL, NFT_SET_ELEM_INTERVAL_END);
  end_elements(elements);
  const char link[16] = "mc0";
  elements = begin_elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE | (publishes ? 0 : NLM_F_ACK), "link");
  add_element(link, sizeof link, NULL, 0);
  end_elements(elements);
  if (publishes) {
    unsigned char target[8] = {0};
    memcpy(target, inside_address, sizeof inside_address);
    target[5] = inside_port;
    elements = begin_elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, "port4");
    add_element(port_key, sizeof port_key, target, 0);
    end_elements(elements);
  }
  add_boundary(NFNL_MSG_BATCH_END);
  send_batch(socket);
}

static void close_firewall(void) {
  const int socket = firewall_socket();
  begin_batch();
  add_boundary(NFNL_MSG_BATCH_BEGIN);
  const size_t elements = begin_elements(NFT_MSG_DELSETELEM, NLM_F_ACK, "port4");
  add_element(port_key, sizeof port_key, NULL, 0);
  end_elements(elements);
  add_boundary(NFNL_MSG_BATCH_END);
  send_batch(socket);
}

static void make_table(void) {
  const int socket = firewall_socket();
  send_all(socket, table_messages, sizeof table_messages);
}

static void delete_table(void) {
  const int socket = firewall_socket();
  begin_batch();
  add_boundary(NFNL_MSG_BATCH_BEGIN);
  begin_nft(NFT_MSG_DELTABLE, NLM_F_ACK);
  finish_message();
  add_boundary(NFNL_MSG_BATCH_END);
  send_batch(socket);
}

static void set_switch(const char* path, const char* value) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  check(file, path);
  check(write(file, value, 1), path);
  close(file);
}

static int hold_port(void) {
  const int holder = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(holder, "socket");
  const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(host_port)};
  check(bind(holder, (const struct sockaddr*)&address, sizeof address), "bind");
  return holder;
}

int main(int count, char** arguments) {
  const char* const mode = count == 2 ? arguments[1] : "";
  const int first = strcmp(mode, "first") == 0;
  const int publishes = first || strcmp(mode, "publish") == 0;
  const int with_network = publishes || strcmp(mode, "bridge") == 0;
  if (!with_network && strcmp(mode, "none") != 0) {
    fprintf(stderr, "usage: network_floor none | bridge | publish | first\n");
    return 2;
  }

  int socket = -1;
  int holder = -1;
  if (with_network) socket = open_netlink(NETLINK_ROUTE);
  if (first) {
    make_bridge(socket);
    set_switch("/proc/sys/net/ipv4/ip_forward", "1");
  }
  if (publishes) holder = hold_port();
  if (first) {
    make_table();
    set_switch("/proc/sys/net/ipv4/conf/mc0/route_localnet", "1");
  } else if (with_network) {
    open_firewall(publishes);
  }

  int ends[2];
  check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
  struct clone_args how = {.flags = CLONE_NEWNET, .exit_signal = SIGCHLD};
  const long child = syscall(SYS_clone3, &how, sizeof how);
  check(child, "clone3");
  char word = 0;
  if (child == 0) {  // the inside: it waits for its interface
    close(ends[0]);  // so that it hears the parent's end, too
    if (recv(ends[1], &word, 1, 0) != 1) _exit(1);
    configure_inside(with_network);
    _exit(0);
  }
  // No two living processes have the same; above the indexes that the kernel gives.
  if (with_network) make_pair(socket, 1U << 30 | (unsigned)child << 4, (pid_t)child, publishes);
  check(send(ends[0], &word, 1, MSG_NOSIGNAL), "wake the child");
  if (socket >= 0) close(socket);

  siginfo_t ended = {0};
  check(waitid(P_PID, (id_t)child, &ended, WEXITED), "wait for the child");
  if (holder >= 0) close(holder);
  if (first) {
    socket = open_netlink(NETLINK_ROUTE);
    delete_bridge(socket);
    close(socket);
    delete_table();
    set_switch("/proc/sys/net/ipv4/ip_forward", "0");
  } else if (publishes) {
    close_firewall();
  }
  return ended.si_code == CLD_EXITED ? ended.si_status : 1;
}
