# What sets the process apart beside namespaces and capabilities: hidden and read-only paths, kernel settings, resource
# limits, the OOM killer's score, clocks, labels.

# Where mounts lie below /proc and /sys inside, without the cgroups.
covers() { inside 'cut -d" " -f5 /proc/self/mountinfo | grep -e ^/proc/ -e ^/sys/ | grep -v ^/sys/fs/cgroup | sort | tr "\n" " "' "$@"; }

hidden_directories=(/proc/acpi /proc/asound /proc/scsi /sys/firmware /sys/devices/virtual/powercap)
hidden_files=(/proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/sched_debug)
protected=(/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger)

# those KIND PATH...: the ones that this kernel has.
those() {
  local kind=$1 path
  shift
  for path; do test "$kind" "$path" && echo "$path"; done
  true
}

# rule: the default masked paths are empty and cannot be written: directories are one empty tmpfs, files are /dev/null
test_hidden_paths() {
  local directories files seen
  directories=$(those -d "${hidden_directories[@]}" | tr '\n' ' ')
  files=$(those -f "${hidden_files[@]}" | tr '\n' ' ')
  [ -n "$directories" ] && [ -n "$files" ] || fail "this kernel has nothing to hide"
  seen=$(inside "for d in $directories; do ls -A \$d; mkdir \$d/new 2>/dev/null && echo \$d is written; done; for f in $files; do stat -c %t:%T \$f; wc -c <\$f; done" cap_add=ALL)
  same "what is seen" "$(for _ in $files; do printf '1:3\n0\n'; done)" "$seen"
  same "file systems of directories" 1 "$(inside "stat -c %d $directories | sort -u | wc -l")"
  has "hide ${hidden_directories[*]:0:3} ${hidden_files[*]} ${hidden_directories[*]:3}" "$(microctr explain "$T/inside.conf")"
}

# rule: the default read-only paths can be read and not be written, whatever capabilities there are
test_protected_paths() {
  local paths path
  paths=$(those -e "${protected[@]}" | tr '\n' ' ')
  has "/proc/sys " "$paths"
  for path in $paths; do
    has " ro,nosuid,nodev,noexec," "$(inside "grep ' $path ' /proc/self/mountinfo" | cut -d' ' -f6 | sed 's/^/ /; s/$/,/')"
  done
  exits 1 inside 'echo 9 >/proc/sys/net/ipv4/ip_default_ttl' cap_add=ALL
  has "Read-only file system" "$err"
  same "it is read" 64 "$(inside 'cat /proc/sys/net/ipv4/ip_default_ttl' sysctl=net.ipv4.ip_default_ttl=64)"
}

# masked_path and readonly_path add to the default ones; what does not exist is skipped
test_own_paths() {
  local root=$T/root
  mkdir -p "$root/bin" "$root/secret" "$root/open/below" "$T/volume"
  cp "$(command -v busybox)" "$root/bin/busybox"
  ln -s busybox "$root/bin/sh"
  echo word >"$root/secret/file"
  echo word >"$root/word"
  ln -s /secret "$root/link"
  ln -s ../../../../.."$T/outside" "$root/escape"
  mkdir "$T/outside"
  echo word >"$T/outside/file"
  cat >"$T/own.sh" <<'END'
busybox=/bin/busybox
$busybox ls -A /secret /link
$busybox wc -c </word
$busybox grep -c " /proc/keys \| /proc/timer_list \| /proc/acpi \| /sys/firmware " /proc/self/mountinfo >/dev/null && echo default
$busybox touch /open/below/x /volume/x
$busybox touch /other && echo other
$busybox grep " /volume " /proc/self/mountinfo | $busybox tail -n 1 | $busybox cut -d" " -f6 | $busybox cut -d, -f1-4
END
  conf own >/dev/null <<END
rootfs = $root
command = /bin/sh /own.sh
volume = $T/own.sh:/own.sh
volume = $T/volume:/volume:noexec
masked_path = /link
masked_path = /word
masked_path = /missing/file
masked_path = /escape
readonly_path = /open
readonly_path = /volume
readonly_path = /absent
END
  exits 0 microctr run "$T/own.conf"
  same output "$(printf '/link:\n\n/secret:\n0\ndefault\nother\nro,nosuid,nodev,noexec')" "$out"
  same "refusals" 2 "$(echo "$err" | grep -c 'Read-only file system')"
  same "the host's file" word "$(cat "$T/outside/file")"
}

# masked_path and readonly_path can be emptied; nesting leaves no default path, as an inner mount of proc would fail
test_without_default_paths() {
  has "/proc/sys " "$(covers)"
  has_not "/proc/sys " "$(covers readonly_path=)"
  has "/proc/keys " "$(covers readonly_path=)"
  same "protected alone" "$(those -e "${protected[@]}" | tr '\n' ' ')" "$(covers masked_path=)"
  same "of nesting" "" "$(covers nesting=yes userns=root)"
}

