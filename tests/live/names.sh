# Names inside: /etc/hosts, /etc/hostname and /etc/resolv.conf, at the start and while a container runs.
#
# Tests that change "the host's" files do that on an overlay over /etc in the mount namespace of the tests.

addressed() { printf "%s\n" "network = veth" "ip = 10.0.0.2/24"; }

# A copy of /etc that may be changed, until the test ends.
own_etc() {
  mkdir "$T/overlay"
  mount -t tmpfs tmpfs "$T/overlay"
  mkdir "$T/overlay/upper" "$T/overlay/work"
  mount -t overlay -o "lowerdir=/etc,upperdir=$T/overlay/upper,workdir=$T/overlay/work" overlay /etc
  trap 'umount -l /etc; umount -l "$T/overlay"' EXIT
  rm -f /etc/resolv.conf
}
host_resolver() { printf '%s\n' "$@" >/etc/resolv.conf; }

# What another container on the bridge leaves in the register.
lease() { printf 'lease\t%s\t%s\teth0\t%s\t%s\n' "$@" >>"$T/run/networks"; }

said() {  # NAME FILE TEXT: the file inside has this text
  [ "$(microctr exec "$1" cat "/etc/$2")" = "$3" ]
}
of_root() {  # NAME FILE: the same without a program inside
  cat "/proc/$(microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9)/root/etc/$2"
}
listed() { [ "$(of_root "$1" "$2")" = "$3" ]; }

localhost="127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback"

# The resolv.conf of the BusyBox layer, which stays where there is no network.
of_layer() { microctr lower "$T/lower" >/dev/null && cat "$T/lower/etc/resolv.conf"; }

# key hostname, domainname: the three files of a container without and with addresses
test_files() {
  own_etc
  host_resolver "nameserver 192.0.2.53" "search example.org" "options ndots:2"
  same "alone" "inside
$localhost
127.0.1.1 inside
$(of_layer)" "$(inside 'cat /etc/hostname /etc/hosts; cat /etc/resolv.conf')"
  same "hostname" "box
$localhost
127.0.1.1 box.example.net box" "$(inside 'cat /etc/hostname /etc/hosts' hostname=box domainname=example.net)"
  same "veth" "$localhost
10.0.0.2 inside
nameserver 192.0.2.53
search example.org
options ndots:2" "$(inside 'cat /etc/hosts /etc/resolv.conf' "$(addressed)")"
  same "modes" "644 644 644 " "$(inside 'stat -c %a /etc/hosts /etc/hostname /etc/resolv.conf | tr "\n" " "' "$(addressed)")"
  same "name of its own" inside "$(inside 'ping -c 1 -w 1 inside >/dev/null 2>&1; getent hosts inside 2>/dev/null | grep -o inside || hostname' "$(addressed)")"
}

# network = host: the host's files, with its loopback resolver
test_files_in_the_hosts_network() {
  own_etc
  host_resolver "nameserver 127.0.0.53" "nameserver fe80::1%eth0"
  printf '192.0.2.7 of-the-host' >/etc/hosts
  same "files" "192.0.2.7 of-the-host
nameserver 127.0.0.53
nameserver fe80::1%eth0" "$(inside 'cat /etc/hosts /etc/resolv.conf' network=host)"
}

# A loopback resolver of the host is no use inside: the gateway's address, unless the host has another
test_loopback_resolver() {
  own_etc
  host_resolver "nameserver 127.0.0.53" "nameserver ::1"
  [ -e /run/systemd/resolve/resolv.conf ] || same "gateway" "nameserver 10.0.0.1" \
    "$(inside 'cat /etc/resolv.conf' "$(addressed)" "gateway = 10.0.0.1")"
  host_resolver "nameserver 127.0.0.53" "nameserver 192.0.2.1"
  same "the other one" "nameserver 192.0.2.1" "$(inside 'cat /etc/resolv.conf' "$(addressed)" "gateway = 10.0.0.1")"
  rm /etc/resolv.conf
  same "none" "nameserver 10.0.0.1" "$(inside 'cat /etc/resolv.conf' "$(addressed)" "gateway = 10.0.0.1")"
}

# keys dns, dns_search, add_host, network_alias
test_keys() {
  same "dns" "nameserver 192.0.2.9
search example.com" "$(inside 'cat /etc/resolv.conf' "$(addressed)" "dns = 192.0.2.9" "dns_search = example.com")"
  same "hosts" "$localhost
10.9.0.7 inside other
192.0.2.1 printer" "$(inside 'cat /etc/hosts' network=bridge bridge_subnet=10.9.0.0/24 ip=10.9.0.7/24 "add_host = printer:192.0.2.1" "network_alias = other")"
}

