# Network modes none, host and veth. The tests have a network namespace of their own as "the host".

. "$(dirname "${BASH_SOURCE[0]}")/tools/net.sh"

first_pid() { microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9; }
# What a kernel makes in every network namespace: lo, and where the modules are there sit0 and the like. (The tests' own
# /sys is the machine's, so links are asked for by netlink.)
links() { ip -o link | cut -d: -f2 | tr -d ' ' | sed 's/@.*//' | LC_ALL=C sort; }
new_links() { unshare -n ip -o link | cut -d: -f2 | tr -d ' ' | sed 's/@.*//' | LC_ALL=C sort; }
pairs() { ip -o link show type veth | cut -d: -f2 | tr -d ' ' | sed 's/@.*//'; }
veth() { printf '%s\n' "network = veth" "ip = ${1:-10.0.0.2/24}"; }

# demo: network none (the default): loopback only, up, and no way out
test_none() {
  local look='ls /sys/class/net | tr "\n" " "; ip -4 -o addr show lo | grep -o 127.0.0.1/8; ip route; ip link show lo | grep -o ",UP[,>]"'
  same "default" "$(echo "$(new_links | tr '\n' ' ')127.0.0.1/8"; echo ",UP,")" "$(inside "$look")"
  same "given" "$(echo "$(new_links | tr '\n' ' ')127.0.0.1/8"; echo ",UP,")" "$(inside "$look" network=none)"
  same "loopback works" through "$(inside 'nc -l -p 80 -e echo through & for i in 1 2 3 4 5 6 7 8 9 10; do nc 127.0.0.1 80 2>/dev/null </dev/null && break; sleep 0.1; done')"
  same "its own namespace" other "$(microctr start "$(busybox_conf own "sleep 1000")"; [ "$(readlink "/proc/$(first_pid own)/ns/net")" = "$(readlink /proc/self/ns/net)" ] || echo other)"
}

# demo: network host: the same links and addresses as the host
test_host() {
  ip link add live-a type veth peer name live-b
  ip addr add 192.0.2.1/24 dev live-a
  local seen mapped expected
  seen=$(inside 'ls /sys/class/net | tr "\n" " "; ip -4 -o addr show live-a | grep -o 192.0.2.1/24; readlink /proc/self/ns/net' network=host || true)
  mapped=$(inside 'ip -4 -o addr show live-a | grep -o 192.0.2.1/24; readlink /proc/self/ns/net; test -d /sys/class/net/lo && echo sysfs' network=host userns=root || true)
  expected=$(links | tr '\n' ' '; echo 192.0.2.1/24; readlink /proc/self/ns/net)
  ip link del live-a
  same "what it sees" "$expected" "$seen"
  same "in a user namespace" "$(echo 192.0.2.1/24; readlink /proc/self/ns/net; echo sysfs)" "$mapped"
}

# demo: veth pair 10.0.0.1 / 10.0.0.2 with a nc server inside reached from outside
test_veth_server_inside() {
  microctr start "$(busybox_conf server "sh -c 'while :; do echo from inside | nc -l -p 8000; done'" "$(veth)")"
  reached() { [ "$(timeout 1 busybox nc 10.0.0.2 8000 </dev/null)" = "from inside" ]; }
  eventually reached
}

# the same from inside to outside
test_veth_server_outside() {
  local server
  sh -c 'while :; do echo from outside | busybox nc -l -p 8001; done' &
  server=$!
  local seen
  seen=$(inside 'for i in 1 2 3 4 5 6 7 8 9 10; do nc 10.0.0.1 8001 </dev/null 2>/dev/null && break; sleep 0.1; done' "$(veth)" || true)
  kill "$server"
  timeout 2 busybox nc 127.0.0.1 8001 </dev/null >/dev/null 2>&1 || true  # ends its last listener
  wait "$server" 2>/dev/null || true
  same "answer" "from outside" "$seen"
}

# key ip: addresses at both ends, default route, both ends up
test_veth_addresses() {
  microctr start "$(busybox_conf pair "sleep 1000" "$(veth 10.7.0.5/24)")"
  local host
  host=$(pairs)
  same "one pair" 1 "$(pairs | wc -l)"
  same "host's address" "10.7.0.1/24" "$(ip -4 -o addr show dev "$host" | awk '{ print $4 }')"
  has "UP" "$(ip -o link show dev "$host" | sed 's/.*<\(.*\)>.*/\1/')"
  same "inside" "eth0 lo " "$(microctr exec pair sh -c 'ls /sys/class/net' | grep -x -e eth0 -e lo | tr '\n' ' ')"
  same "inside's address" "10.7.0.5/24" "$(microctr exec pair ip -4 -o addr show dev eth0 | awk '{ print $4 }')"
  same "routes" "default via 10.7.0.1 dev eth0 10.7.0.0/24 dev eth0 scope link  src 10.7.0.5 " "$(microctr exec pair ip route | sed 's/ *$//' | tr '\n' ' ')"
  has '"host_link":"'"$host"'"' "$(microctr inspect --json pair)"
}

