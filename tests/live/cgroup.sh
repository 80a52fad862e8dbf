# Limits and cgroups, on cgroup v1, v2 and both beside each other.

# is_legacy CONTROLLER: it is in a v1 hierarchy of this machine.
is_legacy() { awk -v want="$1" '{ n = split($0, half, " - "); split(half[2], after, " "); if (after[1] == "cgroup" && ("," after[3] ",") ~ ("," want ",")) found = 1 } END { exit !found }' /proc/self/mountinfo; }
has_controller() { is_legacy "$1" || grep -qw "$1" "$(unified)/cgroup.controllers" 2>/dev/null; }
unified() { awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo; }
# needs CONTROLLER...
needs() {
  local controller
  for controller; do has_controller "$controller" || skip "this machine has no cgroup controller $controller"; done
}
# value NAME CONTROLLER V1_FILE V2_FILE: what the kernel says of a limit
value() {
  if is_legacy "$2"; then cat "$(cgroup_of "$1" "$2")/$3"; else cat "$(cgroup_of "$1" "$2")/$4"; fi
}
# tool SOURCE: the path of a small static program, compiled once for the whole run.
tool() {
  local source program
  source=$(dirname "${BASH_SOURCE[0]}")/tools/$1
  program=$WORK/tools/$(basename "${1%.*}")
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$source" -o "$program" || fail "cannot compile $1"
  echo "$program"
}
# is_gone CGROUP: also takes away what should not be there any more
is_gone() {
  [ -e "$1" ] || return 0
  local left
  left=$(find "$1" -type d | tr '\n' ' ')
  find "$1" -depth -type d -exec rmdir {} + || true
  rmdir "$(dirname "$1")" || true
  fail "left: $left"
}
first_pid() { microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9; }

# demo: cgroup v1 (cpu.cfs_quota_us, memory.limit_in_bytes) as well as v2: every limit is in its file
test_limits_are_in_the_files() {
  needs memory cpu cpuset pids
  microctr start "$(busybox_conf limits "sleep 1000" "memory = 16M" "cpus = 50%" "cpu_weight = 200" "cpuset = 0" "pids = 32")"
  same memory 16777216 "$(value limits memory memory.limit_in_bytes memory.max)"
  if is_legacy cpu; then
    same cpus "50000 of 100000" "$(cat "$(cgroup_of limits cpu)/cpu.cfs_quota_us") of $(cat "$(cgroup_of limits cpu)/cpu.cfs_period_us")"
  else
    same cpus "50000 100000" "$(cat "$(cgroup_of limits cpu)/cpu.max")"
  fi
  same cpu_weight "$(is_legacy cpu && echo 2048 || echo 200)" "$(value limits cpu cpu.shares cpu.weight)"
  same cpuset 0 "$(value limits cpuset cpuset.cpus cpuset.cpus)"
  same pids 32 "$(value limits pids pids.max pids.max)"
  same "allowed processors" 0 "$(microctr exec limits sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)"
}

# key cpus: every way to write it
test_cpus() {
  needs cpu
  local way
  for way in 50%:50000 1.5:150000 2:200000 0.001:1000 250%:250000; do
    microctr start "$(busybox_conf cpus "sleep 1000" "cpus = ${way%:*}")"
    same "cpus = ${way%:*}" "${way#*:}" "$(value cpus cpu cpu.cfs_quota_us cpu.max | cut -d' ' -f1)"
    microctr stop -t 100ms cpus
  done
}

# key memory_swap: beyond memory
test_memory_swap() {
  needs memory
  if is_legacy memory; then
    [ -e "$(dirname "$(dirname "$(cgroup_of x memory)")")/memory.memsw.limit_in_bytes" ] || skip "this kernel does not account swap (v1)"
  fi
  microctr start "$(busybox_conf swap "sleep 1000" "memory = 16M" "memory_swap = 4M")"
  same swap "$(is_legacy memory && echo 20971520 || echo 4194304)" "$(value swap memory memory.memsw.limit_in_bytes memory.swap.max)"
}