# A host file beyond its limit is an error, and the host's own names are not touched by any of this
test_large_host_file() {
  own_etc
  head -c 70000 /dev/zero | tr '\0' '#' >/etc/resolv.conf
  busybox_conf large true "$(addressed)" >/dev/null
  exits 125 microctr run "$T/large.conf"
  one_line "$err"
  has "/etc/resolv.conf" "$err"
}

# threat: what a layer has in place of a file is neither followed nor opened
test_hostile_layer() {
  local kind
  mkdir -p "$T/layer/etc" "$T/aim"
  echo untouched >"$T/aim/file"
  : >"$T/seen"
  for kind in absolute relative device fifo directory dangling; do
    rm -rf "$T/layer/etc/hosts"
    case $kind in
      absolute) ln -s "$T/aim/file" "$T/layer/etc/hosts" ;;
      relative) ln -s ../../../../../../../../.."$T/aim/file" "$T/layer/etc/hosts" ;;
      device) mknod "$T/layer/etc/hosts" c 1 3 ;;
      fifo) mkfifo "$T/layer/etc/hosts" ;;
      directory) mkdir "$T/layer/etc/hosts" ;;
      dangling) ln -s /nowhere "$T/layer/etc/hosts" ;;
    esac
    if [ $kind = directory ]; then
      same "directory" "directory" "$(inside 'stat -c %F /etc/hosts' "layer = $T/layer")"
      same "directory, read-only" "directory" "$(inside 'stat -c %F /etc/hosts' "layer = $T/layer" read_only=yes)"
    else
      same "$kind" "regular file 127.0.1.1 inside" "$(inside 'echo $(stat -c %F /etc/hosts) $(tail -n 1 /etc/hosts)' "layer = $T/layer")"
      inside 'true' "layer = $T/layer" read_only=yes
    fi
    same "$kind: what it leads to" untouched "$(cat "$T/aim/file")"
  done
  # /etc as a link: it may lead into a volume, so nothing is written.
  rm -rf "$T/layer/etc"
  mkdir -p "$T/own/bin"
  ln -s /aim "$T/layer/etc"
  microctr lower "$T/lower" >/dev/null
  rm -rf "$T/lower/etc"
  printf '%s\n' "layer = $T/lower" "layer = $T/layer" "volume = $T/aim:/aim" "command = ls /etc/" | conf linked >/dev/null
  same "a linked /etc" file "$(microctr run "$T/linked.conf")"
  same "the volume" "file" "$(ls -A "$T/aim")"
  # A volume that a link of the layer brings to /etc.
  rm "$T/layer/etc"
  mkdir "$T/layer/etc"
  ln -s etc "$T/layer/conf"
  printf '%s\n' "layer = $T/lower" "layer = $T/layer" "volume = $T/aim:/conf" "command = ls /etc/" | conf linked >/dev/null
  same "a volume by a link" file "$(microctr run "$T/linked.conf")"
  same "the volume" "file" "$(ls -A "$T/aim")"
}

# A layer without /etc gets one
test_layer_without_etc() {
  microctr lower "$T/lower" >/dev/null
  rm -rf "$T/lower/etc"
  printf '%s\n' "layer = $T/lower" "command = cat /etc/hostname" | conf bare >/dev/null
  same "hostname" bare "$(microctr run "$T/bare.conf")"
}

# key read_only: the files are there and cannot be changed
test_read_only() {
  own_etc
  host_resolver "nameserver 192.0.2.53"
  same "files" "inside
10.0.0.2 inside
nameserver 192.0.2.53" "$(inside 'cat /etc/hostname; tail -n 1 /etc/hosts; cat /etc/resolv.conf' "$(addressed)" read_only=yes)"
  same "write" "read-only" "$(inside 'echo x >/etc/hosts || echo read-only' read_only=yes 2>/dev/null)"
  same "rename" "no" "$(inside 'mv /etc/hosts /etc/other || echo no' read_only=yes 2>/dev/null)"
}

