# publish: ports of the host that lead to a container, from everywhere, and everything that must not lead there.

. "$(dirname "${BASH_SOURCE[0]}")/tools/net.sh"

in_network_of() { local name=$1; shift; nsenter -t "$(pid_of "$name")" -n "$@"; }

# key publish: from outside, from the host by its own address and by loopback; tcp and udp; other ports do not lead there
test_published_tcp_and_udp() {
  outside
  start_who web "network = bridge" "publish = 8080:80" "publish = 8081:81/udp"
  eventually out_ask tcp 192.0.2.1 8080
  same "from outside" "web 192.0.2.2" "$(out_ask tcp 192.0.2.1 8080)"
  same "udp" "web 192.0.2.2" "$(out_ask udp 192.0.2.1 8081)"
  same "from the host" "web 192.0.2.1" "$(ask tcp 192.0.2.1 8080)"
  same "udp from the host" "web 192.0.2.1" "$(ask udp 192.0.2.1 8081)"
  same "loopback" "web 10.209.0.1" "$(ask tcp 127.0.0.1 8080)"
  same "udp by loopback" "web 10.209.0.1" "$(ask udp 127.0.0.1 8081)"
  silent out_ask tcp 192.0.2.1 8081 || fail "udp only"
  silent out_ask udp 192.0.2.1 8080 || fail "tcp only"
  silent out_ask tcp 192.0.2.1 80 || fail "the port inside"
}

# key publish: the same by IPv6; ::1 is left out
test_published_ipv6() {
  has_six || skip "this kernel has no IPv6"
  outside
  start_who web "network = bridge" "bridge_subnet = 10.60.0.0/24" "bridge_subnet = fd00:60::/64" \
    "publish = 8080:80" "publish = [2001:db8::1]:8081:81" "publish = 8082:82/udp"
  eventually out_ask tcp 2001:db8::1 8080
  same "from outside" "web 2001:db8::2" "$(out_ask tcp 2001:db8::1 8080)"
  same "udp" "web 2001:db8::2" "$(out_ask udp 2001:db8::1 8082)"
  same "one address" "web 2001:db8::2" "$(out_ask tcp 2001:db8::1 8081)"
  same "from the host" "web 2001:db8::1" "$(ask tcp 2001:db8::1 8080)"
  same "by IPv4" "web 192.0.2.2" "$(out_ask tcp 192.0.2.1 8080)"
  silent out_ask tcp 192.0.2.1 8081 || fail "an IPv6 address only"
  silent ask tcp ::1 8080 || fail "by ::1"
}

# key publish: a neighbour on the bridge, and the container itself, by the host's address
test_published_from_the_bridge() {
  local six=() address
  has_six && six=("bridge_subnet = fd00:60::/64")
  start_who web "network = bridge" "bridge_subnet = 10.60.0.0/24" "${six[@]}" "publish = 8080:80" "publish = 8080:80/udp"
  start_who peer "network = bridge" "bridge_subnet = 10.60.0.0/24" "${six[@]}"
  for address in 10.60.0.1 ${six[0]+fd00:60::1}; do
    eventually ask_from peer tcp "$address" 8080
    same "tcp to $address" "web $address" "$(ask_from peer tcp "$address" 8080)"
    same "udp to $address" "web $address" "$(ask_from peer udp "$address" 8080)"
    same "itself, to $address" "web $address" "$(ask_from web tcp "$address" 8080)"
    same "itself, udp to $address" "web $address" "$(ask_from web udp "$address" 8080)"
  done
  same "directly" "web $(four_of peer)" "$(ask_from peer tcp "$(four_of web)" 80)"
}

# key publish: HOSTIP: on this address only
test_published_on_one_address() {
  outside
  ip addr add 192.0.2.7/24 dev up0
  start_who web "network = bridge" "publish = 192.0.2.7:8080:80" "publish = 127.0.0.1:8081:81"
  start_who other "network = bridge" "publish = 192.0.2.1:8080:80"
  eventually out_ask tcp 192.0.2.7 8080
  same "its address" "web 192.0.2.2" "$(out_ask tcp 192.0.2.7 8080)"
  same "another's" "other 192.0.2.2" "$(out_ask tcp 192.0.2.1 8080)"
  silent ask tcp 127.0.0.1 8080 || fail "loopback"
  same "loopback only" "web 10.209.0.1" "$(ask tcp 127.0.0.1 8081)"
  silent out_ask tcp 192.0.2.1 8081 || fail "loopback's port from outside"
  exits 125 microctr run "$(who_conf third "network = bridge" "publish = 192.0.2.99:8080:80")"
  one_line "$err"
  has "must be one of this machine's" "$err"
}

