# Links of other kinds: veth:NAME, macvlan, ipvlan, interface, container:NAME, several at once, and DHCP.

. "$(dirname "${BASH_SOURCE[0]}")/tools/net.sh"

mac_of() { microctr exec "$1" cat "/sys/class/net/${2:-eth0}/address"; }

# A link of the host, nic0, to the machine outside; only with a hardware address and size that are not the usual ones.
nic() {
  outside
  ip link add nic0 address 02:00:00:00:00:42 mtu 1450 type veth peer name nic1 netns out
  finally "ip link del nic0"
  ip link set nic0 up
  ip -n out addr add 10.70.0.1/24 dev nic1
  ip -n out link set nic1 up
}
nic_now() { ip -o link show dev nic0 | sed -n 's/.*<\(.*\)> mtu \([0-9]*\) .*link.ether \([^ ]*\) .*/\3 \2 \1/p'; }
nic_is() { [ "$(nic_now)" = "$1" ]; }

# consh: RED and BLUE ping each other, joined by a veth pair: 10.0.0.1 and 10.0.0.2
test_red_and_blue_by_veth() {
  start_who red "network = none"
  start_who blue "network = veth:red" "ip = 10.0.0.2/24" "gateway = 10.0.0.1"
  microctr exec blue /tools/ping 10.0.0.1
  microctr exec red /tools/ping 10.0.0.2
  same "who" "blue 10.0.0.1" "$(ask_from red tcp 10.0.0.2 80)"
  same "the host has none of it" "" "$(ip -o link show type veth)"
  microctr stop blue
  only_lo() { [ "$(microctr exec red ls /sys/class/net)" = "$(unshare -n ls /sys/class/net)" ] || ! microctr exec red ip -o link | grep -q veth; }
  eventually only_lo
  microctr start "$T/blue.conf"
  eventually microctr exec red /tools/ping 10.0.0.2
  exits 125 microctr run "$(who_conf green "network = veth:nobody" "ip = 10.0.0.3/24")"
  one_line "$err"
  has "nobody" "$err"
}

# key network: macvlan: a link of its own on the parent, with a hardware address of its own; siblings see each other
test_macvlan() {
  nic
  start_who one "network = macvlan:nic0" "ip = 10.70.0.2/24" "gateway = 10.70.0.1"
  start_who two "network = macvlan:nic0" "ip = 10.70.0.3/24" "mac = 02:00:5e:10:00:07" "mtu = 1300"
  eventually microctr exec one /tools/ping 10.70.0.1
  eventually microctr exec one /tools/ping 10.70.0.3
  same "way out" 1 "$(microctr exec one ip route | grep -c 'default via 10.70.0.1 dev eth0')"
  same "given" "02:00:5e:10:00:07" "$(mac_of two)"
  same "size" 1300 "$(microctr exec two cat /sys/class/net/eth0/mtu)"
  local mac
  mac=$(mac_of one)
  [ "$mac" != 02:00:00:00:00:42 ] || fail "it has the parent's address"
  microctr stop one
  microctr start "$T/one.conf"
  same "the same again" "$mac" "$(mac_of one)"
}

# key network: ipvlan: the parent's hardware address
test_ipvlan() {
  unshare -n sh -c 'ip link add live-a type veth peer name live-b && ip link add link live-a name live-c type ipvlan' 2>/dev/null ||
    skip "this kernel has no ipvlan"
  nic
  start_who one "network = ipvlan:nic0" "ip = 10.70.0.2/24" "gateway = 10.70.0.1"
  eventually microctr exec one /tools/ping 10.70.0.1
  same "address" 02:00:00:00:00:42 "$(mac_of one)"
}

# rule: a kind of link that the kernel lacks is named
test_ipvlan_is_missing() {
  unshare -n sh -c 'ip link add live-a type veth peer name live-b && ip link add link live-a name live-c type ipvlan' 2>/dev/null &&
    skip "this kernel has ipvlan"
  nic
  exits 125 microctr run "$(who_conf one "network = ipvlan:nic0" "ip = 10.70.0.2/24")"
  one_line "$err"
  has "ipvlan" "$err"
}

