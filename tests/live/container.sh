# Isolation: namespaces, identity, capabilities, environment, descriptors, exec, and the ways for old kernels.

# tool SOURCE: the path of a small static program, compiled once for the whole run.
tool() {
  local source program
  source=$(dirname "${BASH_SOURCE[0]}")/tools/$1
  program=$WORK/tools/$(basename "${1%.*}")
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$source" -o "$program" || fail "cannot compile $1"
  echo "$program"
}

first_pid() { microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9; }
status_of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr '\t' ' '; }

default_capabilities=00000000800405fb  # threats.md, "Defaults"

# What the container's own shell says of its capabilities: inheritable permitted effective bounding ambient.
capabilities() { inside 'sed -n "s/^Cap...:.//p" /proc/self/status | tr "\n" " "' "$@"; }

# What `ALL` can be: the machine may have been started with less, a new user namespace has what the kernel knows.
machine_capabilities() { sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status; }
kernel_capabilities() { printf %016x $(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1)); }

# demo: PID 1 inside and NStgid outside
test_first_process_is_pid_1() {
  microctr start "$(busybox_conf one "sleep 1000")"
  local pid
  pid=$(first_pid one)
  same "NStgid outside" "$pid 1" "$(status_of "$pid" NStgid)"
  same "NStgid inside" 1 "$(microctr exec one sed -n 's/^NStgid:.//p' /proc/1/status)"
  same "program" sleep "$(microctr exec one cat /proc/1/comm)"
  same "processes inside" "1 " "$(microctr exec one sh -c 'cd /proc; for p in [0-9]*; do [ $p = $$ ] || echo $p; done' | tr '\n' ' ')"
}

# row: private propagation, pivot_root, lazy unmount of the old root · row: mounts proc, sysfs, cgroup2, mqueue ·
# demo: small mount list inside
test_mount_list_is_small() {
  local list
  list=$(inside 'sed "s/ - / /" /proc/self/mountinfo | awk "{ print \$5, \$(NF - 2) }"' masked_path= readonly_path= | grep -v '^/sys/fs/cgroup/' | sort)
  # CONFIG_POSIX_MQUEUE may be missing; /sys/fs/cgroup is v2, or a tmpfs that holds the hierarchies.
  same mounts "/ overlay /dev tmpfs /dev/pts devpts /dev/shm tmpfs /proc proc /sys sysfs " \
    "$(echo "$list" | grep -v -e mqueue -e /sys/fs/cgroup | tr '\n' ' ')"
  grep -qw mqueue /proc/filesystems && has "/dev/mqueue mqueue" "$list"
  has "/sys/fs/cgroup " "$list"
}

# rule: chroot escape → pivot_root and detach; nothing of the host is visible
test_no_old_root_is_left() {
  local list
  echo secret >"$T/secret"
  same "host's file" "" "$(inside "ls $T/secret 2>/dev/null || true")"
  same "folders of the root" "bin dev etc home lib mnt proc root run sbin sys tmp usr var " "$(inside 'ls / | tr "\n" " "')"
  same "propagation" "" "$(inside 'grep -e shared: -e master: /proc/self/mountinfo || true')"
  # The parent of the root mount is not in the namespace, so it is not a mount that could be uncovered.
  list=$(inside 'cut -d" " -f1,2,5 /proc/self/mountinfo')
  has_not "$(echo "$list" | awk '$3 == "/" { print $2; exit }') " "$(echo "$list" | cut -d' ' -f1 | tr '\n' ' ')"
  same "after umount -l /" "bin" "$(inside 'cd /; umount -l / 2>/dev/null; ls -d /bin* | cut -c2-' cap_add=SYS_ADMIN)"
}

# demo: chroot escape (mkdir, chroot, chdir up, chroot) must fail
test_chroot_escape_fails() {
  local tools
  tools=$(dirname "$(tool ../../boot/chroot_escape.cpp)")
  echo marker >"$T/marker"
  # It works where the old root is still there: a plain chroot.
  mkdir "$T/jail" "$T/jail/tmp"
  cp "$tools/chroot_escape" "$T/jail/"
  same "in a chroot" escaped "$(chroot "$T/jail" /chroot_escape /tmp "$T/marker" || true)"
  same "in a container" "stayed inside" "$(inside "/tools/chroot_escape /tmp $T/marker" "volume=$tools:/tools:ro")"
  same "with all capabilities" "stayed inside" "$(inside "/tools/chroot_escape /tmp $T/marker" "volume=$tools:/tools:ro" cap_add=ALL)"
  mkdir -p "$T/plain/bin"
  cp "$(command -v busybox)" "$T/plain/bin/sh"
  mkdir "$T/plain/tmp"
  printf 'rootfs = %s\nvolume = %s:/tools:ro\ncommand = /tools/chroot_escape /tmp %s\n' "$T/plain" "$tools" "$T/marker" | conf plain
  same "in a plain directory" "stayed inside" "$(microctr run "$T/plain.conf")"
}

