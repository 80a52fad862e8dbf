# Containers in containers: microctr in a container of ours, three deep, and consh's own container in one of ours.
# Rows of consh.md: "a container inside a container (tmpfs for the inner upper), three PIDs in NStgid, child cgroup of a
# child cgroup".
#
# Every level runs the same program from the volume /tools. It is static: a container has no loader for another one.

has_interpreter() { readelf -lW "$1" | grep -q INTERP; }

# /tools and /conf of the containers. One that allows containers inside is described by `outer_conf` and, further in, by
# `inner_conf`; its own data directory must not be on its overlay (the kernel stacks two).
prepare() {
  local program=$BINARY
  ! has_interpreter "$program" || program=$(dirname "${BASH_SOURCE[0]}")/../../build/x86_64/microctr
  [ -x "$program" ] && ! has_interpreter "$program" || fail "no static microctr: give one, or build $program"
  mkdir "$T/tools" "$T/conf"
  cp "$program" "$T/tools/microctr"
  cp "$(dirname "${BASH_SOURCE[0]}")/tools/shell_container.sh" "$T/tools/"
  chmod 755 "$T" "$T/tools" "$T/conf"
}
inner_conf() {  # NAME COMMAND [KEY=VALUE]...
  local name=$1 command=$2
  shift 2
  printf '%s\n' "layer = busybox" "command = $command" "$@" >"$T/conf/$name.conf"
  chmod 644 "$T/conf/$name.conf"
}
nesting=("nesting = yes" "tmpfs = /var/lib/microctr")
further_in=("volume = /tools:/tools:ro" "volume = /conf:/conf:ro")
outer_conf() { busybox_conf "$1" "sleep 1000" "nesting = yes" "volume = $T/tools:/tools:ro" "volume = $T/conf:/conf:ro" "${@:2}"; }

tool=/tools/microctr
in_one() { microctr exec one "$@"; }
in_two() { in_one $tool exec two "$@"; }
in_three() { in_two $tool exec three "$@"; }

# one, in it two, in it three.
start_three() {
  prepare
  inner_conf two "sleep 1000" "${nesting[@]}" "${further_in[@]}"
  inner_conf three "sleep 1000"
  microctr start "$(outer_conf one "tmpfs = /var/lib/microctr")"
  in_one $tool start /conf/two.conf
  in_two $tool start /conf/three.conf
}

words() { echo $*; }
number_of() { microctr inspect --json "$1" | sed -n "s/.*\"$2\":\([0-9]*\)[,}].*/\1/p"; }
unified() { awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo; }

# issue: microctr runs inside a microctr container, three deep
test_three_deep() {
  local unified first
  start_three
  first=$(number_of one pid)
  same "names" "one two three" "$(words $(in_one hostname) $(in_two hostname) $(in_three hostname))"
  in_two hostname renamed
  same "names after a change" "one renamed three" "$(words $(in_one hostname) $(in_two hostname) $(in_three hostname))"
  same "process 1 inside" "sleep sleep sleep" "$(words $(in_one cat /proc/1/comm) $(in_two cat /proc/1/comm) $(in_three cat /proc/1/comm))"

  same "map of one" "0 $(awk '{ print $2 }' "/proc/$first/uid_map") 65536" "$(words $(in_one cat /proc/self/uid_map))"
  same "map of two" "0 0 1" "$(words $(in_two cat /proc/self/uid_map))"
  same "map of three" "0 0 1" "$(words $(in_three cat /proc/self/uid_map))"
  same "different user namespaces" 4 "$({ readlink /proc/self/ns/user; in_one readlink /proc/self/ns/user; in_two readlink /proc/self/ns/user; in_three readlink /proc/self/ns/user; } | sort -u | wc -l)"

  same "lists" "one two three" "$(words $(microctr list | awk '$2 == "running" { print $1 }') $(in_one $tool list | awk '$2 == "running" { print $1 }') $(in_two $tool list | awk '$2 == "running" { print $1 }'))"
  exits 7 in_three sh -c 'exit 7'
  exits 5 in_two $tool run -o "command=sh -c \"exit 5\"" -o name=short /conf/three.conf

  unified=$(unified)
  if [ -n "$unified" ]; then
    [ -d "$unified/microctr/one/microctr/two/microctr/three" ] || fail "no child cgroup of a child cgroup: $(find "$unified/microctr/one" -type d)"
    same "cgroup as three sees it" "0::/" "$(in_three grep ^0:: /proc/self/cgroup)"
    same "cgroup as two sees it" "0::/microctr-caller" "$(in_two grep ^0:: /proc/self/cgroup)"
    same "three's processes" 1 "$(wc -l <"$unified/microctr/one/microctr/two/microctr/three/cgroup.procs")"
    same "four numbers, the last is 1" "1 4" "$(awk '/^NStgid:/ { print $NF, NF - 1 }' "/proc/$(cat "$unified/microctr/one/microctr/two/microctr/three/cgroup.procs")/status")"
  fi

  in_two $tool stop -t 100ms three
  in_two $tool remove three
  same "two's list" "" "$(in_two $tool list | awk 'NR > 1')"
  [ ! -e "$unified/microctr/one/microctr/two/microctr/three" ] || fail "the cgroup of three is still there"
  in_two test ! -e /run/microctr
  in_two $tool start /conf/three.conf
  same "names after a new start" "three" "$(in_three hostname)"
  in_two $tool stop -t 100ms three
  in_two $tool remove three
  in_one $tool stop -t 100ms two
  in_one $tool remove two
  eventually lone_process
  [ ! -e "$unified/microctr/one/microctr" ] || fail "left in one: $(find "$unified/microctr/one" -type d)"
  in_one test ! -e /run/microctr
}
# Process 1, and grep; what has ended stays: `sleep` reaps nobody.
lone_process() { [ "$(in_one sh -c "grep -L '^State:.Z' /proc/[0-9]*/status 2>/dev/null" | wc -l)" -le 3 ]; }

