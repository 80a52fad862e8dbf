#!/bin/sh
# Runs in the machine: microctr is process 1 and has started the containers of configs/, of which web is on the bridge mc0
# and publishes port 8080. The machine has a network card; outside, 10.0.2.100 answers on TCP port 7.
. /report/common.sh
udp=/report/bin/udp
forwarding=/proc/sys/net/ipv4/ip_forward
forwarding6=/proc/sys/net/ipv6/conf/all/forwarding

users_of_module() { awk -v name="$1" '$1 == name {print $3}' /proc/modules; }
switches() { cat $forwarding $forwarding6 /proc/sys/net/ipv6/conf/eth0/accept_ra | xargs; }
links() { echo /sys/class/net/* | sed 's,/sys/class/net/,,g'; }

# --- the machine
has_card() { same address 10.0.2.15/24 "$(address_of eth0)"; }
check_card() {
  eventually has_card
  cut -d' ' -f4- /proc/self/mountinfo >/tmp/mounts
}

# --- bridge
check_bridge() {
  same "address of mc0" 10.209.0.1/16 "$(address_of mc0)"
  same "ports of mc0" mc-web "$(ls /sys/class/net/mc0/brif)"
  same "packets are forwarded" 1 "$(cat $forwarding)"
}
check_chosen_address() {
  chosen=$(address_of eth0 inside web)
  case "$chosen" in 10.209.*.*/16) ;; *) echo "it is '$chosen'"; return 1 ;; esac
  words_have "$(inside web ip route)" "default via 10.209.0.1 dev eth0"
  fetch_page "http://${chosen%/*}/"
}
check_name_of_network() { same address "$(address_of eth0 inside web)" "$(address_of eth0 nsenter --net=/run/netns/web)"; }

# --- publish
check_page_in_machine() {
  for address in 127.0.0.1 10.0.2.15 10.209.0.1; do fetch_page "http://$address:8080/"; done
}
check_page_from_outside() { ask_host page; }
check_loopback6_is_refused() { words_have "$(wget -q -O- 'http://[::1]:8080/' 2>&1)" refused; }
check_page_for_sibling() {
  conf sibling "sleep 1000" "network = bridge"
  launch sibling
  chosen=$(address_of eth0 inside web)
  for place in 10.209.0.1:8080 10.0.2.15:8080 "${chosen%/*}"; do
    same "page of $place" "$(the_page)" "$(inside sibling timeout 5 wget -q -O- "http://$place/")"
  done
}
check_page_for_itself() {
  same page "$(the_page)" "$(inside web timeout 5 wget -q -O- http://10.0.2.15:8080/)"
}
check_port_is_held() {
  words_have "$(timeout 2 nc -l -p 8080 2>&1)" "in use"
  conf thief "sleep 1000" "network = bridge" "publish = 8080:80"
  words=$(launch thief 2>&1) && return 1
  words_have "$words" 8080/tcp "container web"
}
check_udp() {
  conf names "/report/udp serve 53" "network = bridge" "publish = 5353:53/udp"
  launch names
  eventually $udp ask 127.0.0.1 5353
  same "by 127.0.0.1" "seen 10.209.0.1" "$($udp ask 127.0.0.1 5353)"
  same "by the machine's address" "seen 10.0.2.15" "$($udp ask 10.0.2.15 5353)"
  same "by a sibling" "seen 10.209.0.1" "$(inside sibling /report/udp ask 10.0.2.15 5353)"
  end names
}