# demo: cpu.max 5000 10000 holds a CPU burner at 50 %: it is throttled and never gets more than its share of each period
test_cpu_burner_is_held() {
  needs cpu
  microctr start "$(busybox_conf burner "sh -c 'while :; do :; done'" "cpus = 50%")"
  local stat
  stat=$(cgroup_of burner cpu)/cpu.stat
  throttled() { [ "$(sed -n 's/^nr_throttled //p' "$stat")" -ge 5 ]; }
  eventually throttled
  # Ticks of 10 ms; a period of 100 ms allows 5. Two periods more for what is not counted yet, a tick each for rounding.
  local ticks periods
  ticks=$(awk '{ print $14 + $15 }' "/proc/$(first_pid burner)/stat")
  periods=$(sed -n 's/^nr_periods //p' "$stat")
  [ "$ticks" -le $(((periods + 2) * 6)) ] || fail "$ticks ticks in $periods periods"
}

# rule: memory hog: it is killed, and its neighbour is not
test_memory_hog_is_killed() {
  needs memory
  microctr start "$(busybox_conf neighbour "sleep 1000" "memory = 16M")"
  # Each doubles a variable; the first process and a child, where only the child goes.
  busybox_conf hog "sh -c 'x=aaaaaaaaaaaaaaaa; while :; do x=\$x\$x; done'" "memory = 8M" "upper = tmpfs:1M" >/dev/null
  exits 137 microctr run "$T/hog.conf"
  same "of the child" "killed" "$(inside '(x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done) 2>/dev/null; [ $? = 137 ] && echo killed' memory=8M)"
  same neighbour alive "$(microctr exec neighbour echo alive)"
}

# contract: a tmpfs counts towards memory: a full one does not reach the machine
test_tmpfs_counts_as_memory() {
  needs memory
  busybox_conf writer "dd if=/dev/zero of=/big/x bs=64k count=512" "memory = 8M" "tmpfs = /big:64M" >/dev/null
  exits 137 microctr run "$T/writer.conf"
}

# rule: fork bomb: the limit holds, the neighbour and the machine go on
test_fork_bomb_is_held() {
  needs pids
  microctr start "$(busybox_conf quiet "sleep 1000" "pids = 8")"
  local bomb
  bomb=$(tool fork_bomb.cpp)
  microctr start "$(busybox_conf bomb "/tools/fork_bomb" "pids = 16" "volume = $(dirname "$bomb"):/tools:ro")"
  local directory
  directory=$(cgroup_of bomb pids)
  full() { [ "$(cat "$directory/pids.current")" -ge 15 ] && [ "$(sed -n 's/^max //p' "$directory/pids.events")" -gt 0 ]; }
  eventually full || fail "$(cat "$directory/pids.current" "$directory/pids.events")"
  [ "$(cat "$directory/pids.current")" -le 16 ] || fail "$(cat "$directory/pids.current") processes"
  same neighbour alive "$(microctr exec quiet sh -c 'sleep 0 & wait; echo alive')"
  local pids
  pids=$(cat "$directory/cgroup.procs")
  microctr stop -t 100ms bomb
  local pid
  for pid in $pids; do [ ! -e "/proc/$pid/exe" ] || fail "$pid is left"; done
}

# row: started in its cgroup; cgroup root inside is 0::/
test_cgroup_root_inside() {
  same "v2" "0::/" "$(inside 'grep ^0:: /proc/self/cgroup')"
  same "all with limits" "" "$(inside 'grep -E ":(memory|cpu|pids|cpuset|cpu,cpuacct):" /proc/self/cgroup | grep -v ":/$" || true' memory=16M cpus=1 pids=32)"
  same "for exec" "0::/" "$(microctr start "$(busybox_conf root "sleep 1000")"; microctr exec root grep ^0:: /proc/self/cgroup)"
  same "without the namespace" "0::/microctr/inside" "$(inside 'grep ^0:: /proc/self/cgroup' 'namespaces=mount pid')"
}