# row: hostname · demo: hostname change stays inside
test_names_stay_inside() {
  local before
  before=$(uname -n)/$(cat /proc/sys/kernel/domainname)
  same "host name" web-1/lan "$(inside 'echo $(hostname)/$(cat /proc/sys/kernel/domainname)' hostname=web-1 domainname=lan)"
  same "default" inside "$(inside hostname)"
  same "changed" changed "$(inside 'hostname changed && hostname' cap_add=SYS_ADMIN)"
  same "changed in a user namespace" changed "$(inside 'hostname changed && hostname' cap_add=SYS_ADMIN userns=root)"
  same "not without the capability" refused "$(inside 'hostname changed 2>/dev/null || echo refused')"
  same "names of the machine" "$before" "$(uname -n)/$(cat /proc/sys/kernel/domainname)"
}

# row: unshare --pid --cgroup --ipc --mount --net --uts; every namespace is another than the host's
test_all_namespaces_are_its_own() {
  microctr start "$(busybox_conf spaces "sleep 1000")"
  local pid name
  pid=$(first_pid spaces)
  for name in cgroup ipc mnt net pid user uts; do
    [ "$(readlink "/proc/$pid/ns/$name")" != "$(readlink "/proc/self/ns/$name")" ] || fail "shares $name"
  done
  microctr start "$(busybox_conf without "sleep 1000" "userns = host")"
  same "user namespace" "$(readlink /proc/self/ns/user)" "$(readlink "/proc/$(first_pid without)/ns/user")"
}

# key namespaces: what is not listed is the host's
test_chosen_namespaces_only() {
  microctr start "$(busybox_conf few "sleep 1000" "namespaces = mount pid")"
  local pid name
  pid=$(first_pid few)
  for name in mnt pid; do
    [ "$(readlink "/proc/$pid/ns/$name")" != "$(readlink "/proc/self/ns/$name")" ] || fail "shares $name"
  done
  for name in cgroup ipc net uts; do
    same "namespace $name" "$(readlink "/proc/self/ns/$name")" "$(readlink "/proc/$pid/ns/$name")"
  done
}

# platform: what cannot be mounted in a user namespace, because its namespace is the host's, is bound
test_user_namespace_with_few_others() {
  local set
  for set in "mount" "mount pid" "mount ipc" "mount network" "mount pid network" "mount uts ipc pid cgroup"; do
    same "namespaces = $set" "proc sysfs /dev/null" \
      "$(inside 'echo $(stat -f -c %T /proc | sed s/UNKNOWN.*/proc/) $(test -d /sys/class/net/lo && echo sysfs) $(ls /dev/null)' userns=root "namespaces=$set")"
  done
}

# contract: inspect shows namespace ids with their owning user namespace, and the manifest
test_inspect_shows_namespaces_and_origin() {
  microctr start "$(busybox_conf seen "sleep 1000" "userns = root")"
  local pid name json user
  json=$(microctr inspect --json seen)
  pid=$(first_pid seen)
  user=$(readlink "/proc/$pid/ns/user" | tr -dc 0-9)
  [ "user:[$user]" != "$(readlink /proc/self/ns/user)" ] || fail "no user namespace"
  for name in cgroup ipc mnt net pid uts; do
    has "\"$name\":{\"id\":$(readlink "/proc/$pid/ns/$name" | tr -dc 0-9),\"owner\":$user}" "$json"
  done
  has "\"user\":{\"id\":$user,\"owner\":$(readlink /proc/self/ns/user | tr -dc 0-9)}" "$json"
  has '"creator_uid":0' "$json"
  has '"layers":["busybox"]' "$json"
  has "\"created\":\"20" "$json"
  has "/microctr/seen\"" "$json"
}

# row: MANIFEST file (created at, creator uid, creator pid, cgroup) in the upper layer
test_manifest() {
  local text
  text=$(inside 'cat /etc/manifest; stat -c %a:%u /etc/manifest' manifest=/etc/manifest)
  has "name = inside" "$text"
  has "created = $(date -u +%Y-%m-%d)" "$text"
  has "creator_uid = 0" "$text"
  has "layer = busybox" "$text"
  has "cgroup = " "$text"
  echo "$text" | grep -Eq '^creator_pid = [0-9]+$' || fail "no creator_pid: $text"
  has "444:0" "$text"
  same "in a new folder" there "$(inside 'test -s /a/b/manifest && echo there' manifest=/a/b/manifest)"
  [ ! -e "$T/data/layers/busybox/a" ] || fail "the layer was changed"
}

# A node that waits for its other end holds no start up: it is replaced
test_manifest_in_place_of_a_fifo() {
  mkdir -p "$T/top"
  mkfifo "$T/top/manifest"
  busybox_conf fifo "sh -c 'cat /manifest'" "layer = $T/top" "manifest = /manifest" >/dev/null
  has "name = fifo" "$(timeout 10 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/fifo.conf")"
  [ -p "$T/top/manifest" ] || fail "the layer was changed"
}

# Standard streams that have a name are somebody's: only pipes without one become the container's
test_streams_with_a_name() {
  mkfifo "$T/said"
  cat "$T/said" >"$T/text" &
  busybox_conf named "echo through" "userns = auto" >/dev/null
  microctr run "$T/named.conf" >"$T/said"
  wait "$!"
  same "text" through "$(cat "$T/text")"
  same "owner" 0:0 "$(stat -c %u:%g "$T/said")"
}