# --- out
check_out_through_nat() { same answer "from outside" "$(inside sibling timeout 10 nc 10.0.2.100 7 </dev/null)"; }
check_no_way_out_without_nat() {
  conf plain "sleep 1000" "network = bridge" "bridge = mcplain" "bridge_subnet = 10.5.0.0/24" "nat = no"
  launch plain
  same address 10.5.0.1/24 "$(address_of mcplain)"
  inside plain timeout 2 nc 10.0.2.100 7 </dev/null && return 1
  end plain
}
check_bridge_firewall_of_others() {  # frames between siblings go through the forward hook then
  modprobe br_netfilter
  chosen=$(address_of eth0 inside web)
  seen=$(inside sibling timeout 5 wget -q -O- "http://${chosen%/*}/") || true
  published=$(inside sibling timeout 5 wget -q -O- http://10.0.2.15:8080/) || true
  rmmod br_netfilter
  same page "$(the_page)" "$seen"
  same "published page" "$(the_page)" "$published"
}

# --- IPv6: a bridge with an address of its own (ULA), and a neighbour that is not on it
check_ipv6() {
  conf six "httpd -f -p 80 -h /www" "network = bridge" "bridge = mc6" "bridge_subnet = fd00:6::/64" "publish = 8086:80"
  conf neighbour "/report/udp serve 9" "network = veth" "ip = fd00:99::2/64"
  launch six
  launch neighbour
  same switches "1 1 2" "$(switches)"
  eventually fetch_page 'http://[fd00:6::1]:8086/'
  same "page for the neighbour" "$(the_page)" "$(inside neighbour timeout 5 wget -q -O- 'http://[fd00:99::1]:8086/')"
  same "page for itself" "$(the_page)" "$(inside six timeout 5 wget -q -O- 'http://[fd00:6::1]:8086/')"
  same "out through nat" "seen fd00:99::1" "$(inside six /report/udp ask fd00:99::2 9)"
  inside six ip -6 addr show dev eth0 | grep -q 'inet6 fd00:6::.*/64'
  end six neighbour
}

# --- links of other kinds; the DHCP server is in the machine, on the other end of a pair
serve_dhcp() {
  ip link add wire type veth
  ip addr add 10.77.0.1/24 dev wire
  ip link set wire up
  ip link set veth0 up
  printf '%s\n' "start 10.77.0.100" "end 10.77.0.110" "interface wire" "lease_file /tmp/leases" "option subnet 255.255.255.0" \
    "option router 10.77.0.1" "option dns 10.77.0.53" "option lease 600" >/tmp/udhcpd.conf
  : >/tmp/leases
  udhcpd -f /tmp/udhcpd.conf >/tmp/udhcpd.log 2>&1 &
}
has_lease() { words_have "$(address_of eth0 inside "$1")" "10.77.0.1"; }
leased() {  # NAME
  eventually has_lease "$1" || { cat /tmp/udhcpd.log; return 1; }
  words_have "$(inside "$1" ip route)" "default via 10.77.0.1 dev eth0"
  ! no_client || { echo "no client is seen"; return 1; }
  end "$1"
  eventually no_client
}
no_client() { ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' | grep -q 'udhcpc -f -R -i [^ ]* -s [^ ]*/container[s]/'; }
check_dhcp_by_macvlan() {
  serve_dhcp
  conf macvlan "sleep 1000" "network = macvlan:veth0" "ip = dhcp"
  launch macvlan
  conf other "true" "network = ipvlan:veth0" "ip = 10.77.0.50/24"
  words=$(microctr run /tmp/conf/other.conf 2>&1) && return 1
  words_have "$words" "links of another kind"
  leased macvlan
}
check_dhcp_on_bridge_of_others() {
  ip link add br-lan type bridge
  ip link set veth0 master br-lan
  ip link set br-lan up
  conf lan "sleep 1000" "network = bridge" "bridge = br-lan" "ip = dhcp"
  launch lan
  leased lan
  same "ports of br-lan" veth0 "$(ls /sys/class/net/br-lan/brif)"
  ip link del br-lan
}
check_ipvlan() {
  conf ipvlan "sleep 1000" "network = ipvlan:veth0" "ip = 10.77.0.50/24"
  launch ipvlan
  words_have "$(inside ipvlan timeout 5 nc 10.77.0.1 99 </dev/null 2>&1)" refused
  end ipvlan
}

# --- a device of the machine that is lent
device() { echo "$(cat /sys/class/net/lent/mtu) $(cat /sys/class/net/lent/operstate) $(ip -o link show lent | grep -o '[<,]UP[,>]' | tr -d '<,>')"; }
device_is_back() { [ -e /sys/class/net/lent ]; }
device_is_away() { [ ! -e /sys/class/net/lent ]; }
device_conf() { conf device "sleep 1000" "network = interface:lent" "ip = 10.88.0.2/24" "mtu = 1300"; }
check_device_is_given_back() {
  modprobe dummy numdummies=0
  ip link add lent type dummy
  ip link set lent mtu 1400 up
  device >/tmp/device
  device_conf
  launch device
  device_is_away
  same "address inside" 10.88.0.2/24 "$(address_of eth0 inside device)"
  same "mtu inside" 1300 "$(inside device cat /sys/class/net/eth0/mtu)"
  end device
  device_is_back
  same device "$(cat /tmp/device)" "$(device)"
}
check_device_comes_back_after_kill() {
  device_conf
  microctr run /tmp/conf/device.conf >/tmp/run 2>&1 &
  owner=$!
  eventually device_is_away || { cat /tmp/run; return 1; }
  kill -9 $owner
  after_next_command() { microctr list && device_is_back; }
  eventually after_next_command
  same device "$(cat /tmp/device)" "$(device)"
  ip link del lent
}

# --- the end
check_nothing_left() {
  [ "$(users_of_module nft_masq)" -gt 0 ]
  end web sibling ticker
  killall udhcpd
  ip link del wire
  same links "eth0 lo" "$(links)"
  same switches "0 0 1" "$(switches)"
  same "users of the firewall" "0 0 0" "$(users_of_module nft_masq) $(users_of_module nft_nat) $(users_of_module nft_fib_inet)"
  same "names of networks" "" "$(ls -d /run/netns 2>/dev/null)"
  same register "" "$(cat /run/microctr/networks 2>/dev/null)"
  same mounts "$(grep -v containers/ /tmp/mounts)" "$(cut -d' ' -f4- /proc/self/mountinfo)"
  same "holders of port 8080" "" "$(netstat -tuln | grep 8080)"
  ! fetch_page
}
check_again() {
  microctr start web
  eventually fetch_page
}

report /report/network.sh
microctr poweroff
