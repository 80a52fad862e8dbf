# A container of an ordinary user: consh.md, rows `unshare --user --map-root-user ... as an unprivileged user`,
# "uid 0 inside, unprivileged outside", "all capabilities inside a user namespace, none outside", and what is refused.
#
# The user has no name, no group and no login here: uid 4242 with folders of its own below $T/home.

somebody=4242

# COMMAND...: as that user, with the environment of a login session.
as_user() { as "$somebody" "$@"; }

as() {  # UID COMMAND...
  local user=$1
  shift
  env -i PATH="$PATH" HOME="$T/home" XDG_RUNTIME_DIR="$T/session" XDG_CONFIG_HOME="$T/home/config" XDG_DATA_HOME="$T/home/data" \
    timeout -k 1 20 setpriv --reuid "$user" --regid "$user" --clear-groups "$@"
}

# The framework's folder belongs to root: the user gets a home, a runtime directory and a readable tool.
prepare() {
  unshare --user true 2>/dev/null || skip "this machine has no user namespaces"
  as_user unshare --user true 2>/dev/null || skip "this machine lets no user make a user namespace"
  chmod 755 "$T"
  mkdir -p "$T/home/config/microctr/containers" "$T/session"
  chmod 700 "$T/session"
  cp "$BINARY" "$T/tool"
  chmod 755 "$T/tool"
  chown -R "$somebody:$somebody" "$T/home" "$T/session"
  trap end_of_test EXIT
}

# What a failed test left running; the framework knows only root's containers.
end_of_test() {
  local record
  for record in "$T/session/microctr/containers"/*/; do
    [ -d "$record" ] || continue
    as_user "$T/tool" stop -t 100ms "$(basename "$record")" || true
    as_user "$T/tool" remove "$(basename "$record")" || true
  done >/dev/null 2>&1
}

user_conf() {  # NAME [KEY=VALUE]...
  local name=$1
  shift
  printf '%s\n' "layer = busybox" "$@" >"$T/home/$name.conf"
  chmod 644 "$T/home/$name.conf"
}

# A shell command in a fresh container of the user.
user_inside() {  # SHELL_COMMAND [KEY=VALUE]...
  local command=$1
  shift
  printf 'SCRIPT=%s\n' "$command" >"$T/home/inside.env"
  user_conf inside 'command = sh -c "eval \"$SCRIPT\""' "env_file = $T/home/inside.env" "$@"
  as_user "$T/tool" run "$T/home/inside.conf"
}

session_is_empty() { [ -z "$(ls -A "$T/session")" ]; }
user_number_of() { as_user "$T/tool" inspect --json "$1" | sed -n "s/.*\"$2\":\([0-9]*\)[,}].*/\1/p"; }
user_state_of() { as_user "$T/tool" list | awk -v name="$1" '$1 == name { print $2 }'; }

refused() {  # STATUS WORDS COMMAND...
  local status=$1 words=$2
  shift 2
  exits "$status" "$@"
  one_line "$err"
  case "$err" in "microctr: "*) ;; *) fail "not as 'microctr: ...': $err" ;; esac
  has "$words" "$err"
}

test_run() {
  prepare
  exits 0 user_inside 'echo hello; echo oops >&2'
  same output hello "$out"
  same error oops "$err"
  exits 7 user_inside 'exit 7'
  session_is_empty || fail "left: $(find "$T/session")"
  same "owner of the layer" "$somebody" "$(stat -c %u "$T/home/data/microctr/layers/busybox/bin/busybox")"
}

# consh.md, demo "uid 0 inside, unprivileged outside".
test_root_inside_only() {
  prepare
  same "ids inside" "uid=0(root) gid=0(root)" "$(user_inside id | sed 's/ groups=.*//')"
  same "first process" 1 "$(user_inside 'echo $$')"
  user_conf stays "command = sleep 1000"
  as_user "$T/tool" start "$T/home/stays.conf"
  pid=$(user_number_of stays pid)
  same "uid outside" "$somebody $somebody $somebody $somebody" "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' "/proc/$pid/status")"
  same "gid outside" "$somebody $somebody $somebody $somebody" "$(awk '/^Gid:/ { print $2, $3, $4, $5 }' "/proc/$pid/status")"
  same "map" "0 $somebody 1" "$(echo $(cat "/proc/$pid/uid_map"))"
  same "setgroups" deny "$(cat "/proc/$pid/setgroups")"
  # consh.md, demo "PID 1 inside and NStgid outside".
  same "NStgid" "$pid 1" "$(awk '/^NStgid:/ { print $2, $3 }' "/proc/$pid/status")"
  as_user "$T/tool" stop stays
  as_user "$T/tool" remove stays
}