# threats, defaults: the exact capability set; inheritable and ambient are empty
test_default_capabilities() {
  local none=0000000000000000 set=$default_capabilities
  same root "$none $set $set $set $none " "$(capabilities)"
  same "root in a user namespace" "$none $set $set $set $none " "$(capabilities userns=root)"
  same no_new_privileges 1 "$(inside 'sed -n "s/^NoNewPrivs:.//p" /proc/self/status')"
  same no_new_privileges 0 "$(inside 'sed -n "s/^NoNewPrivs:.//p" /proc/self/status' no_new_privileges=no)"
}

# demo: default capability set and its change · demo: all capabilities inside a user namespace
test_capabilities_are_changed() {
  local none=0000000000000000 all
  all=$(machine_capabilities)
  same "cap_add = ALL, the host's" "$none $all $all $all $none " "$(capabilities cap_add=ALL userns=host)"
  all=$(kernel_capabilities)
  same "cap_add = ALL" "$none $all $all $all $none " "$(capabilities cap_add=ALL)"
  same "cap_add = ALL, user namespace" "$none $all $all $all $none " "$(capabilities cap_add=ALL userns=root)"
  same "one more" "$none 00000000800425fb 00000000800425fb 00000000800425fb $none " "$(capabilities cap_add=net_raw)"
  same "two less" "$none 00000000000405db 00000000000405db 00000000000405db $none " "$(capabilities "cap_drop=KILL, CAP_SETFCAP")"
  same "only one" "$none 0000000000000400 0000000000000400 0000000000000400 $none " \
    "$(capabilities cap_drop=ALL cap_add=NET_BIND_SERVICE)"
  same "none" "$none $none $none $none $none " "$(capabilities cap_drop=ALL)"
}

# rule: another user than root has a capability only when it was asked for, then as ambient
test_user_has_no_capabilities() {
  local none=0000000000000000 raw=0000000000002000 bounding
  same "user" "$none $none $none $default_capabilities $none " "$(capabilities user=1000:1000)"
  bounding=00000000800425fb
  same "user with one" "$raw $raw $raw $bounding $raw " "$(capabilities user=1000:1000 cap_add=NET_RAW)"
}

# demo: uid 0 inside, unprivileged outside · demo: all capabilities inside, none outside · row: works unprivileged
test_unprivileged_user() {
  local pid
  chown 65534:65534 "$T"
  cat >"$T/user.conf" <<'CONF'
layer = busybox
cap_add = ALL
hostname = mine
command = sh -c "id -u; id -g; hostname; cat /proc/self/uid_map; sed -n 's/^CapEff:.//p' /proc/self/status; mknod /tmp/null c 1 3 2>&1; touch /etc/file && echo written; ls /dev | wc -l; echo >/dev/null && echo null; sleep 1000"
CONF
  as_user() {
    setpriv --reuid 65534 --regid 65534 --clear-groups env -i "HOME=$T" "$BINARY" --root "$T/user" --runtime-dir "$T/urun" "$@"
  }
  trap 'as_user stop -t 100ms user; as_user remove user' EXIT
  as_user start "$T/user.conf"
  ready() { as_user logs user | grep -qx null; }
  eventually ready || fail "$(as_user logs user)"
  same "what it says" "$(printf '%s\n' 0 0 mine "0 65534 1" "$(kernel_capabilities)" \
    "mknod: /tmp/null: Operation not permitted" written 14 null)" "$(as_user logs user | sed 's/^  *//; s/   */ /g')"
  pid=$(as_user inspect --json user | sed -n 's/.*"pid":\([0-9]*\),.*/\1/p')
  same "user outside" "65534 65534 65534 65534" "$(status_of "$pid" Uid)"
  same "group outside" "65534 65534 65534 65534" "$(status_of "$pid" Gid)"
  same "exec" 0 "$(as_user exec user id -u)"
  as_user stop -t 100ms user
  as_user remove user
  trap - EXIT
  [ ! -e "$T/urun" ] || fail "left: $(find "$T/urun")"
}

# Bad input of issue 2: limits and users that an unprivileged user cannot have end in one clear line
test_unprivileged_user_is_told() {
  chown 65534:65534 "$T"
  as_user() {
    setpriv --reuid 65534 --regid 65534 --clear-groups env -i "HOME=$T" "$BINARY" --root "$T/user" --runtime-dir "$T/urun" "$@"
  }
  busybox_conf limit true "memory = 16M" >/dev/null
  exits 125 as_user run "$T/limit.conf"
  one_line "$err"
  has cgroup "$err"
  busybox_conf user true "user = 1000" >/dev/null
  exits 125 as_user run "$T/user.conf"
  one_line "$err"
  busybox_conf link true "network = veth" "ip = 10.0.0.2/24" >/dev/null
  exits 125 as_user run "$T/link.conf"
  one_line "$err"
  has "root" "$err"
  [ ! -e "$T/urun" ] || fail "left: $(find "$T/urun")"
}