# key gateway: the host's end has it
test_veth_gateway() {
  microctr start "$(busybox_conf gate "sleep 1000" "$(veth 10.7.0.1/24)" "gateway = 10.7.0.254")"
  same "host's address" "10.7.0.254/24" "$(ip -4 -o addr show dev "$(pairs)" | awk '{ print $4 }')"
  has "default via 10.7.0.254 dev eth0" "$(microctr exec gate ip route)"
  microctr stop -t 100ms gate
  gone() { [ -z "$(pairs)" ]; }  # the kernel takes the pair away in its own time
  eventually gone
  # The first address of the subnet is the container's: the host has the second.
  microctr start "$(busybox_conf first "sleep 1000" "$(veth 10.8.0.1/24)")"
  same "host's address" "10.8.0.2/24" "$(ip -4 -o addr show dev "$(pairs)" | awk '{ print $4 }')"
}

# key ip: IPv6, together with IPv4; several of one family
test_veth_ipv6() {
  [ -e /proc/net/if_inet6 ] || skip "this kernel has no IPv6"
  local ping
  ping=$(tool ping.cpp)
  microctr start "$(busybox_conf six "sleep 1000" "$(veth)" "ip = fd00:7::2/64" "ip = 10.0.0.3/24" "volume = $(dirname "$ping"):/tools:ro")"
  has "fd00:7::1/64" "$(ip -6 -o addr show dev "$(pairs)")"
  has "fd00:7::2/64" "$(microctr exec six ip -6 -o addr show dev eth0)"
  same "IPv4 inside" "10.0.0.2/24 10.0.0.3/24 " "$(microctr exec six ip -4 -o addr show dev eth0 | awk '{ print $4 }' | tr '\n' ' ')"
  same "IPv4 outside" "10.0.0.1/24" "$(ip -4 -o addr show dev "$(pairs)" | awk '{ print $4 }')"
  has "default via fd00:7::1" "$(microctr exec six ip -6 route)"
  microctr exec six /tools/ping 10.0.0.1
  eventually microctr exec six /tools/ping fd00:7::1  # duplicate address detection is not waited for
}

# contract: ping works without a capability in every network namespace of ours
test_ping_without_a_capability() {
  # BusyBox 1.35 as Debian builds it tries SOCK_RAW only, so the test brings a ping of its own.
  local ping
  ping=$(tool ping.cpp)
  # With ids of its own a container cannot read the numbers, which are the host's.
  same "range" "0 2147483647" "$(inside 'tr "\t" " " </proc/sys/net/ipv4/ping_group_range' userns=host)"
  local tools="volume=$(dirname "$ping"):/tools:ro"
  same "loopback" 0 "$(inside '/tools/ping 127.0.0.1; echo $?' "$tools")"
  same "as a user" 0 "$(inside '/tools/ping 127.0.0.1; echo $?' "$tools" user=1000:1000)"
  same "to the host" 0 "$(inside '/tools/ping 10.0.0.1; echo $?' "$tools" "$(veth)" user=1000:1000)"
  same "in a user namespace" 0 "$(inside '/tools/ping 127.0.0.1; echo $?' "$tools" userns=root)"
  same "range of the host" "$(unshare -n cat /proc/sys/net/ipv4/ping_group_range)" "$(cat /proc/sys/net/ipv4/ping_group_range)"
  microctr start "$(busybox_conf pinged "sleep 1000" "$(veth)")"
  eventually unshare_free_ping || fail "no answer from inside"
}
unshare_free_ping() { setpriv --bounding-set -all true && (echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range; "$WORK/tools/ping" 10.0.0.2; status=$?; echo "1 0" >/proc/sys/net/ipv4/ping_group_range; exit $status); }

# A link has at most 15 characters: a longer name is shortened, and two that begin alike do not collide
test_veth_long_names() {
  local one=a-very-long-container-name-1 two=a-very-long-container-name-2
  microctr start "$(busybox_conf $one "sleep 1000" "$(veth 10.1.0.2/24)")"
  microctr start "$(busybox_conf $two "sleep 1000" "$(veth 10.2.0.2/24)")"
  same "pairs" 2 "$(pairs | sort -u | wc -l)"
  same "inside" "10.2.0.2/24" "$(microctr exec $two ip -4 -o addr show dev eth0 | awk '{ print $4 }')"
  microctr stop -t 100ms $one
  gone() { [ "$(pairs | wc -l)" = 1 ]; }
  eventually gone
  has "10.2.0.1/24" "$(ip -4 -o addr show dev "$(pairs)")"
  microctr exec $two true
}