# consh.md, demo "all capabilities inside a user namespace, none outside".
test_capabilities() {
  prepare
  last=$(cat /proc/sys/kernel/cap_last_cap)
  all=$(printf '%016x' $(((1 << (last + 1)) - 1)))
  same "effective inside" "$all" "$(user_inside "awk '/^CapEff:/ { print \$2 }' /proc/self/status" "cap_add = ALL")"
  same "bounding inside" "$all" "$(user_inside "awk '/^CapBnd:/ { print \$2 }' /proc/self/status" "cap_add = ALL")"
  # The default: 11 of them, and none that is inherited.
  same "default set" "CapInh: 0000000000000000 CapPrm: 00000000800405fb CapEff: 00000000800405fb CapBnd: 00000000800405fb CapAmb: 0000000000000000" \
    "$(echo $(user_inside 'grep ^Cap /proc/self/status'))"
  # They have power over what belongs to the namespace, and over nothing of the machine.
  same "host name" changed "$(user_inside 'hostname changed; hostname' "cap_add = SYS_ADMIN")"
  has_not changed "$(hostname)"
  exits 1 user_inside 'mknod /tmp/node c 1 3' "cap_add = ALL"
  echo secret >"$T/secret"
  chmod 600 "$T/secret"
  exits 1 user_inside 'cat /secret' "cap_add = ALL" "volume = $T/secret:/secret"
  exits 1 user_inside 'chown 1000 /tmp' "cap_add = ALL"
}

# consh.md, row "mounts proc, sysfs, cgroup2, mqueue; binds full null random tty urandom zero".
test_file_systems() {
  prepare
  same "devices work" ok "$(user_inside 'echo x >/dev/null; head -c 4 /dev/zero | wc -c | grep -q 4 && head -c 4 /dev/urandom | wc -c | grep -q 4 && echo ok')"
  has "/dev/pts devpts" "$(user_inside 'cat /proc/mounts')"
  has "/dev/shm tmpfs" "$(user_inside 'cat /proc/mounts')"
  has "/sys sysfs" "$(user_inside 'cat /proc/mounts')"
  same "processes" 1 "$(user_inside 'cd /proc && echo [0-9]* | tr " " "\n" | grep -c "^1$"')"
  has_not "$T" "$(user_inside "cut -d' ' -f2 /proc/self/mounts")"
  exits 0 user_inside 'echo x >/dev/shm/file && cat /dev/shm/file'
}

# An overlay with a tmpfs upper; the layer itself stays as it was.
test_overlay() {
  prepare
  user_inside true
  before=$(cd "$T/home/data/microctr/layers/busybox" && find . | sort | sha256sum)
  same "deleted, edited, renamed" "0 changed passwd2" "$(echo $(user_inside 'rm -r /home; ls -d /home 2>/dev/null | wc -l; echo changed >/etc/hosts; cat /etc/hosts; mv /etc/passwd /etc/passwd2; ls /etc | grep passwd'))"
  same "layer" "$before" "$(cd "$T/home/data/microctr/layers/busybox" && find . | sort | sha256sum)"
  # Removing a directory of the layer gave EIO before Linux 6.6 with a tmpfs upper in a user namespace: platform.md.
  exits 0 user_inside 'test "$(find / -xdev -type d | wc -l)" -gt 5'
  # Two layers, bottom first.
  mkdir -p "$T/home/top/etc"
  echo from-top >"$T/home/top/etc/issue"
  chown -R "$somebody" "$T/home/top"
  same "second layer" from-top "$(user_inside 'cat /etc/issue' "layer = $T/home/top")"
  # What must last.
  user_inside 'echo first >/root/kept' "upper = persistent"
  same "persistent upper" first "$(user_inside 'cat /root/kept' "upper = persistent")"
  as_user "$T/tool" remove --data inside
  [ ! -e "$T/home/data/microctr/containers/inside" ] || fail "left: $(find "$T/home/data/microctr/containers")"
}