# A layer whose /etc names users and groups.
people() {
  mkdir -p "$T/people/etc"
  printf '%s\n' root:x:0:0::/root:/bin/sh www:x:1000:1001::/home/www:/bin/sh homeless:x:1002:1002:::/bin/sh >"$T/people/etc/passwd"
  printf '%s\n' root:x:0: web:x:1001: audio:x:29: "1234:x:77:" >"$T/people/etc/group"
}
who='echo "$(id -u):$(id -g) $(sed -n "s/^Groups:.//p" /proc/self/status | sed "s/ *$//") $HOME"'

# key user: by name, by number, with a group; HOME is the user's
test_user_by_name_and_number() {
  people
  same "by name" "1000:1001  /home/www" "$(inside "$who" "layer=$T/people" user=www)"
  same "by number" "1000:1001  /home/www" "$(inside "$who" "layer=$T/people" user=1000)"
  same "number not in passwd" "4000:0  /" "$(inside "$who" "layer=$T/people" user=4000)"
  same "number and number" "4000:5000  /" "$(inside "$who" "layer=$T/people" user=4000:5000)"
  same "name and group" "1000:29  /home/www" "$(inside "$who" "layer=$T/people" user=www:audio)"
  same "no home" "1002:1002  /" "$(inside "$who" "layer=$T/people" user=homeless)"
  same "root" "0:0  /root" "$(inside "$who" "layer=$T/people")"
  same "HOME is set" "1000:1001  /srv" "$(inside "$who" "layer=$T/people" user=www env=HOME=/srv)"
  same "all four ids" "1000 1000 1000 1000" "$(inside 'sed -n "s/^Uid:.//p" /proc/self/status | tr "\t" " "' "layer=$T/people" user=www)"
}

# rule: strict numbers and names; never another user than the one that was meant (CVE-2026-30892)
test_unknown_user_is_refused() {
  people
  printf '%s\n' "broken:x:12x:0::/:/bin/sh" ":x:0:0::/:/bin/sh" >>"$T/people/etc/passwd"
  local user
  for user in nobody-here broken "www:nobody-here"; do
    busybox_conf lost "id -u" "layer=$T/people" "user=$user" >/dev/null
    exits 125 microctr run "$T/lost.conf"
    same output "" "$out"
    one_line "$err"
  done
  for user in -1 4294967295 0x10 1000:-1 "1000:" ":1000" "www:1 2"; do
    busybox_conf bad "id -u" "user=$user" >/dev/null
    exits 2 microctr run "$T/bad.conf"
    same output "" "$out"
  done
}

# row: supplementary groups show as 65534 → clean group list
test_groups_are_clean() {
  people
  busybox_conf groups "sed -n 's/^Groups:.//p' /proc/self/status" >/dev/null
  same "caller's groups" "" "$(setpriv --groups 4,24,65534 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$T/groups.conf" | tr -d ' \t')"
  same "added by name and number" "1000:1001 29 44 1001 /home/www" "$(inside "$who" "layer=$T/people" user=www "groups=audio, 44" groups=web)"
  same "root's" "0:0 29 /root" "$(inside "$who" "layer=$T/people" groups=audio)"
  busybox_conf groups "true" "groups = nobody-here" >/dev/null
  exits 125 microctr run "$T/groups.conf"
  has nobody-here "$err"
}

# row: env -i with a minimal environment
test_environment_is_minimal() {
  export SECRET=1 LD_PRELOAD_NOT=1 HOME=/somewhere
  busybox_conf bare env >/dev/null
  same environment "HOME=/root HOSTNAME=bare PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=microctr " \
    "$(microctr run "$T/bare.conf" | LC_ALL=C sort | tr '\n' ' ')"
  microctr start "$(busybox_conf back "sleep 1000" hostname=other)"
  same "started" "HOME=/root HOSTNAME=other PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=microctr " \
    "$(tr '\0' '\n' <"/proc/$(first_pid back)/environ" | LC_ALL=C sort | tr '\n' ' ')"
}

# keys env and env_file: env wins over files, the last of a name wins, quotes are kept, PATH finds the command
test_environment_is_given() {
  printf '%s\n' '# comment' '' A=file B=file 'C="quoted #x"' 'D=' >"$T/one.env"
  printf '%s\n' B=second >"$T/two.env"
  busybox_conf given env "env_file = $T/one.env" "env_file = ./two.env" "env_file = -$T/missing.env" 'env = A=key' \
    'env = A=last' "env = PATH=/bin" 'env = E="q" a=b' >/dev/null
  same environment 'A=last B=second C="quoted #x" D= E="q" a=b HOME=/root HOSTNAME=given PATH=/bin container=microctr ' \
    "$(microctr run "$T/given.conf" | LC_ALL=C sort | tr '\n' ' ')"
  busybox_conf lost "sh -c true" "env = PATH=/nowhere" >/dev/null
  exits 127 microctr run "$T/lost.conf"
  busybox_conf lost true "env_file = $T/missing.env" >/dev/null
  exits 125 microctr run "$T/lost.conf"
  has missing.env "$err"
  one_line "$err"
  echo "no equals sign" >"$T/bad.env"
  busybox_conf lost true "env_file = $T/bad.env" >/dev/null
  exits 125 microctr run "$T/lost.conf"
  one_line "$err"
}

# key umask
test_umask() {
  umask 077
  same default 0022 "$(inside umask)"
  same "as given" 0027 "$(inside umask umask=027)"
  same "of files" 640 "$(inside 'touch /tmp/x; stat -c %a /tmp/x' umask=027)"
}