# rule: a parent that is not there, and a name that no link can have
test_unknown_parent() {
  local mode
  for mode in macvlan ipvlan interface; do
    exits 125 microctr run "$(who_conf one "network = $mode:nix0" "ip = 10.70.0.2/24")"
    one_line "$err"
    has "the machine has no such interface" "$err"
    has "nix0" "$err"
  done
  exits 2 microctr check "$(who_conf one "network = macvlan:a-name-too-long-1" "ip = 10.70.0.2/24")"
  has "15" "$err"
  exits 2 microctr check "$(who_conf one "network = none" "eth-number-sixteen.network = bridge")"
  nothing_left
}

# key network: interface: the device itself is eth0 inside, and comes back as it was
test_interface_is_given_back() {
  nic
  local before
  before=$(nic_now)
  start_who one "network = interface:nic0" "ip = 10.70.0.2/24" "gateway = 10.70.0.1" "mac = 02:00:5e:10:00:09" "mtu = 1350"
  no_link nic0
  same "mac inside" "02:00:5e:10:00:09" "$(mac_of one)"
  same "mtu inside" 1350 "$(microctr exec one cat /sys/class/net/eth0/mtu)"
  eventually microctr exec one /tools/ping 10.70.0.1
  has "10.70.0.2/24" "$(ip netns exec one ip -4 -o addr show dev eth0)"
  microctr stop one
  eventually nic_is "$before" || { nic_now; return 1; }
  same "no address" "" "$(ip -4 -o addr show dev nic0)"
  ip link set nic0 down
  before=$(nic_now)
  microctr run "$(busybox_conf down "ip -o link show dev eth0" "network = interface:nic0")" | grep -q "02:00:00:00:00:42"
  eventually nic_is "$before" || { nic_now; return 1; }
  same "names" out "$(ls /run/netns)"
}

# the same of a tunnel, which has no hardware address
test_tunnel_is_given_back() {
  ip tuntap add dev tun7 mode tun 2>/dev/null || skip "this machine has no tun devices"
  finally "ip link del tun7"
  ip link set tun7 mtu 1380 up
  tunnel_now() { ip -o link show dev tun7 | grep -o '<.*> mtu [0-9]*'; }
  local before
  before=$(tunnel_now)
  start_who one "network = interface:tun7" "ip = 10.70.0.2/24" "mtu = 1300"
  same "mtu inside" 1300 "$(microctr exec one cat /sys/class/net/eth0/mtu)"
  microctr stop one
  back() { [ "$(tunnel_now)" = "$before" ]; }
  eventually back || tunnel_now
  same "names" "" "$(ls /run/netns 2>/dev/null)"
}

# the same after kill -9 of `run`, by the next command
test_interface_after_kill() {
  nic
  local before runner
  before=$(nic_now)
  who_conf one "network = interface:nic0" "ip = 10.70.0.2/24" >/dev/null
  background run "$T/one.conf"
  runner=$!
  eventually microctr exec one true
  kill -9 "$runner"
  wait "$runner" 2>/dev/null || true
  microctr list >/dev/null
  eventually nic_is "$before" || { nic_now; return 1; }
  same "names" out "$(ls /run/netns)"
}

# the same after a failed start, of the program and of an earlier step
test_interface_after_a_failed_start() {
  nic
  local before
  before=$(nic_now)
  exits 127 microctr run "$(busybox_conf one no-such-program "network = interface:nic0" "ip = 10.70.0.2/24")"
  eventually nic_is "$before" || { nic_now; return 1; }
  exits 125 microctr run "$(busybox_conf one true "network = interface:nic0" "ip = 10.70.0.2/24" "volume = $T/missing:/x")"
  eventually nic_is "$before" || { nic_now; return 1; }
  # Somebody else's namespace of the same name is neither used nor taken away.
  ip netns add one
  finally "ip netns del one"
  exits 125 microctr run "$(busybox_conf one true "network = interface:nic0" "ip = 10.70.0.2/24")"
  one_line "$err"
  ip netns exec one true || fail "somebody else's namespace is gone"
  eventually nic_is "$before" || { nic_now; return 1; }
}