test_volumes_and_tmpfs() {
  prepare
  mkdir "$T/home/shared"
  echo outside >"$T/home/shared/file"
  chown -R "$somebody" "$T/home/shared"
  same "read" outside "$(user_inside 'cat /mnt/file' "volume = $T/home/shared:/mnt:ro")"
  exits 1 user_inside 'echo x >/mnt/file' "volume = $T/home/shared:/mnt:ro"
  user_inside 'echo inside >/mnt/new' "volume = $T/home/shared:/mnt"
  same "written" inside "$(cat "$T/home/shared/new")"
  same "its owner" "$somebody" "$(stat -c %u "$T/home/shared/new")"
  # The machine's own read-only and nosuid mounts keep these flags when they are bound.
  exits 0 user_inside 'cat /host-proc/uptime' "volume = /proc:/host-proc:ro"
  same "tmpfs" "1777 fine" "$(echo $(user_inside 'stat -c %a /scratch; echo fine >/scratch/f; cat /scratch/f' "tmpfs = /scratch:1M"))"
  exits 1 user_inside 'head -c 3000000 /dev/zero >/scratch/f' "tmpfs = /scratch:1M"
  same "a volume of the store" "kept" "$(user_inside 'echo kept >/store/f; cat /store/f' "volume = things:/store")"
  same "again" "kept" "$(user_inside 'cat /store/f' "volume = things:/store")"
}

test_rootfs() {
  prepare
  user_inside true
  cp -a "$T/home/data/microctr/layers/busybox" "$T/home/tree"
  printf '%s\n' "rootfs = $T/home/tree" 'command = sh -c "id -u; echo made >/root/file"' >"$T/home/tree.conf"
  same "output" 0 "$(as_user "$T/tool" run "$T/home/tree.conf")"
  same "a directory root is changed itself" made "$(cat "$T/home/tree/root/file")"
  printf '%s\n' "rootfs = $T/home/tree" "read_only = yes" 'command = sh -c "echo no >/root/file"' >"$T/home/tree.conf"
  exits 1 as_user "$T/tool" run "$T/home/tree.conf"
}

test_network() {
  prepare
  same "links" lo "$(user_inside 'ls /sys/class/net')"
  same "loopback" up "$(user_inside 'ip link show lo | grep -q LOOPBACK,UP && echo up')"
  same "groups that may ping" "0 0" "$(echo $(user_inside 'cat /proc/sys/net/ipv4/ping_group_range'))"
  same "of the host" "$(readlink /proc/self/ns/net)" "$(user_inside 'readlink /proc/self/ns/net' "network = host")"
  user_conf wired "command = true" "network = veth" "ip = 10.8.0.2/24"
  refused 125 "run as root" as_user "$T/tool" run "$T/home/wired.conf"
  has "veth" "$err"
  session_is_empty || fail "left: $(find "$T/session")"
}

# Without a delegated cgroup a limit is an error, never dropped.
test_limits() {
  prepare
  for limit in "memory = 16M" "pids = 8" "cpus = 50%" "cpuset = 0" "cpu_weight = 50"; do
    user_conf limited "command = true" "$limit"
    refused 125 "delegate" as_user "$T/tool" run "$T/home/limited.conf"
    has "systemd-run" "$err"
    session_is_empty || fail "left: $(find "$T/session")"
  done
  # Unless the configuration says that it is not needed.
  user_conf limited "command = echo started" "memory = 16M" "memory.required = no"
  exits 0 as_user "$T/tool" run "$T/home/limited.conf"
  same output started "$out"
  user_conf limited "command = true" "delegate = yes"
  refused 125 "delegated" as_user "$T/tool" run "$T/home/limited.conf"
}