# key upper = none: over what the layer has; what it lacks is left out
test_no_upper() {
  microctr lower "$T/lower" >/dev/null
  echo old >"$T/lower/etc/hosts"
  ln -s hosts "$T/lower/etc/hostname"
  local before
  before=$(find "$T/lower" -printf '%p %s %T@ %l\n' | sort)
  printf '%s\n' "layer = $T/lower" "upper = none" "network = host" \
    "command = sh -c 'cat /etc/hostname; ls /etc/resolv.conf 2>&1 | grep -c .'" | conf fixed >/dev/null
  has "localhost" "$(microctr run "$T/fixed.conf" | tr '\n' ' ') $(cat /etc/hosts)"
  has_not old "$(microctr run "$T/fixed.conf")"
  same "layer" "$before" "$(find "$T/lower" -printf '%p %s %T@ %l\n' | sort)"
}

# key rootfs: the directory is the operator's and stays as it is
test_rootfs() {
  microctr lower "$T/lower" >/dev/null
  echo old >"$T/lower/etc/hosts"
  rm -f "$T/lower/etc/resolv.conf"
  mkdir -p "$T/lower/proc" "$T/lower/sys" "$T/lower/dev"
  ln -s "$T/aim" "$T/lower/etc/hostname"
  echo untouched >"$T/aim"
  local before
  before=$(find "$T/lower" -printf '%p %s %T@ %l\n' | sort)
  printf '%s\n' "rootfs = $T/lower" "command = sh -c 'tail -n 1 /etc/hosts; ls /etc/resolv.conf 2>/dev/null || true'" "$(addressed)" | conf plain >/dev/null
  same "hosts" "10.0.0.2 plain" "$(microctr run "$T/plain.conf" || true)"
  same "directory" "$before" "$(find "$T/lower" -printf '%p %s %T@ %l\n' | sort)"
  same "aim of the link" untouched "$(cat "$T/aim")"
}

# What a volume or tmpfs covers is left alone
test_covered_by_a_volume() {
  echo "192.0.2.1 mine" >"$T/hosts"
  mkdir "$T/folder"
  same "file" "192.0.2.1 mine" "$(inside 'cat /etc/hosts' "volume = $T/hosts:/etc/hosts")"
  same "the file" "192.0.2.1 mine" "$(cat "$T/hosts")"
  same "directory" "" "$(inside 'ls -A /etc' "volume = $T/folder:/etc")"
  same "the directory" "" "$(ls -A "$T/folder")"
  same "tmpfs" "" "$(inside 'ls -A /etc' "tmpfs = /etc/")"
}

# A container without a mount namespace gets no files
test_no_mount_namespace() {
  local before
  before=$(cat /etc/hosts /etc/hostname /etc/resolv.conf 2>/dev/null | cksum)
  printf '%s\n' "rootfs = /" "namespaces = uts" "command = hostname" | conf service >/dev/null
  same "runs" service "$(microctr run "$T/service.conf")"
  has_not "/etc:" "$(microctr explain "$T/service.conf")"
  same "host" "$before" "$(cat /etc/hosts /etc/hostname /etc/resolv.conf 2>/dev/null | cksum)"
}

# platform: a program inside may replace a file by rename; a persistent upper gets it anew with the next start
test_rename_inside() {
  own_etc
  host_resolver "nameserver 192.0.2.53"
  local script='echo "nameserver 192.0.2.77" >/etc/new; mv /etc/new /etc/resolv.conf; cat /etc/resolv.conf'
  same "renamed" "nameserver 192.0.2.77" "$(inside "$script" "$(addressed)")"
  same "in a persistent upper" "nameserver 192.0.2.77" "$(inside "$script" "$(addressed)" upper=persistent)"
  same "the next start" "nameserver 192.0.2.53" "$(inside 'cat /etc/resolv.conf' "$(addressed)" upper=persistent)"
}

# While it runs: the host's resolv.conf, written in place, replaced and reached by a link
follow_host_resolver() {  # NAME
  listed "$1" resolv.conf "nameserver 192.0.2.53" || fail "start: $(of_root "$1" resolv.conf)"
  host_resolver "nameserver 192.0.2.54"
  eventually listed "$1" resolv.conf "nameserver 192.0.2.54"
  echo "nameserver 192.0.2.55" >/etc/resolv.new
  mv /etc/resolv.new /etc/resolv.conf
  eventually listed "$1" resolv.conf "nameserver 192.0.2.55"
  mkdir -p /etc/far
  echo "nameserver 192.0.2.56" >/etc/far/final
  ln -sf far/final /etc/resolv.conf
  eventually listed "$1" resolv.conf "nameserver 192.0.2.56"
  echo "nameserver 192.0.2.57" >/etc/far/final.new
  mv /etc/far/final.new /etc/far/final
  eventually listed "$1" resolv.conf "nameserver 192.0.2.57"
}
test_host_resolver_changes() {
  own_etc
  local kind
  for kind in plain read_only=yes userns=root; do
    rm -f /etc/resolv.conf
    host_resolver "nameserver 192.0.2.53"
    busybox_conf follow "sleep 1000" network=host "description = x" "$([ $kind = plain ] || echo $kind)" >/dev/null
    microctr start "$T/follow.conf"
    follow_host_resolver follow
    [ ! -e "/proc/$(microctr inspect --json follow | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9)/root/etc/.microctr-names" ] || fail "left behind"
    microctr stop -t 100ms follow
  done
}
test_host_resolver_changes_for_run() {
  own_etc
  host_resolver "nameserver 192.0.2.53"
  busybox_conf follow "sh -c 'trap \"exit 7\" TERM; while :; do sleep 0.1; done'" "$(addressed)" >/dev/null
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/follow.conf" &
  local runner=$! status=0
  eventually listed follow resolv.conf "nameserver 192.0.2.53"
  follow_host_resolver follow
  kill -TERM "$runner"  # a signal is still forwarded
  wait "$runner" || status=$?
  same "status" 7 "$status"
}