# key publish: ranges
test_published_range() {
  start_who web "network = bridge" "publish = 9000-9003:80-83"
  eventually ask tcp 127.0.0.1 9003
  same "first" "web 10.209.0.1" "$(ask tcp 127.0.0.1 9000)"
  same "ports" "4" "$(register | grep -c '^port')"
  silent ask tcp 127.0.0.1 9004 || fail "one too many"
}

# key publish: on a veth pair
test_published_on_veth() {
  outside
  start_who web "network = veth" "ip = 10.0.0.2/24" "publish = 8080:80"
  eventually out_ask tcp 192.0.2.1 8080
  same "from outside" "web 192.0.2.2" "$(out_ask tcp 192.0.2.1 8080)"
  same "from the host" "web 192.0.2.1" "$(ask tcp 192.0.2.1 8080)"
  same "loopback" "web 10.0.0.1" "$(ask tcp 127.0.0.1 8080)"
  microctr stop web
  eventually no_link "$(ip -o link show type veth | grep -o 'mc-[^@:]*' || echo none)"
}

# rule: a port that a process has is refused with the process's name and number
test_port_of_a_process() {
  local server
  serve_here 8080
  server=$!
  eventually ask tcp 127.0.0.1 8080
  exits 125 microctr run "$(who_conf web "network = bridge" "publish = 8080:80")"
  one_line "$err"
  has "8080/tcp, which who (pid $server) has" "$err"
  exits 125 microctr run "$(who_conf web "network = bridge" "publish = 8080:80/udp")"
  has "8080/udp, which who (pid $server) has" "$err"
  eventually nothing_left
}

# rule: a port that another container has is refused with its name; one of another address or protocol is not
test_port_of_another_container() {
  start_who web "network = bridge" "publish = 127.0.0.1:8080:80"
  exits 125 microctr run "$(who_conf other "network = bridge" "publish = 8079-8081:80-82")"
  one_line "$err"
  has "8080/tcp, which container web publishes" "$err"
  start_who other "network = bridge" "publish = 8080:80/udp"
  eventually answers "other 10.209.0.1" ask udp 127.0.0.1 8080
  same "tcp" "web 10.209.0.1" "$(ask tcp 127.0.0.1 8080)"
  # The port is held while it is published: a process sees that it is taken.
  silent timeout 1 python3 -c 'import socket; socket.socket().bind(("127.0.0.1", 8080))' || fail "the port is not held"
  microctr stop web
  python3 -c 'import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", 8080)); s.listen()'
}

# rule: the same port for another family is no conflict
test_port_of_another_family() {
  has_six || skip "this kernel has no IPv6"
  outside
  start_who six "network = bridge" "bridge = br-six" "bridge_subnet = 10.60.0.0/24" "bridge_subnet = fd00:60::/64" "publish = [2001:db8::1]:8080:80"
  start_who four "network = bridge" "publish = 8080:80"
  eventually answers "four 192.0.2.2" out_ask tcp 192.0.2.1 8080
  eventually answers "six 2001:db8::2" out_ask tcp 2001:db8::1 8080
}

# rule: ended connections that linger on a port (TIME-WAIT) are no obstacle
test_lingering_connections() {
  python3 -c '
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("0.0.0.0", 8080)); s.listen()
c = socket.create_connection(("127.0.0.1", 8080)); a, _ = s.accept()
a.shutdown(socket.SHUT_WR); c.recv(1); c.close(); a.recv(1); a.close()'
  has "0100007F:1F90" "$(awk '$4 == "06"' /proc/net/tcp)"
  start_who web "network = bridge" "publish = 8080:80"
  eventually ask tcp 127.0.0.1 8080
  silent python3 -c '
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("0.0.0.0", 8080)); s.listen()' ||
    fail "the port is not held"
}

# rule: what is not published cannot be reached from outside, not even over a route to the container
test_unpublished_is_out_of_reach() {
  outside
  ip -n out route add 10.209.0.0/16 via 192.0.2.1
  start_who web "network = bridge" "publish = 8080:80" "ip = 10.209.0.9/16"
  eventually out_ask tcp 192.0.2.1 8080
  silent out_ask tcp 10.209.0.9 81 || fail "reached over a route"
  silent out_ask udp 10.209.0.9 81 || fail "reached over a route by udp"
  silent out ping -c 1 -W 1 10.209.0.9 || fail "reached by ping"
}

# Sends a word to UDP port 9999 of the host's 127.0.0.1 over its own interface: what a hostile container with NET_ADMIN
# can do.
send_to_loopback_of_host() {  # NAME WORD
  in_network_of "$1" sh -c "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
    ip route del local 127.0.0.0/8 dev lo table local; ip route del local 127.0.0.1 dev lo table local
    ip route replace 127.0.0.1/32 via \$(ip route show default | cut -d' ' -f3) dev eth0 src $(four_of "$1")" 2>/dev/null
  in_network_of "$1" bash -c "echo $2 >/dev/udp/127.0.0.1/9999"
}