# key network: container:NAME: the same interfaces and ports, which stay when the owner starts again
test_container_shares() {
  start_who owner "network = bridge" "publish = 8080:80"
  busybox_conf guest "sleep 1000" "network = container:owner" "volume = $WORK/tools:/tools:ro" >/dev/null
  microctr start "$T/guest.conf"
  same "namespace" "$(readlink "/proc/$(pid_of owner)/ns/net")" "$(readlink "/proc/$(pid_of guest)/ns/net")"
  same "address" "$(address_of owner)" "$(address_of guest)"
  eventually microctr exec guest /tools/who ask tcp 127.0.0.1 80
  local address
  address=$(address_of owner)
  microctr stop owner
  same "without the owner" "" "$(microctr exec guest ip -o addr show dev eth0 2>/dev/null || true)"
  microctr start "$T/owner.conf"
  same "namespace again" "$(readlink "/proc/$(pid_of owner)/ns/net")" "$(readlink "/proc/$(pid_of guest)/ns/net")"
  same "address again" "$address" "$(address_of guest)"
  eventually microctr exec guest /tools/who ask tcp 127.0.0.1 80
  eventually ask tcp 127.0.0.1 8080
  microctr exec guest /tools/ping 10.209.0.1
  microctr stop owner guest
  microctr remove owner guest
  eventually nothing_left
  exits 125 microctr run "$T/guest.conf"
  one_line "$err"
  has "owner" "$err"
}

# The network of a container that has the machine's: what is set for those that share one is not set there.
test_container_shares_the_host() {
  local switch=/proc/sys/net/ipv4/ping_group_range before
  before=$(cat "$switch")
  microctr start "$(busybox_conf owner "sleep 1000" "network = host")"
  microctr start "$(busybox_conf guest "sleep 1000" "network = container:owner")"
  same "namespace" "$(readlink /proc/self/ns/net)" "$(readlink "/proc/$(pid_of guest)/ns/net")"
  same "groups that may ping" "$before" "$(cat "$switch")"
}

# key INTERFACE.network: several interfaces, each of its kind
test_several_interfaces() {
  nic
  start_who red "network = none"
  start_who many "network = bridge" "publish = 8080:80" "eth1.network = bridge" "eth1.bridge = br-two" \
    "eth1.bridge_subnet = 10.60.0.0/24" "eth2.network = macvlan:nic0" "eth2.ip = 10.70.0.2/24" \
    "lan0.network = veth" "lan0.ip = 10.0.0.2/24" "red0.network = veth:red" "red0.ip = 10.1.0.2/24"
  same "interfaces" "eth0 eth1 eth2 lan0 red0 " "$(microctr exec many ls /sys/class/net | grep -x -e 'eth.' -e lan0 -e red0 | tr '\n' ' ')"
  eventually microctr exec many /tools/ping 10.70.0.1
  microctr exec many /tools/ping 10.60.0.1
  microctr exec many /tools/ping 10.0.0.1
  microctr exec many /tools/ping 10.1.0.1
  same "five hardware addresses" 5 "$(for name in eth0 eth1 eth2 lan0 red0; do mac_of many $name; done | sort -u | wc -l)"
  eventually ask tcp 127.0.0.1 8080
  microctr stop many
  eventually no_link br-two
  no_link mc0
}

# A DHCP server outside, on nic1: 10.70.0.50 and further, leases of SECONDS.
serve_dhcp() {  # SECONDS
  mkdir -p "$T/dhcp"
  : >"$T/dhcp/leases"
  cat >"$T/dhcp/conf" <<END
interface ${2:-nic1}
start 10.70.0.50
end 10.70.0.60
max_leases 10
min_lease 1
lease_file $T/dhcp/leases
pidfile $T/dhcp/pid
auto_time 1
option subnet 255.255.255.0
option router 10.70.0.1
option dns 10.70.0.1
option domain live.test
option lease $1
END
  ip netns exec out busybox udhcpd -f "$T/dhcp/conf" >"$T/dhcp/log" 2>&1 &
  finally "kill $!"
}
has_lease() { register | grep -q "eth0	10.70.0.5[0-9]/24"; }
clients() { pgrep -f "^udhcpc .*$T/run" || true; }
no_client() { [ -z "$(clients)" ]; }
leased_now() { busybox dumpleases -f "$T/dhcp/leases" -d 2>/dev/null | grep -c "10.70.0.5"; }