test_identity() {
  prepare
  user_conf other "command = true" "user = 1000"
  refused 125 "single root map" as_user "$T/tool" run "$T/home/other.conf"
  user_conf other "command = true" "groups = 5"
  refused 125 "group" as_user "$T/tool" run "$T/home/other.conf"
  exits 0 user_inside true "user = root"
  user_conf other "command = true" "userns = host"
  refused 125 "run as root" as_user "$T/tool" run "$T/home/other.conf"
  session_is_empty || fail "left: $(find "$T/session")"
}

# consh.md, row "supplementary groups show as 65534": with the single map the kernel forbids setgroups; then as there.
test_supplementary_groups() {
  prepare
  user_inside true
  printf 'SCRIPT=%s\n' "grep ^Groups /proc/self/status" >"$T/home/inside.env"
  same "groups inside" "Groups: 65534" "$(echo $(env -i PATH="$PATH" HOME="$T/home" XDG_RUNTIME_DIR="$T/session" XDG_DATA_HOME="$T/home/data" \
    setpriv --reuid "$somebody" --regid "$somebody" --groups 999 "$T/tool" run "$T/home/inside.conf"))"
}

# As root: the groups list is the configured one, and empty otherwise.
test_groups_as_root() {
  same "groups" "Groups:" "$(echo $(setpriv --groups 7,8,9 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run \
    "$(busybox_conf groups 'grep ^Groups /proc/self/status')"))"
  same "groups" "Groups: 7 44" "$(echo $(inside 'grep ^Groups /proc/self/status' 'groups = 44, 7'))"
}

test_userns_root_as_root() {
  same "map" "0 0 1" "$(echo $(inside 'cat /proc/self/uid_map' "userns = root"))"
  has_not "$(readlink /proc/self/ns/user)" "$(inside 'readlink /proc/self/ns/user' "userns = root")"
  exits 0 inside 'echo x >/dev/null && touch /root/file && hostname' "userns = root" "pids = 16" "memory = 32M"
  exits 0 inside 'id -u; ip address show eth0' "userns = root" "network = veth" "ip = 10.7.0.2/24"
  has "10.7.0.2/24" "$out"
  exits 0 inside 'echo x >/file; cat /file' "userns = root" "upper = persistent"
}

# Root of a user namespace, as in a container of another runtime: mknod is refused there.
test_root_of_a_user_namespace() {
  unshare --user true 2>/dev/null || skip "this machine has no user namespaces"
  busybox_conf nested "sh -c \"echo x >/dev/null && echo fine\"" >/dev/null
  exits 0 unshare --user --map-root-user --mount --pid --fork --mount-proc --net \
    "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$T/nested.conf"
  same output fine "$out"
}

# The user's own supervisor, in the user's own places.
test_background() {
  prepare
  user_conf first "command = sh -c \"echo said; exec sleep 1000\""
  user_conf second "command = sleep 1000"
  exits 0 as_user "$T/tool" start "$T/home/first.conf" "$T/home/second.conf"
  same "state" running "$(user_state_of first)"
  supervisor=$(user_number_of first supervisor_pid)
  same "one supervisor" "$supervisor" "$(user_number_of second supervisor_pid)"
  same "its owner" "$somebody" "$(stat -c %u "/proc/$supervisor")"
  same "creator" "$somebody" "$(user_number_of first creator_uid)"
  same "mode of the runtime directory" 700 "$(stat -c %a "$T/session/microctr")"
  said() { [ "$(as_user "$T/tool" logs first)" = said ]; }
  eventually said
  same "exec" 0 "$(as_user "$T/tool" exec first id -u)"
  same "namespaces of exec" "$(as_user "$T/tool" exec first readlink /proc/1/ns/{user,pid,mnt,net,uts,ipc})" \
    "$(as_user "$T/tool" exec first readlink /proc/self/ns/{user,pid,mnt,net,uts,ipc})"
  exits 5 as_user "$T/tool" exec first sh -c 'exit 5'
  exits 0 as_user "$T/tool" stop first second
  same "wait" "137 137" "$(echo $(as_user "$T/tool" wait first second))"
  same state exited "$(user_state_of first)"
  as_user "$T/tool" remove first second
  eventually session_is_empty || fail "left: $(find "$T/session")"
  ! [ -e "/proc/$supervisor" ] || eventually [ ! -e "/proc/$supervisor" ]
}