# rule: the host's own loopback cannot be reached from a bridge, while a port is published and afterwards
test_loopback_is_guarded() {
  python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 9999)); open(sys.argv[1], "w").close()
while True: open(sys.argv[1], "ab").write(s.recv(99))' "$T/heard" &
  finally "kill $!"
  eventually test -e "$T/heard"
  start_who web "network = bridge" "publish = 8080:80"
  start_who guest "network = bridge"
  eventually ask tcp 127.0.0.1 8080
  has "1" "$(cat /proc/sys/net/ipv4/conf/mc0/route_localnet)"
  send_to_loopback_of_host guest published
  microctr stop web
  # Both stay as long as the bridge does.
  same "route_localnet" 1 "$(cat /proc/sys/net/ipv4/conf/mc0/route_localnet)"
  send_to_loopback_of_host guest afterwards
  # Without the guard it is reached: the test sees something.
  nft flush chain inet microctr guard
  send_to_loopback_of_host guest unguarded
  eventually test -s "$T/heard"
  same "heard" unguarded "$(cat "$T/heard")"
}

# rule: the same for a bridge that is not ours: its switch goes back with its last published port
test_loopback_on_an_existing_bridge() {
  ip link add br-live type bridge
  finally "ip link del br-live"
  ip addr add 10.50.0.1/24 dev br-live
  ip link set br-live up
  local keys=("network = bridge" "bridge = br-live" "gateway = 10.50.0.1")
  start_who stays "network = bridge" "publish = 8081:80"
  start_who one "${keys[@]}" "ip = 10.50.0.2/24" "publish = 8080:80"
  start_who two "${keys[@]}" "ip = 10.50.0.3/24" "publish = 8082:80"
  eventually answers "one 10.50.0.1" ask tcp 127.0.0.1 8080
  microctr stop one
  same "another one publishes" 1 "$(cat /proc/sys/net/ipv4/conf/br-live/route_localnet)"
  microctr stop two
  same "nobody there" 0 "$(cat /proc/sys/net/ipv4/conf/br-live/route_localnet)"
  same "elsewhere" 1 "$(cat /proc/sys/net/ipv4/conf/mc0/route_localnet)"
  echo 1 >/proc/sys/net/ipv4/conf/br-live/route_localnet
  microctr start "$T/one.conf"
  microctr stop one
  same "it was on" 1 "$(cat /proc/sys/net/ipv4/conf/br-live/route_localnet)"
}

# rule: from a container on another bridge, and with the address of one, only published ports are reached
test_other_bridges_and_forged_addresses() {
  outside
  start_who web "network = bridge" "publish = 8080:80" "ip = 10.209.0.9/16"
  start_who near "network = bridge"
  start_who far "network = bridge" "bridge = br-two" "bridge_subnet = 10.60.0.0/24"
  local published
  for published in 10.60.0.1 10.209.0.1 192.0.2.1; do
    eventually ask_from far tcp $published 8080 || fail "published, at $published"
  done
  silent ask_from far tcp 10.209.0.9 81 || fail "not published"
  silent ask_from far udp 10.209.0.9 81 || fail "not published, by udp"
  microctr exec near /tools/who ask tcp 10.209.0.9 81 >/dev/null
  microctr exec far /tools/ping 10.209.0.1
  # Whether a forged packet arrives is seen on the bridge: its answer goes elsewhere.
  out ip addr add 10.209.0.77/32 dev lo
  out ip route add 10.209.0.9/32 via 192.0.2.1 src 10.209.0.77
  tcpdump -i mc0 -n -U -w "$T/packets" udp port 81 2>"$T/tcpdump" &
  finally "kill $!"
  eventually grep -q listening "$T/tcpdump"
  out bash -c 'echo forged >/dev/udp/10.209.0.9/81'
  microctr exec near /tools/who ask udp 10.209.0.9 81 >/dev/null
  arrived() { tcpdump -n -r "$T/packets" 2>/dev/null | grep -q "10.209.0.9.81"; }
  eventually arrived
  has_not 10.209.0.77 "$(tcpdump -n -r "$T/packets" 2>/dev/null)"
}

# rule: somebody flushes the firewall: the next start builds it again, for all
test_firewall_is_flushed() {
  outside
  start_who web "network = bridge" "publish = 8080:80"
  eventually out_ask tcp 192.0.2.1 8080
  nft flush ruleset
  silent out_ask tcp 192.0.2.1 8080 || fail "the test sees nothing"
  start_who other "network = bridge" "publish = 8081:80"
  eventually answers "web 192.0.2.2" out_ask tcp 192.0.2.1 8080
  same "the new one" "other 192.0.2.2" "$(out_ask tcp 192.0.2.1 8081)"
  nft flush ruleset
  microctr stop other
  eventually answers "web 192.0.2.2" out_ask tcp 192.0.2.1 8080
  nft delete table inet microctr
  microctr stop web
  same "ruleset" "" "$(nft list ruleset)"
}