# key workdir
test_workdir() {
  same default / "$(inside pwd)"
  same "as given" /var/log "$(inside pwd workdir=/var/log)"
  same "a volume" /data/sub "$(mkdir -p "$T/d/sub"; inside pwd "volume=$T/d:/data" workdir=/data/sub)"
  busybox_conf lost pwd "workdir = /missing" >/dev/null
  exits 125 microctr run "$T/lost.conf"
  has /missing "$err"
  one_line "$err"
  busybox_conf lost pwd "workdir = /root" "user = 1000" >/dev/null  # mode 700
  exits 125 microctr run "$T/lost.conf"
  has /root "$err"
}

# rule: working directory /proc/self/fd/N (CVE-2024-21626)
test_workdir_in_descriptors() {
  local number
  echo marker >"$T/marker"
  for number in 3 4 5 6 7 8 9 10; do
    # What is open at that time may be the container's own root; the host's must not be there.
    busybox_conf leak "sh -c 'for up in . .. ../.. ../../..; do cat \$up$T/marker; done; pwd'" "workdir = /proc/self/fd/$number" >/dev/null
    out=$(microctr run "$T/leak.conf" 2>/dev/null 9</ || true)
    has_not marker "$out"
    microctr start "$T/leak.conf" 9</ 2>/dev/null && has_not marker "$(microctr logs leak | grep -v "can't open")"
    microctr stop leak 2>/dev/null && microctr remove leak
  done
  microctr start "$(busybox_conf member "sleep 1000")"
  for number in 3 4 5 9; do
    has_not marker "$(microctr exec member sh -c "cat /proc/self/fd/$number$T/marker 2>/dev/null" 9</ || true)"
  done
}

# row: own /dev: full null random tty urandom zero, pts, ptmx, shm, fd, stdin, stdout, stderr
test_devices() {
  same entries "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero " "$(inside 'ls /dev | tr "\n" " "')"
  local nodes="full:1:7 null:1:3 random:1:8 tty:5:0 urandom:1:9 zero:1:5 " script
  script='cd /dev; for d in full null random tty urandom zero; do [ -c $d ] && stat -c "$d:%t:%T:%a" $d; done | tr "\n" " "'
  same numbers "${nodes// /:666 }" "$(inside "$script")"
  same "numbers in a user namespace" "${nodes// /:666 }" "$(inside "$script" userns=root)"
  same use "0000000000 full 8" \
    "$(inside 'echo lost >/dev/null; head -c 5 /dev/zero | od -An -tx1 | tr -d " \n"; echo x 2>/dev/null >/dev/full || echo -n " full "; head -c 8 /dev/urandom | wc -c')"
  same "pty" "0 ptmx " "$(inside 'exec 3<>/dev/ptmx; ls /dev/pts | tr "\n" " "')"
  same links "/proc/self/fd pts/ptmx /proc/self/fd/0 " "$(inside 'for l in fd ptmx stdin; do readlink /dev/$l; done | tr "\n" " "')"
  same "stdout by its link" through "$(inside 'echo through >/dev/stdout')"
  same "shared memory" "1777 ok" "$(inside 'echo "$(stat -c %a /dev/shm) $(echo ok >/dev/shm/x; cat /dev/shm/x)"' user=1000)"
}

# row: mounts proc, sysfs (read-only), of its own namespaces
test_proc_and_sys_are_its_own() {
  same "links" "lo" "$(inside 'ls /sys/class/net')"
  same "sysfs is read-only" refused "$(inside 'mkdir /sys/x 2>/dev/null || (echo 1 >/sys/class/net/lo/mtu) 2>/dev/null || echo refused' cap_add=ALL)"
  same "first process of /proc" sh "$(inside 'cat /proc/1/comm')"
}

# demo: SysV shared memory not visible across ipc namespaces
test_shared_memory_stays_inside() {
  command -v ipcmk >/dev/null && command -v ipcs >/dev/null || skip "no ipcmk and ipcs (util-linux) on this machine"
  local id seen
  id=$(ipcmk -M 4096 -p 0600 | tr -dc 0-9)
  printf '%s\n' "rootfs = /" "command = ipcs -m -i $id" | conf other >/dev/null
  seen=$(microctr run "$T/other.conf" 2>&1 || true)
  printf '%s\n' "rootfs = /" "command = ipcs -m -i $id" "namespaces = mount pid" | conf same >/dev/null
  local shared
  shared=$(microctr run "$T/same.conf" 2>&1 || true)
  ipcrm -m "$id"
  has "id $id not found" "$seen"
  has "shmid=$id" "$shared"
  # And what the container makes is gone with it.
  printf '%s\n' "rootfs = /" "command = sh -c 'ipcmk -M 4096 >/dev/null && ipcs -m | grep -c ^0x'" | conf maker >/dev/null
  same "segments inside" 1 "$(microctr run "$T/maker.conf")"
}