# A resolv.conf that is mounted on its place
test_host_resolver_is_a_mount() {
  own_etc
  host_resolver "nameserver 192.0.2.1"
  echo "nameserver 192.0.2.53" >"$T/resolver"
  mount --bind "$T/resolver" /etc/resolv.conf
  microctr start "$(busybox_conf follow "sleep 1000" network=host)"
  listed follow resolv.conf "nameserver 192.0.2.53" || fail "start"
  echo "nameserver 192.0.2.54" >"$T/resolver"
  eventually listed follow resolv.conf "nameserver 192.0.2.54"
}

# A file that was changed or replaced inside is left alone from then on
test_changed_inside() {
  own_etc
  host_resolver "nameserver 192.0.2.53"
  microctr start "$(busybox_conf mine "sleep 1000" network=host)"
  microctr start "$(busybox_conf linked "sleep 1000" network=host)"
  microctr start "$(busybox_conf other "sleep 1000" network=host)"
  microctr exec mine sh -c 'echo "# mine" >>/etc/resolv.conf'
  echo untouched >"$T/aim"
  microctr exec linked ln -sf /etc/hostname /etc/resolv.conf
  host_resolver "nameserver 192.0.2.54"
  eventually listed other resolv.conf "nameserver 192.0.2.54"
  listed mine resolv.conf "nameserver 192.0.2.53
# mine" || fail "it was overwritten: $(of_root mine resolv.conf)"
  same "link" /etc/hostname "$(microctr exec linked readlink /etc/resolv.conf)"
  same "its aim" linked "$(microctr exec linked cat /etc/hostname)"
  microctr exec mine sh -c 'echo "nameserver 192.0.2.53" >/etc/resolv.conf'  # too late: it is theirs
  host_resolver "nameserver 192.0.2.55"
  eventually listed other resolv.conf "nameserver 192.0.2.55"
  said mine resolv.conf "nameserver 192.0.2.53" || fail "it was overwritten later"
}

# The host's own files are never written, whatever a container does with its root
test_host_is_not_written() {
  own_etc
  host_resolver "nameserver 192.0.2.53"
  microctr start "$(busybox_conf guard "chroot /host sleep 1000" network=host "volume = /:/host" "cap_add = SYS_CHROOT")"
  microctr start "$(busybox_conf other "sleep 1000" network=host)"
  host_resolver "nameserver 192.0.2.54" "# of the host"
  eventually listed other resolv.conf "nameserver 192.0.2.54"
  same "host" "nameserver 192.0.2.54
# of the host" "$(cat /etc/resolv.conf)"
}

# Containers on one bridge know each other, as they come and go
test_siblings() {
  microctr start "$(busybox_conf one "sleep 1000" network=bridge)"
  local own
  own=$(of_root one hosts)
  lease mc0 ghost "10.88.0.99/24 fd00::99/64" "ghost spirit"
  lease mc9 stranger 10.89.0.9/24 stranger
  seen() { of_root one hosts | grep -qx "10.88.0.99 ghost spirit"; }
  eventually seen
  has "fd00::99 ghost spirit" "$(of_root one hosts)"
  has_not stranger "$(of_root one hosts)"
  grep -v ghost "$T/run/networks" >"$T/run/networks.new"
  mv "$T/run/networks.new" "$T/run/networks"
  gone() { ! of_root one hosts | grep -q ghost; }
  eventually gone
  same "the rest" "$own" "$(of_root one hosts)"
  grep -v stranger "$T/run/networks" >"$T/run/networks.new"
  mv "$T/run/networks.new" "$T/run/networks"
}