# rule: the outermost one's end is the end of all
test_end_of_all() {
  local space
  start_three
  space=$(readlink "/proc/$(number_of one pid)/ns/user")
  microctr stop -t 100ms one
  microctr remove one
  same "processes of it" "" "$(find /proc/[0-9]*/ns/user -lname "$space" 2>/dev/null)"
  [ -z "$(unified)" ] || [ ! -e "$(unified)/microctr/one" ] || fail "left: $(find "$(unified)/microctr/one" -type d)"
}

# rule: in the foreground, from level to level, with its streams and its exit status
test_run_in_run() {
  prepare
  inner_conf two "$tool run /conf/three.conf" "${nesting[@]}" "${further_in[@]}"
  inner_conf three 'sh -c "awk \"/^NStgid/ { print NF }\" /proc/self/status; cat; exit 9"'
  exits 9 microctr run -o "command=$tool run /conf/two.conf" "$(outer_conf one "tmpfs = /var/lib/microctr")" <<<"from outside"
  same "output of the innermost" "2 from outside" "$(words $out)"
}

# kernel: an overlay on an overlay on an overlay is refused, whatever the file system of the upper layer
test_overlay_too_deep() {
  prepare
  inner_conf two "sleep 1000" "nesting = yes" "${further_in[@]}"
  inner_conf three true
  microctr start "$(outer_conf one)"
  in_one $tool start /conf/two.conf
  exits 125 in_two $tool run /conf/three.conf
  has "mount overlay" "$err"
  has "lies on an overlay on an overlay: in a container have the data directory on a volume or tmpfs = /var/lib/microctr" "$err"
  one_line "$err"
  exits 0 in_two $tool --root /dev/shm/data run /conf/three.conf
}

# rule: what limits the outer container limits those inside together
test_limit_of_the_outer() {
  prepare
  inner_conf two 'sh -c "for n in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1000 & done; echo all started"' "${nesting[@]}"
  exits 0 microctr run -o "command=$tool run /conf/two.conf" "$(outer_conf one "tmpfs = /var/lib/microctr")"
  same "without a limit" "all started" "$out"
  microctr run -o "command=$tool run /conf/two.conf" -o pids=10 "$T/one.conf" >"$T/limited" 2>&1 || true
  has "can't fork" "$(cat "$T/limited")"
  has_not "all started" "$(cat "$T/limited")"
}

# rule: a limit that cannot be had inside is an error, never dropped; with version 2 it is had
test_limit_of_the_inner() {
  prepare
  inner_conf two 'sh -c "cat /sys/fs/cgroup/pids.max"' "pids = 5"
  microctr start "$(outer_conf one "tmpfs = /var/lib/microctr")"
  if [ -e "$(unified)/microctr/one/pids.max" ]; then
    same "limit" 5 "$(in_one $tool run /conf/two.conf)"
  else
    exits 125 in_one $tool run /conf/two.conf
    has "no cgroup controller for pids" "$err"
  fi
}

# rule: a container inside has no network, or its outer one's
test_networks() {
  prepare
  inner_conf two 'sh -c "cat /proc/self/cgroup | grep ^0::; readlink /proc/self/ns/net"'
  microctr start "$(outer_conf one "tmpfs = /var/lib/microctr")"
  exits 0 in_one $tool run -o network=host /conf/two.conf
  same "with the outer one's" "$(words $([ -z "$(unified)" ] || echo 0::/) $(in_one readlink /proc/self/ns/net))" "$(words $out)"
  has_not "$(in_one readlink /proc/self/ns/net)" "$(in_one $tool run /conf/two.conf)"
  exits 125 in_one $tool run -o network=bridge /conf/two.conf
  has "make network = bridge: Operation not permitted (root of a container cannot do that: use network = none or host)" "$err"
}