# rule: leaked descriptors (CVE-2024-21626): inside are only 0, 1, 2
test_no_descriptor_is_inherited() {
  microctr start "$(busybox_conf quiet "sleep 1000")" 9</etc/passwd 15<"$T"
  same "started" "0 1 2 " "$(ls "/proc/$(first_pid quiet)/fd" | tr '\n' ' ')"
  # 3 is the folder that ls itself has open
  same "run" "0 1 2 3 " "$(inside 'ls /proc/self/fd | tr "\n" " "' 9</etc/passwd 15<"$T" 200</)"
  same "exec" "0 1 2 3 " "$(microctr exec quiet ls /proc/self/fd 9</etc/passwd 15<"$T" | tr '\n' ' ')"
}

# rule: CLOEXEC everywhere; a caller without standard streams must not make ours into the container's
test_closed_streams() {
  mkdir "$T/d"
  busybox_conf closed "sh -c 'ls -l /proc/self/fd >/d/fds 2>&1; echo done >>/d/fds'" "volume = $T/d:/d" >/dev/null
  microctr run "$T/closed.conf" <&-
  has done "$(cat "$T/d/fds")"
  has_not socket: "$(cat "$T/d/fds")"
  microctr run "$T/closed.conf" <&- >&- 2>&-
  has done "$(cat "$T/d/fds")"
  for foreign in socket: pidfd /data /run/ anon_inode; do has_not "$foreign" "$(cat "$T/d/fds")"; done
  microctr start "$(busybox_conf streamless "sleep 1000")" <&- >&- 2>&-
  same "exec without streams" 0 "$(status=0; microctr exec streamless true <&- >&- 2>&- || status=$?; echo $status)"
  microctr exec streamless sh -c 'ls -l /proc/self/fd >/tmp/fds; echo done >>/tmp/fds' <&- >&- 2>&-
  has done "$(microctr exec streamless cat /tmp/fds)"
  for foreign in socket: pidfd; do has_not "$foreign" "$(microctr exec streamless cat /tmp/fds)"; done
}

# rule: TIOCSTI into the parent's terminal → a session of its own
test_own_session() {
  same "session and group of the first process" "1 1" "$(inside 'cut -d" " -f5,6 /proc/1/stat')"
  microctr start "$(busybox_conf session "sleep 1000")"
  same "session of exec" yes "$(microctr exec session sh -c 'set -- $(cut -d" " -f1,6 /proc/$$/stat); [ $1 = $2 ] && echo yes')"
}

# contract: exit status: the container's own; 128+N; 126; 127
test_exit_status() {
  local case
  for case in "0 true" "1 false" "42 sh -c 'exit 42'" "127 no-such-program" "127 /no/such" "126 /etc/passwd" "126 /etc"; do
    busybox_conf ends "${case#* }" >/dev/null
    exits "${case%% *}" microctr run "$T/ends.conf"
    same output "" "$out"
    case ${case%% *} in 12*) one_line "$err" ;; *) same errors "" "$err" ;; esac
  done
  # Killed from outside.
  busybox_conf killed "sleep 1000" >/dev/null
  local status=0 runner
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/killed.conf" &
  runner=$!
  running() { has '"state":"running"' "$(microctr inspect --json killed)"; }
  eventually running
  kill -9 "$(first_pid killed)"
  wait "$runner" || status=$?
  same "killed" 137 "$status"
}

# contract: exec joins the container: namespaces, cgroup, user, capabilities, environment
test_exec_is_a_member() {
  people
  printf 'FROM_FILE=1\n' >"$T/exec.env"
  microctr start "$(busybox_conf member "sleep 1000" "layer = $T/people" "user = www" "groups = audio" "cap_add = NET_RAW" \
    "umask = 027" "workdir = /var" "env = A=1" "env_file = $T/exec.env" "memory = 32M" "pids = 20" "hostname = m1")"
  local look
  # The first process is asked from inside, through the same namespaces.
  look='for n in cgroup ipc mnt net pid user uts; do readlink /proc/$P/ns/$n; done; cat /proc/$P/cgroup; grep -E "^(Uid|Gid|Groups|Cap|NoNew|Umask|Seccomp:)" /proc/$P/status; tr "\0" "\n" </proc/$P/environ | sort; readlink /proc/$P/cwd; readlink /proc/$P/root'
  same "what it is" "$(microctr exec member sh -c "P=1; $look")" "$(microctr exec member sh -c "P=\$\$; $look")"
  has FROM_FILE=1 "$(microctr exec member env)"
  same "in all its cgroups" "0::/" "$(microctr exec member sh -c 'grep ^0:: /proc/self/cgroup')"
  microctr exec member sleep 1000 &
  local exec_pid=$!
  two() { [ "$(wc -l <"$(cgroup_of member pids)/cgroup.procs")" = 2 ]; }
  eventually two || fail "not in the pids cgroup: $(cat "$(cgroup_of member pids)/cgroup.procs")"
  microctr stop -t 100ms member
  wait "$exec_pid" && fail "exec outlived its container"
  return 0
}