# row: leaves the `unshare` process inside the container's cgroup → no foreign process in the cgroup
test_no_foreign_process() {
  needs memory pids
  microctr start "$(busybox_conf clean "sleep 1000" "memory = 16M" "pids = 8" "cpus = 1")"
  local pid directory
  pid=$(first_pid clean)
  for directory in "$(unified)/microctr/clean" "$(cgroup_of clean memory)" "$(cgroup_of clean pids)" "$(cgroup_of clean cpu)"; do
    [ -d "$directory" ] || continue
    same "processes of $directory" "$pid" "$(cat "$directory/cgroup.procs")"
  done
}

# row: cgroup2 inside · rules: read-only unless `delegate` (CVE-2023-25809), no writable v1 (CVE-2022-0492)
test_cgroup_is_read_only_inside() {
  local script='find /sys/fs/cgroup -name cgroup.procs | while read f; do (echo 0 >$f) 2>/dev/null && echo wrote $f; mkdir ${f%/*}/x 2>/dev/null && echo made $f; done; find /sys/fs/cgroup -name release_agent | while read f; do (echo /x >$f) 2>/dev/null && echo wrote $f; done; true'
  same "written" "" "$(inside "$script" memory=16M pids=32)"
  same "written with all capabilities" "" "$(inside "$script" memory=16M pids=32 cap_add=ALL)"
  same "written in a user namespace" "" "$(inside "$script" memory=16M pids=32 userns=root)"
  [ -n "$(inside 'find /sys/fs/cgroup -name cgroup.procs' memory=16M)" ] || fail "no cgroup is mounted"
}

# demo: memory limit visible inside
test_limit_is_visible_inside() {
  needs memory
  same "limit" 16777216 "$(inside 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max' memory=16M)"
}

# row: creates the cgroup, moves itself in, delegates it (the files of /sys/kernel/cgroup/delegate)
test_delegate() {
  [ -n "$(unified)" ] || skip "this machine has no cgroup v2"
  local script='cd /sys/fs/cgroup; [ ! -d unified ] || cd unified; mkdir sub && echo $$ >sub/cgroup.procs && grep ^0:: /proc/self/cgroup; grep ^0:: /proc/1/cgroup; echo 0 >cgroup.procs; rmdir sub && echo gone'
  same "as root" "0::/sub 0::/ gone" "$(inside "sh -c '$script'" delegate=yes | tr '\n' ' ' | sed 's/ $//')"
  same "as a user" "0::/sub 0::/ gone" "$(inside "sh -c '$script'" delegate=yes user=1000:1000 | tr '\n' ' ' | sed 's/ $//')"
  # Only what may be handed over belongs to the user, and a limit of the container itself does not.
  microctr start "$(busybox_conf owner "sleep 1000" "delegate = yes" "user = 1000:1001" "pids = 16")"
  local file directory owner
  directory=$(unified)/microctr/owner
  owner=$(awk '/^Uid:/ { user = $2 } /^Gid:/ { print user ":" $2 }' "/proc/$(first_pid owner)/status")  # as the host knows it
  has_not "$owner" "1000:1001 0:0"
  same "directory" "$owner" "$(stat -c %u:%g "$directory")"
  for file in $(cat /sys/kernel/cgroup/delegate); do
    [ ! -e "$directory/$file" ] || same "$file" "$owner" "$(stat -c %u:%g "$directory/$file")"
  done
  for file in cgroup.max.depth cgroup.freeze cgroup.type; do same "$file" 0:0 "$(stat -c %u:%g "$directory/$file")"; done
  local limit
  limit=$(cgroup_of owner pids)/pids.max
  same "pids.max" 0:0 "$(stat -c %u:%g "$limit")"
  # What the container left in its cgroup goes with it.
  microctr exec owner sh -c 'cd /sys/fs/cgroup; [ ! -d unified ] || cd unified; mkdir -p left/deeper'
  microctr stop -t 100ms owner
  is_gone "$directory"
}

# Contradictory keys: what is delegated must be visible inside
test_delegate_needs_its_namespaces() {
  busybox_conf half true "delegate = yes" "namespaces = mount pid" >/dev/null
  exits 2 microctr run "$T/half.conf"
  one_line "$err"
  has delegate "$err"
}