test_by_name() {
  prepare
  user_conf named "command = echo found"
  mv "$T/home/named.conf" "$T/home/config/microctr/containers/"
  as_user "$T/tool" start named
  as_user "$T/tool" wait named >/dev/null
  same log found "$(as_user "$T/tool" logs named)"
  as_user "$T/tool" remove named
}

# Nobody else gets at it: not by the directory, not by the socket.
test_another_user() {
  prepare
  user_conf private "command = sleep 1000"
  as_user "$T/tool" start "$T/home/private.conf"
  for verb in list "start $T/home/private.conf" "run $T/home/private.conf"; do
    code=0
    as 4243 "$T/tool" --runtime-dir "$T/session/microctr" --root "$T/home/data/microctr" $verb >"$T/said" 2>"$T/complained" || code=$?
    same "status of $verb" 125 "$code"
    one_line "$(cat "$T/complained")"
  done
  # Even where the directories were open: the owner is compared.
  chmod 755 "$T/session" "$T/session/microctr"
  refused 125 "another user" as 4243 "$T/tool" --runtime-dir "$T/session/microctr" list
  chmod 777 "$T/session/microctr/control"
  for verb in "stop private" "start $T/home/private.conf"; do
    exits_not_zero as 4243 "$T/tool" --runtime-dir "$T/session/microctr" --root "$T/home/data/microctr" $verb
  done
  chmod 700 "$T/session" "$T/session/microctr"
  same state running "$(user_state_of private)"
  # root may.
  exits 125 "$T/tool" --runtime-dir "$T/session/microctr" list
  as_user "$T/tool" stop private
  as_user "$T/tool" remove private
  eventually session_is_empty || fail "left: $(find "$T/session")"
}

exits_not_zero() {
  local seen=0
  "$@" >"$T/said" 2>"$T/complained" || seen=$?
  [ "$seen" != 0 ] || fail "was not refused: $*"
  one_line "$(cat "$T/complained")"
}

test_places() {
  prepare
  user_conf where "command = echo fine"
  # Without XDG_*: below HOME, and a directory of the user's own in /tmp.
  mkdir "$T/tmp"
  same "without XDG" fine "$(env -i PATH="$PATH" HOME="$T/home" setpriv --reuid "$somebody" --regid "$somebody" --clear-groups \
    "$T/tool" run "$T/home/where.conf")"
  [ -d "$T/home/.local/share/microctr/layers/busybox" ] || fail "no layer below HOME"
  [ ! -e "/tmp/microctr-$somebody" ] || fail "left /tmp/microctr-$somebody"
  # Somebody made it before us.
  mkdir -m 777 "/tmp/microctr-$somebody"
  trap 'rmdir "/tmp/microctr-$somebody" 2>/dev/null || true; end_of_test' EXIT
  refused 125 "another user" env -i PATH="$PATH" HOME="$T/home" setpriv --reuid "$somebody" --regid "$somebody" --clear-groups \
    "$T/tool" run "$T/home/where.conf"
  rmdir "/tmp/microctr-$somebody"
  # A home that does not exist or cannot be written to.
  refused 125 "denied" env -i PATH="$PATH" HOME=/root XDG_CONFIG_HOME="$T/home" XDG_RUNTIME_DIR="$T/session" setpriv --reuid "$somebody" --regid "$somebody" \
    --clear-groups "$T/tool" run "$T/home/where.conf"
  exits 125 env -i PATH="$PATH" XDG_RUNTIME_DIR="$T/session" setpriv --reuid "$somebody" --regid "$somebody" --clear-groups \
    "$T/tool" run "$T/home/where.conf"
  one_line "$err"
}

test_kill() {
  prepare
  user_conf shot "command = sleep 1000"
  as_user "$T/tool" start "$T/home/shot.conf"
  first=$(user_number_of shot pid)
  kill -KILL "$(user_number_of shot supervisor_pid)"
  same state running "$(user_state_of shot)"
  as_user "$T/tool" stop shot
  eventually [ ! -e "/proc/$first" ]
  as_user "$T/tool" start "$T/home/shot.conf"
  as_user "$T/tool" stop shot
  as_user "$T/tool" remove shot
  eventually session_is_empty || fail "left: $(find "$T/session")"
}
