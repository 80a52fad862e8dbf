# Nothing is left behind (issue 2, item 7 and 9): after the end, after an error, and after kill -9 of anything at any
# moment, by the next command at the latest. consh.md, row "leaves mount and directories behind".
#
# Each test looks itself, before the framework removes the records: what matters is what the product cleaned.

number_of() {  # NAME KEY
  microctr inspect --json "$1" | sed -n "s/.*\"$2\":\([0-9]*\)[,}].*/\1/p"
}
state_of() { microctr list | awk -v name="$1" '$1 == name { print $2 }'; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
is_gone() { ! [ -e "/proc/$1" ]; }

# All that a container of this machine can have: a veth link where links are private, cgroups, mounts, limits.
rich_conf() {  # NAME [KEY=VALUE]...
  local name=$1
  shift
  busybox_conf "$name" "sleep 1000" "memory = 32M" "pids = 16" "cpus = 50%" "network = veth" "ip = 10.9.0.2/24" \
    "volume = $T/etc:/shared:ro" "tmpfs = /scratch:1M" "manifest = /etc/manifest" "$@" >/dev/null
}

cgroups_of() { find /sys/fs/cgroup -type d -path "*/microctr/$1" 2>/dev/null; }
members_of() {  # PIDs whose environment says that they belong to container NAME
  grep -lz "^HOSTNAME=$1\$" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}
links() { cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d ' ' | sort; }

nothing_of() {  # NAME
  [ -z "$(cgroups_of "$1")" ] || fail "cgroups: $(cgroups_of "$1")" || return 1
  [ -z "$(members_of "$1")" ] || fail "processes: $(members_of "$1")" || return 1
  [ "$(links)" = "${links_before:-lo}" ] || fail "links: $(links)" || return 1
  ! [ -e "$T/run/containers/$1/journal" ] || fail "journal: $(cat "$T/run/containers/$1/journal")" || return 1
  ! grep -q " $T" /proc/self/mountinfo || fail "mounts: $(grep " $T" /proc/self/mountinfo)"
}

runtime_is_gone() { ! [ -e "$T/run" ] || fail "left: $(find "$T/run" | tr '\n' ' ')"; }

test_after_the_end() {
  links_before=$(links)
  rich_conf ended
  microctr start "$T/ended.conf"
  [ -n "$(cgroups_of ended)" ] || fail "no cgroup: the test sees nothing"
  [ -n "$(members_of ended)" ] || fail "no process: the test sees nothing"
  [ "$(links)" != "$links_before" ] || fail "no link: the test sees nothing"
  microctr stop ended
  eventually nothing_of ended || nothing_of ended
  same records "config log state" "$(echo $(ls "$T/run/containers/ended"))"
  microctr remove ended
  eventually runtime_is_gone || runtime_is_gone
}

test_children_end_with_the_container() {
  busybox_conf family "sh -c \"setsid sleep 1000 & (setsid sh -c 'trap : TERM HUP; while true; do sleep 1000; done' &) ; sleep 0.1; exit 6\"" >/dev/null
  exits 6 microctr run "$T/family.conf"
  nothing_of family
  runtime_is_gone
}

test_kill_of_run() {
  links_before=$(links)
  rich_conf shot
  background run "$T/shot.conf"
  run=$!
  eventually is_state shot running
  first=$(number_of shot pid)
  kill -KILL "$run"
  wait "$run" || true
  eventually is_gone "$first"
  microctr list >/dev/null
  same state "" "$(state_of shot)"
  eventually nothing_of shot || nothing_of shot
  runtime_is_gone
}

# At many moments of a start and an end.
test_kill_of_run_at_any_time() {
  local round
  links_before=$(links)
  rich_conf early "command = sleep 0.01"
  sed -i '/sleep 1000/d' "$T/early.conf"
  same "without a kill" worked "$(microctr run -o command='echo worked' "$T/early.conf")"  # builds the layer
  for round in $(seq 1 40); do
    background run "$T/early.conf"
    run=$!
    sleep "$(printf '0.%04d' $((round * 10)))"
    kill -KILL "$run" 2>/dev/null || true
    wait "$run" || true
    microctr list >/dev/null
    eventually nothing_of early || nothing_of early
    runtime_is_gone
  done
}

test_kill_of_start_at_any_time() {
  local round
  rich_conf client
  microctr run "$T/client.conf" -o command=true
  for round in $(seq 1 25); do
    background start "$T/client.conf"
    start=$!
    sleep "$(printf '0.%04d' $((round * 10)))"
    kill -KILL "$start" 2>/dev/null || true
    wait "$start" || true
    # What it had asked for goes on, or has never begun; both can be stopped and started.
    microctr start "$T/client.conf" 2>/dev/null || eventually is_state client running
    microctr stop client
    same state exited "$(state_of client)"
    microctr remove client
    eventually nothing_of client || nothing_of client  # the kernel takes the pair away in its own time
  done
  eventually runtime_is_gone || runtime_is_gone
}

test_kill_of_the_supervisor() {
  links_before=$(links)
  rich_conf orphan
  busybox_conf other "sleep 1000" >/dev/null
  microctr start "$T/orphan.conf" "$T/other.conf"
  supervisor=$(number_of orphan supervisor_pid)
  first=$(number_of orphan pid)
  kill -KILL "$supervisor"
  eventually is_gone "$supervisor"
  # They go on, and the next supervisor stops them and undoes what the dead one has done.
  same "state of orphan" running "$(state_of orphan)"
  [ ! -e "$T/run/control" ] || fail "the dead supervisor's socket is still there"
  exits 0 microctr logs orphan
  exits 0 microctr stop orphan
  eventually is_gone "$first"
  eventually nothing_of orphan || nothing_of orphan
  exits 0 microctr stop other
  eventually nothing_of other || nothing_of other
  exits 0 microctr start "$T/orphan.conf"
  same state running "$(state_of orphan)"
  microctr stop orphan
  microctr remove orphan other
  eventually runtime_is_gone || runtime_is_gone
}

# Whoever waits learns that it did not end well.
test_wait_for_a_killed_supervisor() {
  busybox_conf awaited "sleep 1000" >/dev/null
  microctr start "$T/awaited.conf"
  background wait awaited >"$T/said" 2>"$T/complained"
  waiter=$!
  background logs -f awaited >/dev/null
  follower=$!
  first=$(number_of awaited pid)
  kill -KILL "$(number_of awaited supervisor_pid)"
  kill -KILL "$first"
  code=0
  wait "$waiter" || code=$?
  wait "$follower" || true
  if [ "$code" = 0 ] && [ "$(cat "$T/said")" = 0 ]; then fail "wait says that it ended well"; fi
  code=0
  microctr wait awaited >"$T/said" 2>"$T/complained" || code=$?
  if [ "$code" = 0 ] && [ "$(cat "$T/said")" = 0 ]; then fail "a later wait says that it ended well"; fi
}

test_kill_of_the_first_process() {
  local round
  links_before=$(links)
  rich_conf victim
  for round in 1 2 3; do
    microctr start "$T/victim.conf"
    kill -KILL "$(number_of victim pid)"
    same status 137 "$(microctr wait victim)"
    eventually nothing_of victim || nothing_of victim
  done
  same state exited "$(state_of victim)"
}

# The end of the supervisor on TERM: in order, its containers are stopped.
test_term_of_the_supervisor() {
  busybox_conf orderly "sh -c \"trap 'echo bye; exit 3' TERM; echo ready; while true; do sleep 1000 & wait; done\"" >/dev/null
  microctr start "$T/orderly.conf"
  is_ready() { microctr logs orderly | grep -q ready; }
  eventually is_ready
  supervisor=$(number_of orderly supervisor_pid)
  kill -TERM "$supervisor"
  eventually is_gone "$supervisor"
  same status 3 "$(microctr wait orderly)"
  same "last words" bye "$(microctr logs -n 1 orderly)"
  nothing_of orderly
  [ ! -e "$T/run/control" ] || fail "its socket is still there"
}

# Clean-up may be asked for twice, and at the same time.
test_clean_up_twice() {
  local round
  rich_conf double
  for round in 1 2 3 4 5; do
    background run "$T/double.conf"
    run=$!
    eventually is_state double running
    kill -KILL "$run"
    wait "$run" || true
    background list >/dev/null
    one=$!
    background list >/dev/null
    two=$!
    background stop double 2>/dev/null
    three=$!
    wait "$one" || fail "first list"
    wait "$two" || fail "second list"
    wait "$three" || true
    microctr list >/dev/null
    eventually nothing_of double || nothing_of double
    runtime_is_gone
  done
}

# Any command cleans up, not only list.
test_next_command_of_any_kind() {
  local verb
  busybox_conf next "sleep 1000" "pids = 16" >/dev/null
  busybox_conf fresh "true" >/dev/null
  for verb in "list" "stop next" "wait next" "remove next" "inspect next" "logs next" "exec next true" "run $T/fresh.conf" "start $T/fresh.conf"; do
    background run "$T/next.conf"
    run=$!
    eventually is_state next running
    kill -KILL "$run"
    wait "$run" || true
    microctr $verb >/dev/null 2>&1 || true
    eventually nothing_of next || fail "after $verb: $(nothing_of next 2>&1)"
  done
}

# A cgroup of this name that was left over lends nothing and does not stand in the way; one that is in use is not touched.
test_cgroup_left_from_a_crash() {
  local directory
  busybox_conf leftover "cat /sys/fs/cgroup/pids/pids.max" "pids = 9" >/dev/null
  microctr run -o "command=true" "$T/leftover.conf"
  directory=$(cgroup_of leftover pids)
  parent=$(dirname "$directory")
  made=no
  [ -d "$parent" ] || { mkdir "$parent"; made=yes; }
  mkdir "$directory"
  echo 3 >"$directory/pids.max"
  exits 0 microctr run -o "command=true" "$T/leftover.conf"
  [ ! -d "$directory" ] || fail "the left-over is still there"
  [ -d "$parent" ] || mkdir "$parent"
  mkdir "$directory"
  sleep 1000 &
  stranger=$!
  echo "$stranger" >"$directory/cgroup.procs"
  exits 125 microctr run -o "command=true" "$T/leftover.conf"
  one_line "$err"
  has "leftover" "$err"
  [ -e "/proc/$stranger" ] || fail "it killed a stranger"
  [ -d "$directory" ] || fail "it removed a stranger's cgroup"
  kill -KILL "$stranger"
  wait "$stranger" || true
  eventually rmdir "$directory"
  [ "$made" = no ] || rmdir "$parent" 2>/dev/null || true
}

# A journal that was cut off by a full disk or is garbage must not keep a name for ever, nor make us remove what is not ours.
test_hostile_journal() {
  mkdir -m 700 "$T/run" "$T/run/containers" "$T/run/containers/old"
  mkdir "$T/precious"
  touch "$T/precious/file"
  printf 'cgroup\t%s\t\nlink\tlo\tsomebody\nnonsense\n' "$T/precious" >"$T/run/containers/old/journal"
  printf 'state = running\nforeground = yes\nowner = 1\npid = 1\nend\n' >"$T/run/containers/old/state"
  exits 0 microctr list
  has lo "$(links)"
  busybox_conf old "true" >/dev/null
  code=0
  microctr run "$T/old.conf" 2>"$T/said" || code=$?
  [ "$code" = 0 ] || one_line "$(cat "$T/said")"
  same "files" file "$(ls -A "$T/precious")" || fail "it has removed what was not its own"
}

# A record whose state is not whole: the owner was killed while it wrote.
test_half_a_record() {
  mkdir -m 700 "$T/run" "$T/run/containers" "$T/run/containers/half" "$T/run/containers/empty"
  printf 'state = runn' >"$T/run/containers/half/state"
  exits 0 microctr list
  same records "" "$(ls "$T/run/containers" 2>/dev/null)"
  runtime_is_gone
}

# Fifty lives leave nothing: no descriptor of the supervisor, no mount, no cgroup.
test_fifty_times() {
  local round
  busybox_conf steady "sleep 1000" >/dev/null
  busybox_conf often "sleep 1000" "pids = 16" "memory = 16M" >/dev/null
  microctr start "$T/steady.conf"
  supervisor=$(number_of steady supervisor_pid)
  microctr start "$T/often.conf"
  microctr stop often
  descriptors() { ls "/proc/$supervisor/fd" | wc -l; }
  before=$(descriptors)
  for round in $(seq 50); do
    microctr start "$T/often.conf"
    microctr stop often
    microctr start -o command=/no/such/program "$T/often.conf" 2>/dev/null && fail "that was no program"
  done
  same "descriptors of the supervisor" "$before" "$(descriptors)"
  same "supervisor" "$supervisor" "$(number_of steady supervisor_pid)"
  nothing_of often
  same "children of the supervisor" "$(number_of steady pid)" "$(echo $(cat "/proc/$supervisor/task/$supervisor/children"))"
  grep -q __asan_init "$BINARY" && return  # the sanitizers keep what was freed
  same "memory of the supervisor in pages, below 2 MB" yes \
    "$([ "$(awk '/^RssAnon/ { print $2 }' "/proc/$supervisor/status")" -lt 2048 ] && echo yes)"
}

# The record stays for logs and inspect, and goes with remove; the last one takes the runtime directory along.
test_runtime_directory() {
  busybox_conf first true >/dev/null
  busybox_conf second true >/dev/null
  microctr start "$T/first.conf" "$T/second.conf"
  microctr wait first second >/dev/null
  same "mode" 700 "$(stat -c %a "$T/run")"
  microctr remove first
  [ -d "$T/run/containers/second" ] || fail "it removed too much"
  microctr remove second
  eventually runtime_is_gone || runtime_is_gone
}

# A start that fails at any step takes back what it had done.
test_failed_steps() {
  local key
  links_before=$(links)
  for key in "command=/nonexistent" "workdir=/nonexistent" "user=nonexistent" "volume=$T/nonexistent:/mnt" "layer=$T/nonexistent" \
    "cpuset=4000" "memory=1"; do
    rich_conf failing
    code=0
    microctr run -o "$key" "$T/failing.conf" 2>"$T/said" || code=$?
    case $code in 125 | 127) ;; *) fail "status $code with $key: $(cat "$T/said")" ;; esac
    one_line "$(cat "$T/said")"
    eventually nothing_of failing || fail "after $key: $(nothing_of failing 2>&1)"
    runtime_is_gone
  done
}

# What stands in the way of a container: a link of its name that is not ours stays.
test_foreign_link() {
  links_before=$(links)
  rich_conf linked
  microctr start "$T/linked.conf"
  name=$(comm -13 <(echo "$links_before") <(links))
  microctr stop linked
  microctr remove linked
  eventually nothing_of linked || nothing_of linked
  ip link add "$name" type dummy 2>/dev/null || ip link add "$name" type bridge 2>/dev/null || skip "no dummy or bridge links here"
  exits 125 microctr run -o command=true "$T/linked.conf"
  one_line "$err"
  has "$name" "$(links)"
  ip link delete "$name"
  exits 0 microctr run -o command=true "$T/linked.conf"
}