# demo: child cgroup of a child cgroup; teardown with a process in it
test_delegated_child_with_a_process() {
  [ -n "$(unified)" ] || skip "this machine has no cgroup v2"
  microctr start "$(busybox_conf deep "sh -c 'cd /sys/fs/cgroup; [ ! -d unified ] || cd unified; mkdir -p a/b; sleep 1000 & echo \$! >a/b/cgroup.procs; sleep 1001'" "delegate = yes" "namespaces = mount cgroup")"
  local directory pid
  directory=$(unified)/microctr/deep
  inner() { [ -n "$(cat "$directory/a/b/cgroup.procs")" ]; }
  eventually inner
  pid=$(cat "$directory/a/b/cgroup.procs")
  microctr stop -t 100ms deep
  is_gone "$directory"
  gone() { [ ! -e "/proc/$pid/exe" ]; }
  eventually gone
}

# A program that makes room for controllers in its own cgroup, as a service manager does, can still be joined.
test_exec_beside_its_own_cgroups() {
  is_legacy pids && skip "pids is not of cgroup v2 here"
  microctr start "$(busybox_conf manager "sh -c 'cd /sys/fs/cgroup; mkdir x; echo 1 >x/cgroup.procs; echo +pids >cgroup.subtree_control; echo ready; exec sleep 1000'" "delegate = yes")"
  ready() { microctr logs manager | grep -qx ready; }
  eventually ready
  same "cgroup of exec" 0::/x "$(microctr exec manager grep ^0:: /proc/self/cgroup)"
}

# What it leaves can be of any depth.
test_delegated_deeply() {
  [ -n "$(unified)" ] || skip "this machine has no cgroup v2"
  microctr start "$(busybox_conf deep "sleep 1000" "delegate = yes")"
  microctr exec deep sh -c 'cd /sys/fs/cgroup; [ ! -d unified ] || cd unified; mkdir -p side/x; for i in $(seq 40); do mkdir l; cd l; done'
  microctr stop -t 100ms deep
  is_gone "$(unified)/microctr/deep"
}

# key cgroup: a place of one's own; what was made above it goes with it, what was there stays
test_cgroup_path() {
  needs pids
  local root
  root=$(dirname "$(dirname "$(cgroup_of x pids)")")
  microctr start "$(busybox_conf placed "sleep 1000" "cgroup = microctr-live-test/web" "pids = 9")"
  same "limit" 9 "$(cat "$root/microctr-live-test/web/pids.max")"
  same "process" "$(first_pid placed)" "$(cat "$root/microctr-live-test/web/cgroup.procs")"
  microctr stop -t 100ms placed
  same "left" "" "$(find /sys/fs/cgroup -type d -name 'microctr-live-test')"
}

# teardown: what a first process leaves running goes too, also without a pid namespace (v2 cgroup.kill, or v1)
test_nothing_survives_the_first_process() {
  local pid
  pid=$(inside 'sleep 1000 >/dev/null 2>&1 & echo $!' "namespaces=mount")
  [ ! -e "/proc/$pid/exe" ] || fail "sleep survived"
  printf '%s\n' "rootfs = /" "namespaces =" "command = sh -c 'setsid sleep 1000 >/dev/null 2>&1 & echo \$!'" | conf service >/dev/null
  pid=$(microctr run "$T/service.conf")
  [ ! -e "/proc/$pid/exe" ] || fail "the service's sleep survived"
}

# contract: a host service has limits as any container
test_host_service_has_limits() {
  needs pids memory
  printf '%s\n' "rootfs = /" "namespaces =" "pids = 7" "memory = 64M" "command = sleep 1000" | conf service >/dev/null
  microctr start "$T/service.conf"
  same pids 7 "$(value service pids pids.max pids.max)"
  same memory 67108864 "$(value service memory memory.limit_in_bytes memory.max)"
  same process "$(first_pid service)" "$(cat "$(cgroup_of service pids)/cgroup.procs")"
}

# Two containers share the cgroups above them: the end of one leaves the other alone
test_shared_parents() {
  needs pids
  microctr start "$(busybox_conf one "sleep 1000" "pids = 8")"
  microctr start "$(busybox_conf two "sleep 1000" "pids = 9")"
  microctr stop -t 100ms one
  same "limit" 9 "$(value two pids pids.max pids.max)"
  same "exec" alive "$(microctr exec two echo alive)"
  [ ! -e "$(cgroup_of one pids)" ] || fail "left"
}