# rule: tables of others are left alone
test_tables_of_others() {
  nft -f - <<'END'
table inet theirs {
  chain forward { type filter hook forward priority 0; policy drop; tcp dport 80 counter accept; }
}
table ip nat {
  chain mine { type nat hook prerouting priority 0; }
}
END
  finally "nft flush ruleset"
  local before
  before=$(nft --stateless list ruleset)
  start_who web "network = bridge" "publish = 8080:80"
  same "while it runs" "$before" "$(nft --stateless list table inet theirs; nft --stateless list table ip nat)"
  microctr stop web
  same "afterwards" "$before" "$(nft --stateless list ruleset)"
}

# rule: one container's end takes away its own ports only
test_end_takes_its_own() {
  start_who web "network = bridge" "publish = 8080:80"
  start_who other "network = bridge" "publish = 8081:80"
  eventually ask tcp 127.0.0.1 8081
  microctr stop web
  silent ask tcp 127.0.0.1 8080 || fail "still published"
  same "the other" "other 10.209.0.1" "$(ask tcp 127.0.0.1 8081)"
  same "elements" "" "$(nft list table inet microctr | grep 8080 || true)"
}

# rule: a connection that is already there goes on while others start and stop
test_connections_go_on() {
  start_who web "network = bridge" "publish = 8080:80"
  microctr stop web
  busybox_conf web "nc -l -p 80 -e cat" "network = bridge" "publish = 8080:80" >/dev/null
  microctr start "$T/web.conf"
  python3 - "$T" <<'END' &
import socket, sys, time, os
for attempt in range(100):
    s = socket.create_connection(("127.0.0.1", 8080))
    s.settimeout(5)
    try:
        s.sendall(b"a")
        if s.recv(1) == b"a": break
    except OSError: pass
open(sys.argv[1] + "/first", "w").close()
while not os.path.exists(sys.argv[1] + "/go"): time.sleep(0.05)
s.sendall(b"b")
sys.exit(s.recv(1) != b"b")
END
  local client=$!
  eventually test -e "$T/first"
  start_who other "network = bridge" "publish = 8081:80"
  microctr stop other
  touch "$T/go"
  wait "$client" || fail "the connection has broken"
}

# rule: kill -9 of `run`: the port is free for the next one at once
test_port_after_kill() {
  who_conf web "network = bridge" "publish = 8080:80" >/dev/null
  background run "$T/web.conf"
  local runner=$!
  eventually ask tcp 127.0.0.1 8080
  kill -9 "$runner"
  wait "$runner" 2>/dev/null || true
  start_who other "network = bridge" "publish = 8080:80"
  eventually answers "other 10.209.0.1" ask tcp 127.0.0.1 8080
}

# Several addresses of a family: the port leads to the first of each, and is no conflict with itself
test_several_addresses() {
  has_six || skip "this kernel has no IPv6"
  start_who web "network = bridge" "bridge_subnet = 10.9.0.0/24" "bridge_subnet = fd00:9::/64" "publish = 8080:80" \
    "ip = 10.9.0.2/24" "ip = fd00:9::2/64" "ip = 10.9.0.3/24" "ip = fd00:9::3/64"
  eventually ask tcp 127.0.0.1 8080
  same "ports" "10.9.0.2 fd00:9::2 " "$(awk -F '\t' '$1 == "port" { print $6 }' "$T/run/networks" | tr '\n' ' ')"
}

# rule: only the link of the published ports routes loopback addresses, and that one is guarded
test_loopback_on_no_other_link() {
  start_who web "network = bridge" "publish = 8080:80" "eth1.network = veth" "eth1.ip = 10.77.0.2/24"
  same "the bridge" 1 "$(cat /proc/sys/net/ipv4/conf/mc0/route_localnet)"
  same "the pair of eth1" 0 "$(cat /proc/sys/net/ipv4/conf/mc1-web/route_localnet)"
}

# The ports lead to an interface that the host reaches, not to one between two containers
test_not_between_containers() {
  start_who blue "network = none"
  start_who web "network = veth:blue" "ip = 10.77.0.1/24" "eth1.network = bridge" "publish = 8080:80"
  eventually ask tcp 127.0.0.1 8080
}

# A host address of a family that the container does not have
test_published_family_is_missing() {
  exits 125 microctr run "$(busybox_conf four true "network = bridge" "publish = [fd00::1]:8080:80")"
  one_line "$err"
  has "fd00::1" "$err"
  has "add an ip" "$err"
}
