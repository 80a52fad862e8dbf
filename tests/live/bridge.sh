# network = bridge: bridges of ours and of others, their addresses, their end, and the way out.

. "$(dirname "${BASH_SOURCE[0]}")/tools/net.sh"

# consh: RED and BLUE ping each other, here over the default bridge; each is found under its address
test_red_and_blue() {
  start_who red "network = bridge"
  start_who blue "network = bridge"
  microctr exec red /tools/ping "$(four_of blue)"
  microctr exec blue /tools/ping "$(four_of red)"
  same "who" "blue $(four_of red)" "$(ask_from red tcp "$(four_of blue)" 80)"
}

# key bridge: mc0 comes with its first user and goes with its last one
test_default_bridge_comes_and_goes() {
  no_link mc0
  start_who one "network = bridge"
  same "subnet" "10.209.0.1/16" "$(ip -4 -o addr show dev mc0 | awk '{ print $4 }')"
  start_who two "network = bridge"
  microctr stop one
  has_link mc0
  has "default via 10.209.0.1 dev eth0" "$(microctr exec two ip route)"
  microctr stop two
  eventually no_link mc0
  microctr remove one two
  nothing_left
}

# contract: after kill -9 of `run` the next command cleans up
test_bridge_after_kill() {
  who_conf killed "network = bridge" "publish = 8080:80" >/dev/null
  background run "$T/killed.conf"
  local runner=$!
  eventually ask tcp 127.0.0.1 8080
  kill -9 "$runner"
  wait "$runner" 2>/dev/null || true
  microctr list >/dev/null
  eventually nothing_left || { register; ip -o link; ls /run/netns; nft list ruleset; return 1; }
}

# key bridge_subnet: without one of IPv6 a container on a bridge of ours has no link-local address; a port never has one
test_link_local_addresses() {
  has_six || skip "this kernel has no IPv6"
  link_local_of() { microctr exec "$1" ip -6 -o addr show dev eth0 scope link; }
  start_who four "network = bridge"
  same "inside, IPv4" "" "$(link_local_of four)"
  start_who both "network = bridge" "bridge = br-six" "bridge_subnet = 10.60.0.0/24" "bridge_subnet = fd00:60::/64"
  has "fe80::" "$(link_local_of both)"
  start_who less "network = bridge" "bridge = br-six" "ip = 10.60.0.9/24"
  has "fe80::" "$(link_local_of less)"
  ip link add br-live type bridge
  finally "ip link del br-live"
  ip link set br-live up
  start_who theirs "network = bridge" "bridge = br-live" "ip = 10.50.0.2/24"
  has "fe80::" "$(link_local_of theirs)"
  start_who small "network = bridge" "mtu = 1000"  # a link below 1280 bytes has no IPv6 at all
  local port
  for port in four both less theirs small; do
    same "port of $port" "" "$(ip -6 -o addr show dev "mc-$port")"
  done
}

# The kernel gives a bridge 1023 ports
test_full_bridge() {
  ip link add br-full type bridge
  finally "ip link del br-full"
  finally "ip link del group 7"
  seq 512 | sed 's/.*/link add p& master br-full group 7 type veth peer name q&\nlink set q& master br-full/' | ip -force -batch - >/dev/null 2>&1 || true
  exits 125 microctr run "$(who_conf one "network = bridge" "bridge = br-full" "ip = 10.50.0.2/24")"
  one_line "$err"
  has "a bridge has at most 1023 ports" "$err"
}

# key bridge: one that is there already is used, without touching it
test_existing_bridge() {
  ip link add br-live type bridge
  finally "ip link del br-live"
  ip addr add 10.50.0.1/24 dev br-live
  ip link set br-live up
  local before
  ip link add live-port address fa:00:00:00:00:01 type veth peer name live-other
  finally "ip link del live-port"
  ip link set live-port master br-live up
  now() { ip addr show br-live | grep -o 'link/.*\|inet .*'; }
  before=$(now)
  start_who one "network = bridge" "bridge = br-live" "ip = 10.50.0.2/24" "gateway = 10.50.0.1"
  microctr exec one /tools/ping 10.50.0.1
  has "default via 10.50.0.1 dev eth0" "$(microctr exec one ip route)"
  same "while it is used" "$before" "$(now)"
  same "no NAT by itself" "" "$(nft list tables)"
  exits 125 microctr run "$(who_conf two "network = bridge" "bridge = br-live")"
  has "ip = ADDRESS/PREFIX" "$err"
  exits 125 microctr run "$(who_conf two "network = bridge" "bridge = br-live" "bridge_subnet = 10.51.0.0/24")"
  has "is not ours" "$err"
  microctr stop one
  same "afterwards" "$before" "$(now)"
}