# contract: exec as root has the container's capabilities, not the caller's (CVE-2022-27650, CVE-2022-29162)
test_exec_capabilities() {
  local none=0000000000000000 all
  all=$(kernel_capabilities)
  microctr start "$(busybox_conf caps "sleep 1000")"
  same default "$none $default_capabilities $default_capabilities $default_capabilities $none " \
    "$(microctr exec caps sed -n 's/^Cap...:.//p' /proc/self/status | tr '\n' ' ')"
  same no_new_privileges 1 "$(microctr exec caps sed -n 's/^NoNewPrivs:.//p' /proc/self/status)"
  microctr start "$(busybox_conf mapped "sleep 1000" "userns = root" "cap_add = ALL")"
  same "user namespace" "$none $all $all $all $none " \
    "$(microctr exec mapped sed -n 's/^Cap...:.//p' /proc/self/status | tr '\n' ' ')"
  same "id" "0 0" "$(microctr exec mapped sh -c 'echo $(id -u) $(id -g)')"
  [ "$(microctr exec mapped readlink /proc/self/ns/user)" != "$(readlink /proc/self/ns/user)" ] || fail "host's user namespace"
}

# contract: exit status of exec, its input and output
test_exec_status_and_streams() {
  microctr start "$(busybox_conf streams "sleep 1000")"
  exits 42 microctr exec streams sh -c 'exit 42'
  exits 137 microctr exec streams sh -c 'kill -9 $$'
  exits 127 microctr exec streams no-such-program
  one_line "$err"
  exits 126 microctr exec streams /etc/passwd
  one_line "$err"
  exits 1 microctr exec no-such-container true
  one_line "$err"
  same "input" "through" "$(echo through | microctr exec -i streams cat)"
  same "errors" "bad" "$(microctr exec streams sh -c 'echo bad >&2' 2>&1 >/dev/null)"
  same "options of the command" "a -n b" "$(microctr exec streams echo a -n b)"
  microctr stop -t 100ms streams
  exits 1 microctr exec streams true
  one_line "$err"
}

# What is born into a paused container would stand still, and hold its caller
test_exec_into_a_paused_container() {
  microctr start "$(busybox_conf still "sleep 1000")"
  microctr pause still
  exits 1 timeout 5 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" exec still true
  one_line "$err"
  has "microctr resume" "$err"
  microctr resume still
  microctr exec still true
}

# contract: a configuration with `rootfs = /` and empty namespaces is a host service
test_host_service() {
  printf '%s\n' "rootfs = /" "namespaces =" "command = sh -c 'echo \$\$ >$T/pid; exec sleep 1000'" | conf service >/dev/null
  microctr start "$T/service.conf"
  eventually test -s "$T/pid"
  local pid name
  pid=$(first_pid service)
  same "pid outside" "$pid" "$(cat "$T/pid")"
  for name in cgroup ipc mnt net pid user uts; do
    same "namespace $name" "$(readlink "/proc/self/ns/$name")" "$(readlink "/proc/$pid/ns/$name")"
  done
  same "descriptors" "0 1 2 " "$(ls "/proc/$pid/fd" | tr '\n' ' ')"
  same "exec" "$(readlink /proc/self/ns/mnt)" "$(microctr exec service readlink /proc/self/ns/mnt)"
  microctr stop -t 100ms service
  [ ! -e "/proc/$pid" ] || fail "still there"
}

# `rootfs = /` with namespaces: the host's files, but its own processes, names, network and mounts
test_host_root_in_namespaces() {
  printf '%s\n' "rootfs = /" "hostname = boxed" \
    "command = bash -c 'echo \$\$ \$(hostname) \$(ls /sys/class/net) \$(cat $T/marker); mount -t tmpfs none /mnt; touch /mnt/x; exit 7'" \
    "cap_add = SYS_ADMIN" | conf boxed >/dev/null
  echo marker >"$T/marker"
  exits 7 microctr run "$T/boxed.conf"
  same "what it says ($err)" "1 boxed lo marker" "$out"
  [ ! -e /mnt/x ] || fail "its mount is ours"
}

# demo: ENOSPC when /proc/sys/user/max_*_namespaces is reached gives a clear error
test_no_namespace_left() {
  busybox_conf full true "network = none" "namespaces = mount uts ipc pid network" >/dev/null
  # The limit is set in a user namespace of its own, which is root in itself only.
  exits 125 unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_uts_namespaces; exec "$@"' sh \
    "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$T/full.conf"
  one_line "$err"
  has max_ "$err"
}

# Runs its words with some system calls missing, as an older kernel would.
old_kernel() {  # CALLS WORDS...
  "$(tool without.c)" "$@"
}

# Everything that has a second way for an old kernel, in one container; what it says must not depend on the kernel.
rich() {  # CALLS KEY=VALUE...
  local calls=$1
  shift
  rm -rf "$T/data" "$T/src"  # the busybox layer is built anew, too
  mkdir -p "$T/src/dir/sub" "$T/top/real/deep"
  chmod 777 "$T/src/dir"
  ln -sfn /real/deep/../deep "$T/top/link"
  echo text >"$T/src/file"
  cat >"$T/rich.conf" <<CONF
layer = busybox
layer = $T/top
volume = $T/src/dir:/ro:ro
volume = $T/src/dir:/rw/new/target
volume = $T/src/dir:/bin2:ro,noexec
volume = $T/src/file:/etc/file:ro
volume = $T/src/dir:/link/vol
tmpfs = /scratch:1M:1777
manifest = /etc/manifest
read_only = yes
command = sh -c "sed 's/ - / /' /proc/self/mountinfo | awk '{ print \$5, \$6, \$(NF-2) }'; cat /etc/file; for f in /x /ro/x /rw/new/target/x /etc/file /scratch/x /link/vol/y; do (echo w >>\$f) 2>/dev/null && echo wrote \$f; done; ls /proc/self/fd; ls -l /dev /real/deep /proc/1/ns | wc -l; grep -E '^(Cap|Uid|Groups|NoNew)' /proc/self/status; test -s /etc/manifest && echo manifest; pwd"
CONF
  printf '%s\n' "$@" >>"$T/rich.conf"
  if [ -z "$calls" ]; then
    microctr run "$T/rich.conf" 9</etc/passwd
  else
    old_kernel "$calls" "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/rich.conf" 9</etc/passwd
  fi
}