# The same where one name ends as another does: it is no less alone
test_names_that_end_alike() {
  needs pids
  local name
  for name in a ba; do
    microctr start "$(busybox_conf "$name" "sleep 1000" "cgroup = microctr-live-test/$name" "pids = 9")"
  done
  microctr stop -t 100ms ba
  same "limit" 9 "$(cat "$(dirname "$(dirname "$(cgroup_of x pids)")")/microctr-live-test/a/pids.max")"
}

# The last container leaves nothing enabled or made, however often others have come and gone beside it.
test_many_restarts_beside_another() {
  needs pids
  local round
  microctr start "$(busybox_conf keeper "sleep 1000" "pids = 9")"
  for round in 1 2 3; do
    microctr start "$(busybox_conf often "sleep 1000" "cgroup = microctr-live-test/often" "pids = 9")"
    microctr stop -t 100ms often
  done
  [ "$(cat "$T/run/controllers" 2>/dev/null | wc -l)" -le 1 ] || fail "$(cat "$T/run/controllers")"
  microctr stop -t 100ms keeper
  [ ! -e "$T/run/controllers" ] || fail "$(cat "$T/run/controllers")"
}

# An administrator's cpuset keeps its processors
test_cpuset_of_another() {
  is_legacy cpuset || skip "cpuset is not of cgroup v1 here"
  local place
  place=$(dirname "$(dirname "$(cgroup_of x cpuset)")")/microctr-live-test
  [ "$(nproc)" -gt 1 ] || skip "this machine has one processor"
  mkdir "$place"
  # shellcheck disable=SC2064  # now: it is not known any more then
  trap "microctr stop -t 100ms inner; rmdir '$place'" EXIT
  echo 1 >"$place/cpuset.cpus"
  echo 0 >"$place/cpuset.mems"
  microctr start "$(busybox_conf inner "sleep 1000" "cgroup = microctr-live-test/inner" "cpuset = 1")"
  same "of the administrator" 1 "$(cat "$place/cpuset.cpus")"
  same "of the container" 1 "$(cat "$place/inner/cpuset.cpus")"
}

# contract: a limit that the kernel cannot apply is an error that names what is missing, unless KEY.required = no
test_missing_controller() {
  is_legacy memory || skip "memory_high can be had on this machine (cgroup v2)"
  busybox_conf high true "memory_high = 8M" >/dev/null
  exits 125 microctr run "$T/high.conf"
  has memory_high "$err"
  one_line "$err"
  same "not required" ran "$(inside 'echo ran' memory_high=8M memory_high.required=no)"
  has memory_high "$(microctr explain "$T/inside.conf")"
}

# A limit that the machine refuses (a processor that is not there) is one clear line, and nothing is left
test_impossible_limit() {
  needs cpuset
  busybox_conf far true "cpuset = 4000" >/dev/null
  exits 125 microctr run "$T/far.conf"
  has cpuset "$err"
  one_line "$err"
  exits 125 microctr start "$T/far.conf"
  one_line "$err"
}

# A container whose process stands still from its birth is given up, and holds nobody up.
test_frozen_parent() {
  local parent
  parent=$(unified)/microctr
  microctr start "$(busybox_conf keeper "sleep 1000")"
  [ -e "$parent/cgroup.freeze" ] || skip "this kernel cannot freeze a cgroup of version 2"
  # shellcheck disable=SC2064  # now: it is not known any more then
  trap "[ ! -e '$parent' ] || echo 0 >'$parent/cgroup.freeze'" EXIT
  echo 1 >"$parent/cgroup.freeze"
  exits 125 timeout 60 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" start "$(busybox_conf stuck "sleep 1000")"
  echo 0 >"$parent/cgroup.freeze"
  has "is the cgroup above it frozen?" "$err"
  has_not stuck "$(microctr list)"
  exits 0 microctr exec keeper true
  exits 0 microctr stop -t 100ms keeper
}