# key bridge_subnet: a further bridge of ours; all its containers say the same, or nothing
test_further_bridge() {
  start_who one "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/24"
  same "bridge" "10.60.0.1/24" "$(ip -4 -o addr show dev br-two | awk '{ print $4 }')"
  has "10.60.0." "$(four_of one)"
  start_who two "network = bridge" "bridge = br-two"
  microctr exec two /tools/ping "$(four_of one)"
  exits 125 microctr run "$(who_conf three "network = bridge" "bridge = br-two" "bridge_subnet = 10.61.0.0/24")"
  one_line "$err"
  has "another bridge_subnet than the one that the bridge has: br-two" "$err"
  microctr stop one two
  eventually no_link br-two
  exits 125 microctr run "$(who_conf three "network = bridge" "bridge = br-two")"
  has "find the bridge br-two" "$err"
}

# key bridge_subnet: a written address is the bridge's own
test_bridge_has_the_written_address() {
  start_who one "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.9/24" "ip = 10.60.0.1/24"
  same "bridge" "10.60.0.9/24" "$(ip -4 -o addr show dev br-two | awk '{ print $4 }')"
  same "container" "10.60.0.1/24" "$(address_of one)"
  has "default via 10.60.0.9" "$(microctr exec one ip route)"
}

# key ip: a chosen address stays with the name over stop and start, and nobody else gets it meanwhile
test_address_is_kept_for_the_name() {
  local key="network = bridge" subnet="bridge_subnet = 10.60.0.0/29" first name
  start_who one "$key" "bridge = br-two" "$subnet"
  first=$(address_of one)
  start_who two "$key" "bridge = br-two" "$subnet"
  microctr stop one
  for name in three four five; do
    start_who $name "$key" "bridge = br-two" "$subnet"
    [ "$(address_of $name)" != "$first" ] || fail "$name has the address of one"
  done
  microctr start "$T/one.conf"
  same "address" "$first" "$(address_of one)"
  same "all five" 5 "$(for name in one two three four five; do address_of $name; done | sort -u | wc -l)"
  exits 125 microctr run "$(who_conf six "$key" "bridge = br-two" "$subnet")"
  one_line "$err"
  has "free address on br-two (10.60.0.1/29)" "$err"
  has "larger bridge_subnet" "$err"
}

# key ip: `remove` frees the address, and so does need
test_removed_address_is_free() {
  local key="network = bridge" subnet="bridge_subnet = 10.60.0.0/30"
  start_who stays "$key" "bridge = br-tre" "bridge_subnet = 10.62.0.0/24"
  start_who one "$key" "bridge = br-two" "$subnet"
  same "address" "10.60.0.2/30" "$(address_of one)"
  exits 125 microctr run "$(who_conf two "$key" "bridge = br-two" "$subnet")"
  microctr stop one
  has "kept	br-two	one	eth0	10.60.0.2/30" "$(register)"
  microctr remove one
  has_not "kept" "$(register)"
  start_who two "$key" "bridge = br-two" "$subnet"
  microctr stop two
  start_who three "$key" "bridge = br-two" "$subnet"  # there is no other
  same "address" "10.60.0.2/30" "$(address_of three)"
}

# key ip: one address, one container; the message names who has it
test_address_of_another_is_refused() {
  start_who one "network = bridge" "ip = 10.209.7.7/16"
  same "address" "10.209.7.7/16" "$(address_of one)"
  exits 125 microctr run "$(who_conf two "network = bridge" "ip = 10.209.7.7/16")"
  one_line "$err"
  has "10.209.7.7 on mc0 by one" "$err"
  microctr exec one /tools/ping 10.209.0.1
}

# key bridge_subnet: one that a route leads to is refused with the route; the default one moves on
test_subnet_collides_with_a_route() {
  ip link add up0 type veth peer name up1
  finally "ip link del up0"
  ip link set up0 up
  ip route add 10.209.128.0/24 dev up0
  ip route add 10.60.0.0/16 dev up0
  start_who one "network = bridge"
  has "10.213." "$(four_of one)"
  exits 125 microctr run "$(who_conf two "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.3.0/24")"
  one_line "$err"
  has "10.60.3.0/24 (10.60.0.0/16)" "$err"
  ip route add 10.0.0.0/8 dev up0
  ip route add 192.168.0.0/16 dev up0
  microctr stop one
  exits 125 microctr start "$T/one.conf"
  has "write bridge_subnet" "$err"
}