rich_is_the_same() {  # KEY=VALUE...
  local expected calls seen
  expected=$(rich "" "$@")
  has "wrote /rw/new/target/x" "$expected"
  has "wrote /scratch/x" "$expected"
  for seen in "wrote /x" "wrote /ro/x" "wrote /etc/file"; do has_not "$seen" "$expected"; done
  for calls in openat2 close_range mount_setattr faccessat2 openat2,close_range,mount_setattr,faccessat2; do
    seen=$(rich "$calls" "$@" 2>&1) || fail "without $calls: $seen"
    [ "$seen" = "$expected" ] || fail "without $calls: $(diff <(echo "$expected") <(echo "$seen"))"
  done
}

# threats: openat2 with a component-walk fallback, close_range before exec: the same on Linux 5.4
# (ids cannot be mapped there).
test_old_kernel() { rich_is_the_same "userns = host"; }
test_old_kernel_user_namespace() { rich_is_the_same "userns = root"; }
test_old_kernel_user() { rich_is_the_same "userns = host" "user = 1000:1000"; }

# The same for exec: nothing is inherited without close_range either
test_old_kernel_exec() {
  microctr start "$(busybox_conf old "sleep 1000" "user = 1000")"
  # 3 is the folder that ls itself has open
  same "descriptors" "0 1 2 3 " "$(old_kernel close_range,openat2 "$BINARY" --root "$T/data" --runtime-dir "$T/run" exec old \
    ls /proc/self/fd 9</etc/passwd 300</ | tr '\n' ' ')"
}

# The same before Linux 5.8, whose setns takes no pidfd: each namespace is that of the container.
test_old_kernel_exec_namespaces() {
  local ids seen expected
  seen() { "$@" exec old sh -c 'cd /proc/self/ns; for n in *; do echo $n $(readlink $n); done; grep ^0:: /proc/self/cgroup; hostname; id -u'; }
  for ids in host root auto; do
    microctr start "$(busybox_conf old "sleep 1000" "userns = $ids" "hostname = boxed")"
    expected=$(seen microctr)
    same "namespaces of userns = $ids" "$expected" "$(seen old_kernel setns_pidfd "$BINARY" --root "$T/data" --runtime-dir "$T/run")"
    microctr stop -t 100ms old
  done
}

# threats: symlinks in /proc are never followed by our resolver, in either way of it (magic links)
test_resolver_refuses_magic_links() {
  mkdir -p "$T/top" "$T/d"
  ln -s /proc/self/root/etc "$T/top/magic"
  ln -s /proc/self/cwd "$T/top/cwd"
  local calls name
  for calls in faccessat2 openat2; do
    for name in magic cwd; do
      busybox_conf magic true "layer = $T/top" "volume = $T/d:/$name" >/dev/null
      exits 125 old_kernel "$calls" "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$T/magic.conf"
      one_line "$err"
    done
  done
}

# rule: container overwrote the runtime through /proc/self/exe (CVE-2019-5736)
test_runtime_cannot_be_written() {
  cp "$BINARY" "$T/runtime"
  attacked() { "$T/runtime" --root "$T/data" --runtime-dir "$T/run" "$@"; }
  cat >"$T/attack.conf" <<'CONF'
layer = busybox
command = sh -c 'until [ -n "$found" ]; do for p in /proc/[0-9]*; do case $(readlink $p/exe) in */runtime) exec 7<$p/exe && found=$p ;; esac; done; done; echo held; while [ -e $found/exe ]; do :; done; (echo overwritten >/proc/self/fd/7) && echo written; echo end; exec sleep 1000'
CONF
  attacked start "$T/attack.conf"
  # A member executes the runtime, and stays in it because nobody reads what it says.
  mkfifo "$T/full"
  exec 5<>"$T/full"
  dd if=/dev/zero bs=4096 count=16 >&5 2>/dev/null
  "$T/runtime" --root "$T/data" --runtime-dir "$T/run" exec attack /proc/self/exe help keys >&5 2>&1 &
  local member=$!
  says() { attacked logs attack | grep -qx "$1"; }
  # Refused from the start, or held and then not writable.
  if eventually says held; then
    kill "$member"
    eventually says end
  fi
  cat <&5 >/dev/null &
  local reader=$!
  wait "$member" || true
  kill "$reader"
  exec 5>&-
  attacked stop -t 100ms attack
  attacked remove attack
  cmp -s "$BINARY" "$T/runtime" || fail "the runtime was overwritten"
}