# Containers on one bridge reach each other by name and alias, whichever came first, in the background or the foreground
test_siblings_by_name() {
  local answer='sh -c "while :; do hostname | nc -l -p 7; done"' foreground
  microctr start "$(busybox_conf red "$answer" network=bridge network_alias=crimson)"
  microctr run "$(busybox_conf green "$answer" network=bridge)" &
  foreground=$!
  microctr start "$(busybox_conf blue "$answer" network=bridge)"
  says() { [ "$(microctr exec "$1" timeout 2 nc "$2" 7 </dev/null)" = "$3" ]; }
  eventually says red blue blue
  eventually says blue crimson red
  eventually says green red red
  eventually says red green green
  eventually says green blue blue
  microctr stop -t 100ms blue
  forgotten() { ! grep -qw blue "/proc/$(first_pid "$1")/root/etc/hosts"; }
  eventually forgotten red
  eventually forgotten green
  microctr stop -t 100ms green
  wait "$foreground" || true
}
first_pid() { microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9; }

# What was brought up to date belongs to the container's root, as what was there at the start
test_owner_of_a_refreshed_file() {
  local upper
  for upper in tmpfs persistent; do
    microctr start "$(busybox_conf $upper "sleep 1000" network=bridge upper=$upper userns=auto)"
    same "owner at the start" "0:0" "$(microctr exec $upper stat -c %u:%g /etc/hosts)"
    microctr start "$(busybox_conf new-$upper "sleep 1000" network=bridge)"
    known() { microctr exec $upper grep -qw "new-$upper" /etc/hosts; }
    eventually known || fail "$upper: not refreshed"
    same "owner" "0:0 644" "$(microctr exec $upper stat -c '%u:%g %a' /etc/hosts)"
  done
}

# So many neighbours that they cannot be followed in one go: every file comes to have them all
test_many_neighbours() {
  local number
  for number in $(seq 40); do microctr start "$(busybox_conf "n$number" "sleep 1000" network=bridge)"; done
  { cat "$T/run/networks"; seq 1500 | sed $'s/.*/lease\tmc0\tghost&\teth0\t10.88.0.1\/24\tghost&/'; } >"$T/networks.new"
  mv "$T/networks.new" "$T/run/networks"
  all_know() {
    for number in $(seq 40); do
      [ "$(of_root "n$number" hosts | grep -c ghost)" = 1500 ] || return 1
    done
  }
  local status=0
  eventually all_know || status=1
  sed -i /ghost/d "$T/run/networks"  # nobody would end them
  return $status
}

# An ordinary user's container has the files, too, and they follow
test_unprivileged() {
  unshare --user true 2>/dev/null || skip "this machine has no user namespaces"
  local user="env -i PATH=$PATH HOME=$T/home XDG_RUNTIME_DIR=$T/session setpriv --reuid 4242 --regid 4242 --clear-groups"
  $user unshare --user true 2>/dev/null || skip "this machine lets no user make a user namespace"
  own_etc
  host_resolver "nameserver 192.0.2.53"
  chmod 755 "$T"
  mkdir -p "$T/home" "$T/session"
  chmod 700 "$T/session"
  install -m 755 "$BINARY" "$T/tool"
  chown 4242:4242 "$T/home" "$T/session"
  printf '%s\n' "layer = busybox" "command = sleep 1000" "network = host" >"$T/home/mine.conf"
  $user "$T/tool" start "$T/home/mine.conf"
  user_says() { [ "$($user "$T/tool" exec mine cat "/etc/$1")" = "$2" ]; }
  user_says hostname mine || fail "hostname"
  user_says resolv.conf "nameserver 192.0.2.53" || fail "resolv.conf"
  host_resolver "nameserver 192.0.2.54"
  local status=0
  eventually user_says resolv.conf "nameserver 192.0.2.54" || status=1
  $user "$T/tool" stop -t 100ms mine
  $user "$T/tool" remove mine
  return $status
}

# No wake-up without a change: the supervisor sleeps
test_no_wake_up() {
  own_etc
  host_resolver "nameserver 192.0.2.53"
  microctr start "$(busybox_conf quiet "sleep 1000" network=host)"
  local supervisor before
  supervisor=$(sed -n 's/^owner = //p' "$T/run/containers/quiet/state")
  sleep 0.3
  before=$(grep voluntary "/proc/$supervisor/status")
  sleep 1
  same "switches" "$before" "$(grep voluntary "/proc/$supervisor/status")"
}