# rule: a restart under the same name at once, while the kernel still removes the old pair
test_veth_restart_at_once() {
  local round
  busybox_conf again "sh -c 'ip -4 -o addr show dev eth0 | grep -o 10.0.0.2/24'" "$(veth)" >/dev/null
  for round in 1 2 3 4 5 6 7 8 9 10; do
    same "run $round" "10.0.0.2/24" "$(microctr run "$T/again.conf")"
  done
  busybox_conf again "sleep 1000" "$(veth)" >/dev/null
  for round in 1 2 3 4 5 6 7 8 9 10; do
    microctr start "$T/again.conf"
    same "start $round" "10.0.0.1/24" "$(ip -4 -o addr show dev "$(pairs)" | awk '{ print $4 }')"
    microctr stop -t 100ms again
  done
}

# rule: a link that is not ours is neither used nor taken away
test_veth_name_is_taken() {
  microctr start "$(busybox_conf taken "sleep 1000" "$(veth)")"
  local name
  name=$(pairs)
  microctr stop -t 100ms taken
  gone() { [ -z "$(pairs)" ]; }
  eventually gone
  ip link add "$name" type veth peer name live-b
  busybox_conf taken true "$(veth)" >/dev/null
  exits 125 microctr run "$T/taken.conf" || { ip link del "$name"; return 1; }
  ip link del "$name" || fail "the other one's link was taken away"
  one_line "$err"
  has "$name" "$err"
}

# The same address twice on the host is the user's error, not a reason to leave anything behind
test_veth_twice_the_same_subnet() {
  microctr start "$(busybox_conf one "sleep 1000" "$(veth)")"
  microctr start "$(busybox_conf two "sleep 1000" "$(veth 10.0.0.3/24)")" 2>"$T/error" || one_line "$(cat "$T/error")"
  same "first" "10.0.0.2/24" "$(microctr exec one ip -4 -o addr show dev eth0 | awk '{ print $4 }')"
}

# rule: no pair where there is none to be: a container's link is not in another namespace, and only its own
test_veth_is_in_two_namespaces_only() {
  microctr start "$(busybox_conf lone "sleep 1000")"
  microctr start "$(busybox_conf pair "sleep 1000" "$(veth)")"
  same "the other container" "$(new_links | tr '\n' ' ')" "$(microctr exec lone ls /sys/class/net | tr '\n' ' ')"
  same "a new namespace" "" "$(unshare -n ip -o link show type veth)"
  same "inside" 1 "$(microctr exec pair ls /sys/class/net | grep -c eth)"
  same "outside" 1 "$(pairs | wc -l)"
}

# rule: a failed start takes its pair away again
test_veth_is_undone_after_a_failed_start() {
  busybox_conf failed no-such-program "$(veth)" >/dev/null
  exits 127 microctr run "$T/failed.conf"
  gone() { [ -z "$(pairs)" ]; }
  eventually gone
  busybox_conf failed true "$(veth)" "volume = $T/missing:/x" >/dev/null
  exits 125 microctr start "$T/failed.conf"
  eventually gone
}

# demo: RED and BLUE ping each other; here through the host's two pairs, which forwards between them
test_two_containers_reach_each_other() {
  local ping
  ping=$(tool ping.cpp)
  microctr start "$(busybox_conf red "sleep 1000" "$(veth 10.1.0.2/24)" "volume = $(dirname "$ping"):/tools:ro")"
  microctr start "$(busybox_conf blue "sleep 1000" "$(veth 10.2.0.2/24)" "volume = $(dirname "$ping"):/tools:ro")"
  local before status=0
  before=$(cat /proc/sys/net/ipv4/ip_forward)
  echo 1 >/proc/sys/net/ipv4/ip_forward
  eventually microctr exec red /tools/ping 10.2.0.2 && eventually microctr exec blue /tools/ping 10.1.0.2 || status=1
  echo "$before" >/proc/sys/net/ipv4/ip_forward
  return "$status"
}

# the host's end has the gateway's address: a host address inside is the container's own, ports do not collide
test_ports_are_its_own() {
  microctr start "$(busybox_conf one "httpd -f -p 80 -h /etc" "$(veth 10.1.0.2/24)")"
  microctr start "$(busybox_conf two "httpd -f -p 80 -h /etc" "$(veth 10.2.0.2/24)")"
  page() { curl -s --max-time 1 "http://$1/passwd" | grep -q root; }
  eventually page 10.1.0.2
  eventually page 10.2.0.2
}
