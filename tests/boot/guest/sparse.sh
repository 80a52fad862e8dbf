#!/bin/sh
# Runs in the machine: the kernel has IPv6 switched off, and of its firewall nothing is loaded nor loads by itself.
. /report/common.sh

links() { echo /sys/class/net/* | sed 's,/sys/class/net/,,g'; }
refused() {  # WORDS...: of a start in $words
  echo "$words"
  words_have "$words" "the kernel has no nf_tables NAT" "load the modules" "CONFIG_NF_TABLES_INET" "$@"
  same links lo "$(links)"
  same register "" "$(grep -v ^kept /run/microctr/networks 2>/dev/null)"
  same "packets are forwarded" 0 "$(cat /proc/sys/net/ipv4/ip_forward)"
}

check_ipv6_is_off() { [ ! -e /proc/net/if_inet6 ]; }
check_firewall_is_off() { ! grep -E '^(nfnetlink|nf_tables) ' /proc/modules; }
check_publish_says_what_to_load() {
  words=$(microctr start web 2>&1) && return 1
  refused "nat = no" "publish nothing"
}
check_nat_says_what_to_load() {
  conf nat "sleep 1000" "network = bridge"
  words=$(launch nat 2>&1) && return 1
  refused "nat = no"
}
check_missing_kind_of_link_says_what_to_load() {
  conf kind "true" "network = macvlan:lo"
  words=$(microctr run /tmp/conf/kind.conf 2>&1) && return 1
  words_have "$words" "load the module" CONFIG_MACVLAN
}
check_bridge_without_nat() {
  conf plain "httpd -f -p 80 -h /www" "network = bridge" "nat = no"
  conf plain2 "sleep 1000" "network = bridge" "nat = no"
  launch plain
  launch plain2
  address=$(address_of eth0 inside plain)
  eventually fetch_page "http://${address%/*}/"
  same "page for a sibling" "$(the_page)" "$(inside plain2 timeout 5 wget -q -O- "http://${address%/*}/")"
  same "packets are forwarded" 0 "$(cat /proc/sys/net/ipv4/ip_forward)"
  end plain plain2
  same links lo "$(links)"
}
check_part_of_the_modules() {
  modprobe crc32c_generic || true  # libcrc32c asks for it, and nothing loads by itself here
  modprobe nft_chain_nat
  words=$(microctr start web 2>&1) && return 1
  refused nft_masq
}
check_named_modules_are_enough() {
  words=$(microctr start web 2>&1) && return 1
  # shellcheck disable=SC2046  # names of modules
  modprobe -a $(echo "$words" | sed 's/.*load the modules \([^(]*\) (.*/\1/')
  microctr start web
  eventually fetch_page
}
check_ipv6_address_says_that_it_is_off() {
  conf six "true" "network = veth" "ip = fd00:6::2/64"
  words=$(microctr run /tmp/conf/six.conf 2>&1) && return 1
  words_have "$words" "IPv6 is off" ipv6.disable
}
check_ipv6_bridge_says_that_it_is_off() {
  conf six "true" "network = bridge" "bridge = mc6" "bridge_subnet = fd00:6::/64"
  words=$(microctr run /tmp/conf/six.conf 2>&1) && return 1
  words_have "$words" "IPv6 is off" ipv6.disable
}
check_nothing_left() {
  end web
  same links lo "$(links)"
}

report /report/sparse.sh
microctr poweroff