# keys mac and mtu: the hardware address stays the same over restarts; both ends of the pair have the size
test_mac_and_mtu() {
  start_who one "network = bridge" "mtu = 1400"
  local mac host
  mac_of() { microctr exec "$1" cat /sys/class/net/eth0/address; }
  mac=$(mac_of one)
  has '02:' "${mac:0:3}"
  same "inside" 1400 "$(microctr exec one cat /sys/class/net/eth0/mtu)"
  host=$(ip -o link show master mc0 | awk '{ sub(/@.*/, "", $2); print $2 }')
  has "mtu 1400" "$(ip link show dev "$host")"
  microctr stop one
  microctr start "$T/one.conf"
  same "after a restart" "$mac" "$(mac_of one)"
  start_who two "network = bridge" "mac = 02:00:5e:10:00:01"
  same "given" "02:00:5e:10:00:01" "$(mac_of two)"
  local bridge
  bridge=$(cat /sys/class/net/mc0/address 2>/dev/null || ip link show mc0 | awk '/ether/ { print $2 }')
  microctr stop one two
  start_who two "network = bridge" "mac = 02:00:00:00:00:01"
  same "the bridge's own" "$bridge" "$(ip link show mc0 | awk '/ether/ { print $2 }')"
}

# key nat: packets to outside have the host's address, in both families; from a neighbour its own
test_way_out() {
  outside
  serve_outside 80
  local six=()
  has_six && six=("bridge_subnet = fd00:60::/64")
  start_who one "network = bridge" "bridge_subnet = 10.60.0.0/24" "${six[@]}"
  eventually microctr exec one /tools/ping 192.0.2.2
  same "TCP" "$(hostname) 192.0.2.1" "$(ask_from one tcp 192.0.2.2 80)"
  same "UDP" "$(hostname) 192.0.2.1" "$(ask_from one udp 192.0.2.2 80)"
  has_six || return 0
  same "way out" "default via fd00:60::1 dev eth0" "$(microctr exec one ip -6 route show default | grep -o 'default via [^ ]* dev eth0')"
  eventually microctr exec one /tools/ping 2001:db8::2
  same "IPv6" "$(hostname) 2001:db8::1" "$(ask_from one tcp 2001:db8::2 80)"
}

# key nat: no: the container's own address is seen outside
test_without_nat() {
  outside
  serve_outside 80
  ip -n out route add 10.60.0.0/24 via 192.0.2.1
  start_who one "network = bridge" "bridge_subnet = 10.60.0.0/24" "ip = 10.60.0.5/24" "nat = no"
  same "no firewall" "" "$(nft list tables)"
  echo 1 >/proc/sys/net/ipv4/ip_forward
  finally "echo 0 >/proc/sys/net/ipv4/ip_forward"
  same "own address" "$(hostname) 10.60.0.5" "$(ask_from one tcp 192.0.2.2 80)"
}

# rule: a switch of the kernel that we turn goes back with the last container; one that was on stays on
test_forwarding_is_given_back() {
  local file=/proc/sys/net/ipv4/ip_forward
  start_who one "network = bridge"
  same "while it runs" 1 "$(cat $file)"
  microctr stop one
  same "afterwards" 0 "$(cat $file)"
  echo 1 >$file
  finally "echo 0 >$file"
  microctr start "$T/one.conf"
  microctr stop one
  same "it was on" 1 "$(cat $file)"
}

# rule: a host that gets its own way out from router advertisements keeps it while it forwards for containers
test_router_advertisements_still_count() {
  has_six || skip "this kernel has no IPv6"
  outside
  advertise() {
    out python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
s.sendto(bytes([134, 0, 0, 0, 64, 0, 7, 8] + [0] * 8), ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))'
    ip -6 route show default | grep -q "proto ra"
  }
  eventually advertise
  start_who four "network = bridge" "bridge = br-four" "bridge_subnet = 10.61.0.0/24"
  start_who one "network = bridge" "bridge_subnet = 10.60.0.0/24" "bridge_subnet = fd00:60::/64"
  same "a bridge of ours hears no container" 1 "$(cat /proc/sys/net/ipv6/conf/br-four/accept_ra)"
  same "forwards" 1 "$(cat /proc/sys/net/ipv6/conf/all/forwarding)"
  has "proto ra" "$(ip -6 route show default)"
  ip -6 route flush default proto ra
  eventually advertise
  microctr stop one four
  has "proto ra" "$(ip -6 route show default)"
  same "given back" "0 1 " "$(cat /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/up0/accept_ra | tr '\n' ' ')"
}

