# How many system calls a part of a container costs, its network above all: `microctr run` with it against the same
# without it.
#
# Counts are exact. Calls that only manage memory are left out: a sanitized program makes its own. The program inside
# sleeps, so that every wait is seen to wait.

# The files of names in /etc are a feature of their own: a tmpfs on /etc keeps them out.
without_names="tmpfs = /etc:64K"

traced() {
  type strace >/dev/null 2>&1 || skip "no strace on this machine"
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
}

# count NAME [KEY=VALUE]...: runs it and leaves a list `CALL COUNT` in $T/NAME.calls.
count() {
  local name=$1
  shift
  busybox_conf counted "sleep 0.1" "$@" >/dev/null
  strace -f -qq -e 'trace=!%memory' -o "$T/$name.trace" "$BINARY" --root "$T/data" --runtime-dir "$T/run" \
    --config-dir "$T/etc" run "$T/counted.conf"
  sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$T/$name.trace" | LC_ALL=C sort | uniq -c | awk '{ print $2, $1 }' >"$T/$name.calls"
}
total() { awk '{ sum += $2 } END { print sum }' "$T/$1.calls"; }
grown() { LC_ALL=C join -a 1 -a 2 -e 0 -o 0,1.2,2.2 "$T/$1.calls" "$T/$2.calls" | awk '$2 != $3 { printf "%s%+d ", $1, $3 - $2 }'; }

# within BUDGET WITHOUT WITH: compares two counts.
within() {
  local without with
  without=$(total "$2") with=$(total "$3")
  note "$3: $with calls, $2: $without, difference $((with - without)) of at most $1"
  [ $((with - without)) -le "$1" ] || fail "$3 makes $with calls, $2 $without: $((with - without)) more, at most $1 are allowed; by call: $(grown "$2" "$3")"
}

keeper() { microctr start "$(busybox_conf keeper "sleep 1000" "network = bridge" "publish = 8001:80")"; }
bridged=("network = bridge" "publish = 8080:80")

# The network of a further container, bridge and table being there: at most 40 calls. And the end leaves the pair to the
# end of the namespace: one rtnetlink socket before the program runs, the child's own, and none after it.
test_further() {
  traced
  keeper
  count none "network = none" "$without_names"
  count bridge "${bridged[@]}" "$without_names"
  within 40 none bridge
  same "rtnetlink sockets" 2 "$(grep -c NETLINK_ROUTE "$T/bridge.trace")"
  same "rtnetlink sockets once the program runs" 0 "$(sed '1,/execve(.*"sleep"/d' "$T/bridge.trace" | grep -c NETLINK_ROUTE || true)"
}

# The same with what names need: /etc/resolv.conf is made. Changes are followed by who lives longer than a second.
test_further_with_names() {
  traced
  keeper
  count none "network = none"
  count bridge "${bridged[@]}"
  within 40 none bridge
}

# The default hidden and read-only paths. One try for each; one copy more for each path that is hidden, and one too many;
# two calls more for each that becomes read-only; nine for what all of them need. No kernel has all paths.
test_hidden_paths() {
  local hidden read_only
  traced
  hidden=$(find /proc/{acpi,asound,scsi,kcore,keys,latency_stats,timer_list,sched_debug} /sys/firmware \
    /sys/devices/virtual/powercap -maxdepth 0 2>/dev/null | wc -l)
  read_only=$(find /proc/{bus,fs,irq,sys,sysrq-trigger} -maxdepth 0 2>/dev/null | wc -l)
  inside true >/dev/null  # so that the layer is there
  count shown "network = none" "$without_names" masked_path= readonly_path=
  count hidden "network = none" "$without_names"
  within $((25 + hidden + 2 * read_only)) shown hidden
}

# The first container makes 20 calls more than a further one: the routes are asked for, so that the bridge's subnet is one
# that none of them has (3); the bridge is made (2) and deleted (4); forwarding is switched on and off (6); loopback
# addresses are routed on the bridge (3); containers of another runtime directory are looked for (2). The table costs
# none, as its making and its end are the transactions that a further container's port has. Six calls are spared: the
# register is not there to be read, and not replaced but removed.
test_first() {
  traced
  echo 0 >/proc/sys/net/ipv4/ip_forward  # a new network namespace may have the machine's value
  inside true >/dev/null  # so that the layer is there
  count none "network = none" "$without_names"
  count bridge "${bridged[@]}" "$without_names"
  within 45 none bridge
}

# A process that is born with the supervisor's table of descriptors closes nothing before it has its own: it would close
# the supervisor's, whose next one would have that number. Here the one that is born in another container's network.
test_the_table_of_a_birth() {
  traced
  { echo "layer = busybox"; echo "command = sleep 1000"; } >"$T/etc/containers/owner.conf"
  { cat "$T/etc/containers/owner.conf"; echo "network = container:owner"; echo "after = owner"; } >"$T/etc/containers/sharer.conf"
  strace -f -qq -e trace=clone3,close,close_range -o "$T/birth.trace" "$BINARY" --root "$T/data" --runtime-dir "$T/run" \
    --config-dir "$T/etc" supervise >/dev/null 2>&1 &
  local tracer=$! supervisor
  is_up() { microctr list | grep -q '^sharer .*running'; }
  eventually is_up || { microctr list; return 1; }
  supervisor=$(pgrep -P "$tracer")
  kill -TERM "$supervisor"
  wait "$tracer" || true
  awk '!first { first = $1 } $1 == first { next } /close\(/ { closed[$1] = closed[$1] $0 "\n" }
    /CLOSE_RANGE_UNSHARE/ && !own[$1]++ { born++; early = early closed[$1] }
    END { printf "%s", early; exit early != "" || born < 2 }' "$T/birth.trace" ||
    fail "it closes descriptors of the supervisor: $(grep -c CLONE_FILES "$T/birth.trace") births"
}
