# Devices: those of the host that a container is given, and that all others are refused, on v2 and on v1.

# A device of this machine that root can open for reading and writing, and that no container has by itself.
spare() {
  local device
  for device in /dev/fuse /dev/loop-control /dev/uinput /dev/net/tun; do
    [ -c "$device" ] && (: <>"$device") 2>/dev/null && { echo "$device"; return; }
  done
  skip "no device on this machine that could be given away"
}
host_node() { stat -L -c '%F %t:%T %a %g' "$1"; }
# A script of several lines, as one: the environment file that `inside` passes it in has a line for each variable.
lines_inside() { inside "$(printf '%s' "$1" | tr '\n' ';')" "${@:2}"; }
# Opens without reading: what a driver says to a read is its own affair.
can='can() { if (eval ": $1" ) 2>/dev/null; then echo "$2 yes"; else echo "$2 no"; fi; }'

# The same commands where the machine has no cgroup v2: the devices controller of v1 does it.
on_v1() {
  [ -n "$(awk '/ - cgroup .*devices/ { print $5 }' /proc/self/mountinfo)" ] || skip "no v1 devices hierarchy on this machine"
  unshare -m --propagation private bash -euc '
    for point in $(awk "/ - cgroup2 / { print \$5 }" /proc/self/mountinfo); do umount -l "$point"; done
    . "$1/lib.sh"
    T=$2
    . "$1/devices.sh"
    "${@:3}"' on_v1 "$here" "$T" "$@"
}
here=${here:-$(dirname "${BASH_SOURCE[0]}")}

# issue 4, 5: device = PATH[:TARGET]: type, number, mode and group as on the host
test_node() {
  local device seen
  device=$(spare)
  seen=$(inside "stat -c '%F %t:%T %a %g' $device; stat -c '%F %t:%T %a %g' /dev/a/b/c; stat -c '%U %a' /dev/a/b" \
    "device = $device" "device = $device:/dev/a/b/c")
  same "the nodes" "$(host_node "$device"; host_node "$device"; echo "root 755")" "$seen"
}

# rule: without device =, nothing of the host is there
test_default() {
  local device
  device=$(spare)
  same "what is in /dev" "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero" \
    "$(inside 'ls /dev | grep -v console' | tr '\n' ' ' | sed 's/ $//')"
  same "the default devices" "null yes zero yes" \
    "$(inside "$can; can '<>/dev/null' null; can '<>/dev/zero' zero" | tr '\n' ' ' | sed 's/ $//')"
}

refusals() {  # what a container with MKNOD sees
  local device=$1 number
  number=$(stat -L -c '%t %T' "$device")
  number=$(printf '%d %d' $(printf '0x%s ' $number))
  lines_inside "$can
    mknod /dev/again c 1 3 && can '<>/dev/again' null
    mknod /dev/kernel c 1 11 2>/dev/null && echo made kmsg
    mknod /dev/memory c 1 1 2>/dev/null && echo made mem
    mknod /dev/disk b 8 0 2>/dev/null && echo made disk
    mknod /dev/root b $(mountpoint -d / | tr ':' ' ') 2>/dev/null && echo made root
    mknod /dev/tun c 10 200 2>/dev/null && echo made tun
    mknod /dev/host c 5 1 2>/dev/null && echo made console
    mknod /dev/spare c $number 2>/dev/null && echo made spare
    rm /etc/passwd && ls /etc/passwd 2>/dev/null
    echo end" "cap_add = MKNOD,SYS_ADMIN,SYS_RAWIO" "userns = host"
}

# threats: a container that may make nodes makes those of the default devices only. And it can remove what a layer has,
# which overlayfs notes down as a device node
test_mknod() { same "what could be made" "null yes end" "$(refusals "$(spare)" | tr '\n' ' ' | sed 's/ $//')"; }
test_mknod_v1() { on_v1 test_mknod; }

# One device cannot have a different access by each of its names: a container for each.
access_of() {  # ACCESS: r, w and m, as far as they work
  local device=$1 access=$2
  lines_inside "(: </dev/given) 2>/dev/null && printf r
    (: >/dev/given) 2>/dev/null && printf w
    mknod /dev/made c \$(printf '%d %d' \$(stat -c '0x%t 0x%T' /dev/given)) 2>/dev/null && printf m
    echo ." "device = $device:/dev/given:$access" "cap_add = MKNOD" "userns = host"
}
all_accesses() {
  local device access
  device=$(spare)
  for access in r w rw rm wm m rwm; do same "access $access" "$access." "$(access_of "$device" "$access")"; done
}

# issue 4, 5: device = PATH:rwm, each letter for itself
test_access() { all_accesses; }
test_access_v1() { on_v1 all_accesses; }