# rule: where IPv6 is off, IPv4 works and IPv6 is refused with the reason
test_ipv6_is_off() {
  has_six || skip "this kernel has no IPv6"
  echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
  echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
  finally "echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6"
  start_who one "network = bridge" "publish = 8080:80"
  eventually ask tcp 127.0.0.1 8080
  microctr stop one
  exits 125 microctr run "$(who_conf six "network = bridge" "bridge_subnet = 10.60.0.0/24" "bridge_subnet = fd00:60::/64")"
  one_line "$err"
  has "IPv6 is off" "$err"
}

# rule: somebody deletes our bridge while containers run: the next start makes it again, also with published ports
test_bridge_is_deleted_by_somebody() {
  start_who one "network = bridge"
  ip link del mc0
  start_who two "network = bridge" "publish = 8080:80"
  same "subnet" "10.209.0.1/16" "$(ip -4 -o addr show dev mc0 | awk '{ print $4 }')"
  eventually answers "two 10.209.0.1" ask tcp 127.0.0.1 8080
  same "the other one" "one $(four_of two)" "$(ask_from two tcp "$(four_of one)" 80)"
  microctr exec one /tools/ping 10.209.0.1
  microctr stop one two
  eventually no_link mc0
  start_who one "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/24"
  ip link del br-two
  start_who two "network = bridge" "bridge = br-two"
  microctr exec two /tools/ping 10.60.0.1
}

# rule: what the containers of another runtime directory use is neither made anew nor deleted
test_another_runtime_directory() {
  others() { "$BINARY" --root "$T/data2" --runtime-dir "$T/run2" --config-dir "$T/etc" "$@"; }
  start_who web "network = bridge" "publish = 8080:80"
  eventually answers "web 10.209.0.1" ask tcp 127.0.0.1 8080
  exits 125 others run "$(busybox_conf other true "network = bridge")"
  one_line "$err"
  has "another runtime directory use: mc0" "$err"
  exits 125 others run "$(busybox_conf other true "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/24")"
  one_line "$err"
  has "another runtime directory use: table inet microctr" "$err"
  eventually no_link br-two
  exits 0 others run "$(busybox_conf other true "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/24" "nat = no")"
  same "all the time" "web 10.209.0.1" "$(ask tcp 127.0.0.1 8080)"
  microctr stop web
  exits 0 others run "$(busybox_conf other true "network = bridge")"
}

# rule: what a machine that lost its register has left is no obstacle
test_lost_register() {
  start_who web "network = bridge" "publish = 8080:80"
  finally "echo 0 >/proc/sys/net/ipv4/ip_forward"
  ip link del mc-web
  rm "$T/run/networks"
  start_who other "network = bridge" "publish = 8081:80"
  eventually answers "other 10.213.0.1" ask tcp 127.0.0.1 8081
}

# rule: a failed start leaves nothing
test_failed_start_leaves_nothing() {
  busybox_conf failed no-such-program "network = bridge" "publish = 8080:80" >/dev/null
  exits 127 microctr run "$T/failed.conf"
  eventually nothing_left
  busybox_conf failed true "network = bridge" "publish = 8080:80" "volume = $T/missing:/x" >/dev/null
  exits 125 microctr run "$T/failed.conf"
  eventually nothing_left
  exits 125 microctr start "$T/failed.conf"
  eventually nothing_left
}

# rule: one after another under the same name, at once
test_bridge_restart_at_once() {
  local round
  busybox_conf again "sh -c 'ip -4 -o addr show dev eth0 | grep -c 10.209.'" "network = bridge" >/dev/null
  for round in 1 2 3 4 5 6 7 8 9 10; do same "run $round" 1 "$(microctr run "$T/again.conf")"; done
  start_who again "network = bridge" "publish = 8080:80"
  for round in 1 2 3 4 5; do
    microctr stop again
    microctr start "$T/again.conf"
    eventually ask tcp 127.0.0.1 8080
  done
}

