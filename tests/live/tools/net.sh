# What the tests of networks share: servers in containers, a machine outside. Sourced by them.

# tool SOURCE: the path of a small static program, compiled once for the whole run.
tool() {
  local source program
  source=$(dirname "${BASH_SOURCE[0]}")/$1
  program=$WORK/tools/$(basename "${1%.*}")
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$source" -o "$program" || fail "cannot compile $1"
  echo "$program"
}

# who_conf NAME [KEY=VALUE]...: a container that serves ports 80 to 83 (who.cpp), with the tools in /tools.
who_conf() {
  local name=$1
  shift
  tool who.cpp >/dev/null
  tool ping.cpp >/dev/null
  busybox_conf "$name" "/tools/who serve 80 81 82 83" "volume = $WORK/tools:/tools:ro" "$@"
}
start_who() { microctr start "$(who_conf "$@")"; }

ask() { timeout 3 "$WORK/tools/who" ask "$@"; }                 # tcp|udp ADDRESS PORT
ask_from() { local name=$1; shift; microctr exec "$name" /tools/who ask "$@"; }
answers() { [ "$(shift; "$@")" = "$1" ]; }                      # EXPECTED COMMAND...
silent() { ! "$@" >/dev/null 2>&1; }

pid_of() { microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9; }
address_of() { microctr exec "$1" ip -o addr show dev "${2:-eth0}" | awk '$3 == "'"${3:-inet}"'" && !/fe80/ { print $4 }'; }
four_of() { address_of "$1" | cut -d/ -f1; }
six_of() { address_of "$1" eth0 inet6 | cut -d/ -f1; }
has_link() { ip link show dev "$1" >/dev/null 2>&1; }
no_link() { ! has_link "$1"; }
register() { cat "$T/run/networks" 2>/dev/null; }
has_six() { [ -e /proc/net/if_inet6 ] && [ "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6)" = 0 ]; }
nothing_left() { [ ! -e "$T/run/networks" ] && no_link mc0 && [ -z "$(ls /run/netns 2>/dev/null)" ] && ! nft list table inet microctr >/dev/null 2>&1; }

# A machine outside, 192.0.2.2 and 2001:db8::2, behind our link up0 with 192.0.2.1 and 2001:db8::1; `out` runs a
# command there. What a test makes goes at its end, after its containers: `finally COMMAND`.
finally() {
  finals="$*; ${finals-}"
  trap 'clean_up >/dev/null 2>&1; set +e; eval "$finals"' EXIT
}
outside() {
  ip netns add out
  finally "ip netns del out; umount /run/netns; rmdir /run/netns"
  ip link add up0 type veth peer name eth0 netns out
  finally "ip link del up0"
  ip addr add 192.0.2.1/24 dev up0
  ip link set up0 up
  ip -n out addr add 192.0.2.2/24 dev eth0
  ip -n out link set lo up
  ip -n out link set eth0 up
  has_six || return 0
  ip addr add 2001:db8::1/64 dev up0 nodad
  ip -n out addr add 2001:db8::2/64 dev eth0 nodad
}
out() { ip netns exec out "$@"; }
out_ask() { timeout 3 ip netns exec out "$WORK/tools/who" ask "$@"; }
serve_outside() {  # PORT...: the answer there names this machine's host name
  tool who.cpp >/dev/null
  ip netns exec out "$WORK/tools/who" serve "$@" &
  finally "kill $!"
}
serve_here() {  # PORT...
  tool who.cpp >/dev/null
  "$WORK/tools/who" serve "$@" &
  finally "kill $!"
}