# A layer cannot lead the launcher elsewhere: /proc is the container's own procfs, opened without links.
test_links_for_kernel_mounts_are_refused() {
  mkdir -p "$T/root/bin" "$T/root/elsewhere"
  cp "$(command -v busybox)" "$T/root/bin/sh"
  ln -s elsewhere "$T/root/proc"
  printf 'rootfs = %s\ncommand = sh\n' "$T/root" | conf linked
  exits 125 microctr run "$T/linked.conf"
  has "symbolic link" "$err"
}

# The way for Linux before 5.12, where mount_setattr is missing: a bind and its remount, which keeps the other flags
test_old_kernel_protection() {
  type strace >/dev/null 2>&1 || skip "no strace on this machine"
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
  mkdir "$T/volume"
  busybox_conf old 'sh -c "echo 9 >/proc/sys/net/ipv4/ip_default_ttl; cut -d\" \" -f5,6 /proc/self/mountinfo"' \
    "volume = $T/volume:/volume:noexec" "readonly_path = /volume" userns=host >/dev/null
  exits 0 strace -f -o "$T/trace" -e trace=mount_setattr -e inject=mount_setattr:error=ENOSYS "$BINARY" \
    --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/old.conf"
  has "ENOSYS" "$(cat "$T/trace")"
  has "Read-only file system" "$err"
  has "/proc/sys ro,nosuid,nodev,noexec,relatime" "$out"
  has "/volume ro,nosuid,nodev,noexec,relatime" "$(echo "$out" | tail -n 1)$out"
}

# sysctl: written in the container's own namespaces, before /proc/sys is closed; the host's is as it was
test_sysctl() {
  local before
  before=$(cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/msgmax)
  same values "77 4096 9 1000 2000" \
    "$(inside 'cd /proc/sys; cat net/ipv4/ip_default_ttl kernel/msgmax fs/mqueue/msg_max | tr "\n" " "; tr "\t" " " <net/ipv4/ping_group_range' \
      sysctl=net.ipv4.ip_default_ttl=77 sysctl=kernel.msgmax=4096 sysctl=fs.mqueue.msg_max=9 'sysctl=net.ipv4.ping_group_range=1000 2000')"
  same "the host's" "$before" "$(cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/msgmax)"
  conf bare >/dev/null <<'END'
rootfs = /
command = /bin/cat /proc/sys/net/ipv4/ip_default_ttl
namespaces = network, ipc
sysctl = net.ipv4.ip_default_ttl=78
END
  same "without a mount namespace" 78 "$(microctr run "$T/bare.conf")"
}

# sysctl: an error names the setting, and says what may be the matter
test_sysctl_refused() {
  exits 125 inside true sysctl=net.ipv4.no_such_setting=1
  one_line "$err"
  has "/proc/sys/net/ipv4/no_such_setting" "$err"
  has "its module is not loaded" "$err"
  exits 125 inside true sysctl=net.ipv4.ip_default_ttl=words
  has "write words to /proc/sys/net/ipv4/ip_default_ttl" "$err"
  has "does not take this value" "$err"
}

# ulimit and oom_score_adj: of the container and of what exec starts in it; the launcher keeps its own
test_process_limits() {
  local own own_score values='ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc; ulimit -Hs; cat /proc/self/oom_score_adj'
  own=$(ulimit -Sn; ulimit -Hn) own_score=$(cat /proc/self/oom_score_adj)
  microctr start "$(busybox_conf limited "sh -c \"($values) >/values; exec sleep 1000\"" ulimit=nofile=123:456 ulimit=core=0 \
    ulimit=stack=1M:2M oom_score_adj=500)"
  eventually microctr exec limited test -s /values
  same "of the container" "123 456 0 0 2048 500 " "$(microctr exec limited cat /values | tr '\n' ' ')"
  same "of exec" "123 456 0 0 2048 500 " "$(microctr exec limited sh -c "$values" | tr '\n' ' ')"
  same "of exec in a user namespace" "123 456 0 0 2048 500 " "$(
    microctr start "$(busybox_conf mapped "sleep 1000" userns=root ulimit=nofile=123:456 ulimit=core=0 ulimit=stack=1M:2M oom_score_adj=500)"
    microctr exec mapped sh -c "$values" | tr '\n' ' ')"
  microctr start "$(busybox_conf plain "sleep 1000")"
  same "of the next one" "$own_score" "$(microctr exec plain cat /proc/1/oom_score_adj)"
  same "of the caller" "$own $own_score" "$(ulimit -Sn; ulimit -Hn) $(cat /proc/self/oom_score_adj)"
}

# A limit that is higher than the launcher's: root may raise it, for exec in a user namespace as well.
test_higher_limits() {
  prlimit --nofile=500 prlimit --nofile=700:900 true 2>/dev/null || skip "root may not raise limits on this machine"
  (
    ulimit -n 500
    microctr start "$(busybox_conf higher "sleep 1000" userns=root ulimit=nofile=700:900)"
    same "of exec" "700 900" "$(microctr exec higher sh -c 'ulimit -Sn; ulimit -Hn' | xargs)"
  )
}