# rule: many that start at the same moment do not disturb each other
test_parallel_starts() {
  local number runners=()
  for number in $(seq 20); do
    busybox_conf "par-$number" "sh -c 'ip -4 -o addr show dev eth0; exec sleep 1000'" "network = bridge" >/dev/null
    background run "$T/par-$number.conf" >"$T/said-$number" 2>&1
    runners+=($!)
  done
  all_there() { [ "$(cat "$T"/said-* | awk '{ print $4 }' | sort -u | grep -c '^10.209.')" = 20 ]; }
  eventually all_there || { cat "$T"/said-*; return 1; }
  kill "${runners[@]}"
  wait "${runners[@]}" || true
  eventually nothing_left
}

# issue: a hundred containers on one bridge, each with an address of its own, all reachable
test_a_hundred_containers() {
  local number files=()
  for number in $(seq 100); do files+=("$(who_conf "many-$number" "network = bridge")"); done
  microctr start "${files[@]:0:50}"
  microctr start "${files[@]:50}"
  local addresses
  addresses=$(register | awk '$1 == "lease" { sub("/16", "", $5); print $5 }')
  same "addresses" 100 "$(echo "$addresses" | sort -u | wc -l)"
  for number in $addresses; do
    eventually ask tcp "$number" 80 || fail "$number does not answer"
  done
  microctr stop -t 100ms $(seq -f 'many-%.0f' 50)
  microctr stop -t 100ms $(seq -f 'many-%.0f' 51 100)
  eventually no_link mc0
}

# architecture: the network namespace has a name for `ip netns` as long as the container runs
test_name_below_run_netns() {
  start_who named "network = bridge"
  same "ip netns exec" "$(address_of named)" "$(ip netns exec named ip -4 -o addr show dev eth0 | awk '{ print $4 }')"
  microctr stop named
  same "afterwards" "" "$(ls /run/netns 2>/dev/null)"
  ip netns add named
  finally "ip netns del named; umount /run/netns; rmdir /run/netns"
  microctr start "$T/named.conf"
  microctr stop named
  same "somebody else's" named "$(ls /run/netns)"
}

# contradictory: what a bridge of ours does with outgoing addresses is the same for all of its containers
test_nat_is_the_bridges() {
  microctr start "$(busybox_conf one "sleep 1000" "network = bridge" "nat = no")"
  exits 125 microctr run "$(busybox_conf two true "network = bridge" "nat = yes")"
  has "nat" "$err"
  has "mc0" "$err"
  exits 0 microctr run "$(busybox_conf three true "network = bridge")"
}

# A container that has no address of a family has no route of it
test_routes_of_its_families() {
  has_six || skip "this kernel has no IPv6"
  microctr start "$(busybox_conf both "sleep 1000" "network = bridge" "bridge_subnet = 10.9.0.0/24" "bridge_subnet = fd00:9::/64")"
  has "default via fd00:9::1" "$(microctr exec both ip -6 route)"
  microctr start "$(busybox_conf four "sleep 1000" "network = bridge" "ip = 10.9.0.7/24")"
  has "default via 10.9.0.1" "$(microctr exec four ip route)"
  has_not default "$(microctr exec four ip -6 route)"
}

# key ip: one that the bridge's subnet does not have is refused, and the bridge's own
test_address_outside_of_the_bridge() {
  start_who one "network = bridge"
  exits 125 microctr run "$(who_conf two "network = bridge" "ip = 10.50.0.9/24")"
  one_line "$err"
  has "10.50.0.9 (the bridge has 10.209.0.1/16)" "$err"
  exits 125 microctr run "$(who_conf two "network = bridge" "ip = 10.209.0.1/16")"
  has "10.209.0.1 (the bridge has" "$err"
}

# rule: forwarding for containers leaves the host's redirects as they were: off on a hardened host
test_redirects_are_given_back() {
  local file=/proc/sys/net/ipv4/conf/all/accept_redirects before
  before=$(cat $file)
  finally "echo $before >$file"
  local value
  for value in 0 1; do
    echo $value >$file
    microctr run "$(busybox_conf one true "network = bridge")"
    same "afterwards" $value "$(cat $file)"
  done
}

# key bridge_subnet: an address that is kept comes back with the subnet's new size, and not as its broadcast address
test_kept_address_in_another_subnet() {
  start_who one "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/24" "ip = 10.60.0.7/24"
  microctr stop one
  start_who one "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/28"
  same "size" "10.60.0.7/28" "$(address_of one)"
  microctr stop one
  start_who one "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/29"
  [ "$(address_of one)" != 10.60.0.7/29 ] || fail "the broadcast address"
}