# key ip: dhcp: address, way out, the register's line; the lease is renewed, and given back at the end
test_dhcp() {
  nic
  serve_dhcp 120
  tcpdump -i nic0 -n -U -w "$T/packets" udp port 67 2>"$T/tcpdump" &
  finally "kill $!"
  eventually grep -q listening "$T/tcpdump"
  start_who one "network = macvlan:nic0" "ip = dhcp"
  eventually has_lease || { register; cat "$T/dhcp/log"; return 1; }
  eventually answers "$(register | awk '$1 == "lease" { print $5 }')" address_of one
  same "way out" 1 "$(microctr exec one ip route | grep -c 'default via 10.70.0.1 dev eth0')"
  has "10.70.0.1	live.test" "$(register | grep '^server')"
  eventually microctr exec one /tools/ping 10.70.0.1
  kinds() { tcpdump -n -v -r "$T/packets" 2>/dev/null | grep -o 'DHCP-Message.*' | sed 's/.*: //'; }
  renewed() { [ "$(kinds | grep -c Request)" -ge 2 ] && [ "$(kinds | grep -c ACK)" -ge 2 ]; }
  kill -USR1 "$(clients)"  # as it does by itself, but not before a minute has gone
  eventually renewed || { kinds; return 1; }
  has_lease
  microctr exec one /tools/ping 10.70.0.1
  microctr stop one
  released() { kinds | grep -q Release; }
  eventually released || { kinds; return 1; }
  eventually no_client || { clients; return 1; }
  eventually nothing_of_one
}
nothing_of_one() { ! register | grep -q one && [ "$(ls /run/netns)" = out ]; }

# the same on a bridge; after kill -9 of `run` no client is left
test_dhcp_after_kill() {
  nic
  ip link add br-live type bridge
  finally "ip link del br-live"
  ip link set br-live up
  ip link set nic0 master br-live
  serve_dhcp 60
  who_conf one "network = bridge" "bridge = br-live" "ip = dhcp" >/dev/null
  background run "$T/one.conf"
  local runner=$!
  eventually has_lease || { register; cat "$T/dhcp/log"; return 1; }
  [ -n "$(clients)" ] || fail "no client: the test sees nothing"
  kill -9 "$runner"
  wait "$runner" 2>/dev/null || true
  microctr list >/dev/null
  eventually no_client || { clients; return 1; }
  eventually nothing_of_one || { register; ls /run/netns; return 1; }
}

# rule: the program does not wait for a server that does not answer, and the end does not wait for the client
test_dhcp_without_a_server() {
  nic
  local config
  config=$(busybox_conf one "echo here" "network = macvlan:nic0" "ip = dhcp")
  exits 0 timeout 5 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$config"
  same "it runs" here "$out"
  eventually no_client || { clients; return 1; }
}

# key ip: dhcp beside a written IPv6 address, which stays
test_dhcp_with_ipv6() {
  has_six || skip "this kernel has no IPv6"
  nic
  serve_dhcp 120
  start_who one "network = macvlan:nic0" "ip = dhcp" "ip = fd00:70::2/64"
  has "fd00:70::2/64" "$(microctr exec one ip -6 -o addr show dev eth0)"
  leased() { register | grep -q "eth0	10.70.0.5[0-9]/24 fd00:70::2/64"; }
  eventually leased || { register; cat "$T/dhcp/log"; return 1; }
  has "fd00:70::2/64" "$(microctr exec one ip -6 -o addr show dev eth0)"
  has "10.70.0.5" "$(microctr exec one ip -4 -o addr show dev eth0)"
}

# rule: a new program on disk, in the place of the one that runs: udhcpc finds it
test_dhcp_after_an_upgrade() {
  nic
  serve_dhcp 120
  install "$BINARY" "$T/tool"
  tool_microctr() { "$T/tool" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@"; }
  tool_microctr start "$(busybox_conf stays "sleep 1000")"
  install "$BINARY" "$T/tool"
  has "(deleted)" "$(readlink /proc/*/exe 2>/dev/null | grep "$T/tool")"
  tool_microctr start "$(who_conf one "network = macvlan:nic0" "ip = dhcp")"
  eventually has_lease || { register; cat "$T/dhcp/log"; return 1; }
}

# rule: the client of a container that dies with its supervisor ends with it, after reexec too
test_dhcp_after_reexec() {
  nic
  serve_dhcp 120
  background supervise --kill-on-exit 2>"$T/supervise.log"
  local supervisor=$!
  finally "kill $supervisor"
  eventually microctr list
  start_who one "network = macvlan:nic0" "ip = dhcp"
  eventually has_lease || { register; cat "$T/dhcp/log"; return 1; }
  exits 0 microctr reexec
  eventually microctr exec one true
  microctr stop one
  eventually no_client || clients
  kill "$supervisor"
  wait "$supervisor" || true
}