# The supervisor needs many descriptors and raises its own limit; no container gets that.
test_descriptor_limit_of_the_supervisor() {
  (
    ulimit -Sn 200
    microctr start "$(busybox_conf modest 'sh -c "ulimit -Sn >/soft; exec sleep 1000"')"
    eventually microctr exec modest test -s /soft
    same "soft limit" 200 "$(microctr exec modest cat /soft)"
  )
}

# rule: what only root may do is refused in one line that says so
test_limits_refused() {
  exits 125 inside true ulimit=nofile=99999999999
  one_line "$err"
  has "nofile=99999999999:99999999999" "$err"
  has "nr_open" "$err"
}

uptime_of() { microctr exec "$1" cut -d. -f1 /proc/uptime; }

# time_offset: both clocks of the container and of exec; not of the next container, nor the host's
test_time_offset() {
  local host
  [ -e /proc/self/ns/time ] || skip "this kernel has no time namespaces"
  microctr start "$(busybox_conf later 'sh -c "cat /proc/uptime >/at; exec sleep 1000"' time_offset=1000d)"
  microctr start "$(busybox_conf now 'sleep 1000')"
  host=$(cut -d. -f1 /proc/uptime)
  eventually microctr exec later test -s /at
  same "days of the container" 1000 $((($(microctr exec later cut -d. -f1 /at) - host + 300) / 86400))
  same "days of exec" 1000 $((($(uptime_of later) - host) / 86400))
  same "days of the next one" 0 $((($(uptime_of now) - host) / 86400))
  same "its namespace" "$(readlink /proc/self/ns/time)" "$(microctr exec now readlink /proc/1/ns/time)"
  same "in a user namespace" 3 $((($(inside 'cut -d. -f1 /proc/uptime' time_offset=boottime=3d userns=root) - host) / 86400))
  exits 125 inside true time_offset=-53000d
  has "a clock would be before 0" "$err"
}

# The kernels of armmp: no time namespaces.
test_time_offset_without_the_kernel() {
  type strace >/dev/null 2>&1 || skip "no strace on this machine"
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
  # the first one makes the other namespaces
  busybox_conf later true time_offset=1d userns=host >/dev/null
  exits 125 strace -f -o /dev/null -e trace=unshare -e inject=unshare:error=EINVAL:when=2 "$BINARY" --root "$T/data" \
    --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/later.conf"
  has "CONFIG_TIME_NS" "$err"
}

# apparmor, selinux_label: refused where the kernel does not have it. tests/boot/guest/labels.sh has kernels with both.
test_labels_refused() {
  [ ! -e /sys/module/apparmor/parameters/enabled ] || skip "this kernel has AppArmor"
  ! grep -qw selinuxfs /proc/filesystems || skip "this kernel has SELinux"
  exits 125 inside true apparmor=some-profile
  one_line "$err"
  has "CONFIG_SECURITY_APPARMOR" "$err"
  exits 125 inside true selinux_label=system_u:system_r:container_t:s0
  one_line "$err"
  has "CONFIG_SECURITY_SELINUX" "$err"
}

# An unprivileged user's container has the same paths, and may not have less score than the user.
test_unprivileged() {
  local somebody=4242 as
  as=(env -i "PATH=$PATH" "HOME=$T/home" "XDG_RUNTIME_DIR=$T/session" timeout 20 setpriv --reuid "$somebody" --regid "$somebody" --clear-groups)
  "${as[@]}" unshare --user true 2>/dev/null || skip "this machine lets no user make a user namespace"
  chmod 755 "$T"
  mkdir -p "$T/home" "$T/session"
  chmod 700 "$T/session"
  chown -R "$somebody:$somebody" "$T/home" "$T/session"
  install -m 755 "$BINARY" "$T/tool"
  printf '%s\n' "layer = busybox" 'command = sh -c "cut -d\" \" -f5 /proc/self/mountinfo; cat /proc/self/oom_score_adj; ulimit -Sn; wc -c </proc/timer_list; cut -d. -f1 /proc/uptime"' \
    oom_score_adj=700 ulimit=nofile=99:100 time_offset=boottime=1000d sysctl=net.ipv4.ip_default_ttl=9 >"$T/home/one.conf"
  exits 0 "${as[@]}" "$T/tool" run "$T/home/one.conf"
  for path in $(those -e "${protected[@]}" "${hidden_files[@]}" "${hidden_directories[@]}"); do has "$path" "$out"; done
  same "oom_score_adj, nofile, timer_list" "700 99 0 " "$(echo "$out" | tail -n 4 | head -n 3 | tr '\n' ' ')"
  [ "$(echo "$out" | tail -n 1)" -gt 86400000 ] || fail "uptime is $(echo "$out" | tail -n 1)"
  exits 125 "${as[@]}" "$T/tool" run -o oom_score_adj=-5 "$T/home/one.conf"
  has "a lower score needs root" "$err"
}