# a node that may not be made is the host's own, and its mode is out of reach
test_mode_of_the_host() {
  local device before
  device=$(spare)
  before=$(host_node "$device")
  trap "chmod $(stat -L -c %a "$device") $device; chown $(stat -L -c %u:%g "$device") $device" EXIT
  inside "chmod 000 /dev/given 2>/dev/null; chown 5:5 /dev/given 2>/dev/null; true" "device = $device:/dev/given:rw" "userns = host"
  same "the host's node" "$before" "$(host_node "$device")"
}

# issue 4, 5: a pattern stands for all devices that it matches, and for nothing else
test_pattern() {
  mkdir "$T/nodes" "$T/nodes/sub"
  ln -s /dev/zero "$T/nodes/one"
  exits 2 inside true "device = $T/nodes/o*"
  has "not below /dev" "$err"
  local seen
  seen=$(inside 'ls -d /dev/tty[0-3] /dev/tty1? /dev/null' "device = /dev/tty[1-2]" 2>&1 | grep -v 'No such' | tr '\n' ' ')
  [ -c /dev/tty1 ] || skip "no virtual consoles on this machine"
  same "the nodes" "/dev/null /dev/tty1 /dev/tty2 " "$(printf '%s\n' $seen | sort | tr '\n' ' ')"
}

# a symbolic link of the host keeps its name and is the node that it leads to
test_link() {
  local device
  device=$(spare)
  # A tmpfs over a folder of /dev in this mount namespace: nothing of the machine changes.
  mount -t tmpfs nodes /dev/shm
  trap 'umount /dev/shm' EXIT
  mkdir -p /dev/shm/by-id
  ln -s "$device" /dev/shm/by-id/usb-thing
  exits 2 inside true "device = /dev/shm/by-id/usb-thing"
  has "there already" "$err"
  same "the node" "$(host_node "$device")" \
    "$(inside "stat -c '%F %t:%T %a %g' /dev/serial/thing" "device = /dev/shm/by-id/usb-thing:/dev/serial/thing")"
}

# bad input: what is missing, what is no device; one line that says what to do
test_bad() {
  exits 125 inside true "device = /dev/nulll"
  has "/dev/nulll (there is null): No such file" "$err"
  has "write -PATH" "$err"
  one_line "$err"
  exits 125 inside true "device = /dev/ttyMISSING*"
  has "/dev/ttyMISSING*" "$err"
  exits 125 inside true "device = /dev/pts:/dev/terminals"
  has "DIRECTORY/*" "$err"
  exits 125 inside true "device = /etc/passwd:/dev/passwd"
  has "another kind of file" "$err"
  exits 2 inside true "device = $(spare):/dev/pts/5"
  has "there already" "$err"
  exits 125 inside true "device = /dev/zero:/dev/a" "device = /dev/zero:/dev/a/b"
  has "/dev/zero: Not a directory" "$err"
}

# issue 4, 5: -PATH may be missing
test_optional() { same "said" "fine" "$(inside 'echo fine' "device = -/dev/nulll" "device = -/dev/ttyMISSING*")"; }

# issue 4, 8: a later process is in the same cgroup and has the same devices
later() {
  local device seen
  device=$(spare)
  microctr start "$(busybox_conf later "sleep 1000" "device = $device:/dev/given:r" "cap_add = MKNOD" "userns = host")"
  seen=$(microctr exec later sh -c '(: </dev/given) && echo read; (: <>/dev/given) 2>/dev/null && echo written
    mknod /dev/kernel c 1 11 2>/dev/null && echo made; echo end' | tr '\n' ' ')
  same "what exec can do" "read end " "$seen"
  microctr stop -t 100ms later
  microctr remove later
}
test_exec() { later; }
test_exec_v1() { on_v1 later; }

# a device node in a layer or in a plain root is dead
test_node_in_layer() {
  mkdir -p "$T/layer"
  mknod "$T/layer/zero" c 1 5
  same "seen" "no" "$(inside '(: </zero) 2>/dev/null && echo yes || echo no' "layer = $T/layer")"
}

# the devices hierarchy of v1 is not shown inside
test_hidden() { [ -z "$(inside 'ls -d /sys/fs/cgroup/*devices* 2>/dev/null')" ] || fail "it is shown"; }
test_hidden_v1() { on_v1 test_hidden; }

# rule: access cannot be limited without a filter, and that is said
test_user() {
  local program=$T/tool
  chmod 755 "$T"
  install -m 755 "$BINARY" "$program"
  printf 'rootfs = /\nnamespaces = mount\ncommand = true\ndevice = /dev/zero:/dev/mine:r\n' >"$T/user.conf"
  exits 125 setpriv --reuid 4242 --regid 4242 --clear-groups env -i HOME=/nonexistent XDG_RUNTIME_DIR="$T/none" "$program" explain "$T/user.conf"
  has "run as root" "$err"
}