# rule: also a user who is not the container's root can have containers in it
test_of_another_user_inside() {
  prepare
  inner_conf two 'sh -c "id -u; cat /proc/self/uid_map; hostname"'
  exits 0 microctr run -o "command=sh -c \"HOME=/tmp XDG_RUNTIME_DIR=/tmp/r XDG_DATA_HOME=/tmp/d exec $tool run /conf/two.conf\"" \
    "$(outer_conf one "user = 1000:1000" "tmpfs = /tmp")"
  same "inside" "0 0 1000 1 two" "$(words $out)"
}

# consh: an ordinary user, with the single map
test_of_an_ordinary_user() {
  local somebody=4242
  unshare --user true 2>/dev/null || skip "this machine has no user namespaces"
  prepare
  inner_conf two 'sh -c "hostname; id -u; cat /proc/self/uid_map"'
  outer_conf one "tmpfs = /var/lib/microctr" >/dev/null
  chmod 644 "$T/one.conf"
  mkdir "$T/home" "$T/session"
  chmod 700 "$T/session"
  chown $somebody:$somebody "$T/home" "$T/session"
  exits 0 env -i PATH="$PATH" HOME="$T/home" XDG_RUNTIME_DIR="$T/session" XDG_DATA_HOME="$T/home/data" \
    setpriv --reuid $somebody --regid $somebody --clear-groups "$T/tools/microctr" run -o "command=$tool run /conf/two.conf" "$T/one.conf"
  same "inside" "two 0 0 0 1" "$(words $out)"
  same "session" "" "$(ls -A "$T/session")"
}

# rule: explain says what nesting opens; no user namespace, no nesting
test_explain_and_refusals() {
  prepare
  has "WEAKENED by the configuration: nesting hides nothing of /proc and /sys, allows mounts, and gives SYS_ADMIN and NET_ADMIN, all within a user namespace" \
    "$(microctr explain "$(outer_conf one)")"
  has_not "WEAKENED" "$(microctr explain "$(busybox_conf plain true)")"
  has_not "the machine's root" "$(microctr explain "$T/one.conf")"
  exits 0 microctr explain "$(busybox_conf bare true "masked_path =" "readonly_path =")"
  has "WEAKENED by the configuration: masked_path takes away what is hidden of /proc and /sys by default" "$out"
  has "WEAKENED by the configuration: readonly_path takes away what of /proc is read-only by default" "$out"
  exits 0 microctr explain -o userns=root "$T/one.conf"
  has "WEAKENED by the configuration: with nesting, root inside is the machine's root for files: it can write /proc/sys, /proc/sysrq-trigger and /sys" "$out"
  exits 2 microctr run -o userns=host "$T/one.conf"
  has "nesting: containers inside need a user namespace of their own (write userns = auto)" "$err"
  exits 125 microctr run -o "network=host" "$T/one.conf"
  has "nest containers without a user namespace: in the host's network a user namespace has no power over ports and links" "$err"
  has "userns = root" "$err"
  one_line "$err"
}

# rule: and it is as explain says
test_what_is_opened() {
  local look='for f in /proc/sys/kernel/core_pattern /sys/kernel/rcu_normal; do if (: >>$f) 2>/dev/null; then echo open; else echo closed; fi; done'
  prepare
  same "with ids of its own" "closed closed" "$(words $(inside "$look" "nesting = yes"))"
  same "with root's" "open open" "$(words $(inside "$look" "nesting = yes" "userns = root"))"
}

# consh: the scripts' own container in a container of ours
test_shell_container() {
  local unified
  prepare
  microctr start "$(outer_conf one "tmpfs = /work")"
  exits 0 in_one sh /tools/shell_container.sh /work inner sh -c \
    'hostname; echo $$; cat /proc/self/uid_map; ls /; ls /sys/class/net; grep -c . /proc/self/mountinfo; touch /bin/new; rm /bin/vi'
  same "inside" "inner 1 0 0 1 bin dev etc proc sys tmp lo 3" "$(words $out)"
  same "one's name" "one" "$(in_one hostname)"
  same "changes are in the upper layer" "new vi" "$(words $(in_one ls /work/upper/bin))"
  in_one test -e /work/lower/bin/vi
  in_one sh /tools/shell_container.sh /work inner sleep 1000 &
  eventually has_third
  same "numbers of it" "3 1" "$(third | awk '{ print NF, $NF }')"
  microctr stop -t 100ms one
  wait $! || true
}
# The first process of a container of root's alone whose root is one's, as its NStgid.
third() {
  local first process
  first=$(awk '{ print $2 }' "/proc/$(number_of one pid)/uid_map")
  for process in /proc/[0-9]*; do
    [ "$(words $(cat "$process/uid_map" 2>/dev/null))" = "0 $first 1" ] || continue
    awk '/^NStgid:/ && $NF == 1 { $1 = ""; print }' "$process/status"
  done
}
has_third() { [ -n "$(third)" ]; }
