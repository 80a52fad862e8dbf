# Readiness and health checks, seen from outside (docs/readiness.md).
RESTARTS=yes

# Written by the container right before it says that it is ready.
is_marked() { [ -e "$T/data-of-it/ready" ]; }
marked_volume() { mkdir -p "$T/data-of-it"; chmod 777 "$T/data-of-it"; echo "volume = $T/data-of-it:/marks"; }
line_of() { microctr list | grep "^$1 "; }
is_shown() { line_of "$1" | grep -q "$2"; }  # NAME WORD
is_gone_with() { ! pgrep -f -- "$1" >/dev/null; }  # COMMAND_LINE

notify_tool() {
  mkdir -p "$T/tools"
  g++ -static -O1 -o "$T/tools/notify" "$(dirname "${BASH_SOURCE[0]}")/tools/notify.cpp" || skip "no compiler"
}

# --- readiness

test_fd_start_returns_when_it_is_ready() {
  busybox_conf pr-fd 'sh -c "sleep 0.5; touch /marks/ready; echo >&$NOTIFY_FD; exec sleep 1000"' "ready = fd" \
    "$(marked_volume)" >/dev/null
  microctr start "$T/pr-fd.conf"
  is_marked || fail "start returned before it was ready"
}

test_fd_is_the_only_descriptor() {
  busybox_conf pr-only 'sh -c "ls /proc/$$/fd | tr \"\n\" \" \" >/marks/fds; echo >&3; exec sleep 1000"' "ready = fd" \
    "$(marked_volume)" >/dev/null
  microctr start "$T/pr-only.conf"
  same descriptors "0 1 2 3 " "$(sed 's/10 //' "$T/data-of-it/fds")"  # 10: the shell's own
  same "those of exec" "0 1 2 3" "$(microctr exec pr-only sh -c 'ls /proc/self/fd | xargs')"  # 3: that of ls
}

test_fd_closed_early() {
  busybox_conf pr-early 'sh -c "exec 3>&-; exec sleep 1000"' "ready = fd" "restart = no" >/dev/null
  local status=0
  err=$(microctr start "$T/pr-early.conf" 2>&1) || status=$?
  [ "$status" != 0 ] || fail "start has succeeded"
  has NOTIFY_FD "$err"
  eventually is_gone_with "^sleep 1000$"
}

test_start_timeout() {
  busybox_conf pr-late "sleep 1000" "ready = fd" "start_timeout = 300ms" "restart = no" >/dev/null
  local status=0
  err=$(microctr start "$T/pr-late.conf" 2>&1) || status=$?
  [ "$status" != 0 ] || fail "start has succeeded"
}

at_once() { timeout 8 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@"; }

test_start_of_what_ends_before_it_is_ready() {
  exits 4 at_once start "$(busybox_conf pr-bad "sh -c 'exit 4'" "ready = socket:8099" "restart_delay = 60s")"
  has "ended before it was ready: exit status 4, and starts again" "$err"
  exits 0 microctr stop pr-bad
  exits 1 at_once start "$(busybox_conf pr-short "true" "ready = socket:8099")"
  has "ended before it was ready" "$err"
  exits 1 at_once start "$(busybox_conf pr-slow "sleep 1000" "ready = socket:8099" "start_timeout = 300ms")"
  has "start_timeout" "$err"
}

test_start_of_a_oneshot() {
  exits 3 at_once start "$(busybox_conf pr-job "sh -c 'sleep 0.3; exit 3'" "type = oneshot" "restart = no")"
  exits 0 at_once start "$(busybox_conf pr-done "sh -c 'sleep 0.5; touch /marks/ready'" "type = oneshot" "$(marked_volume)")"
  is_marked || fail "start returned before its end"
}

test_start_over_a_reexec() {
  busybox_conf pr-takes "sleep 1000" "ready = socket:8099" >/dev/null
  local status=0 starter
  at_once start "$T/pr-takes.conf" 2>"$T/said" &
  starter=$!
  eventually is_shown pr-takes running
  exits 0 microctr reexec
  wait "$starter" || status=$?
  same "status" 0 "$status"
  has "another program takes over" "$(cat "$T/said")"
  exits 0 microctr stop -t 100ms pr-takes
}

test_notify_while_it_ends() {
  notify_tool
  busybox_conf pr-ends \
    'sh -c "trap \"/tools/notify STOPPING=1; sleep 1; exit 0\" TERM; /tools/notify READY=1; while :; do sleep 0.05; done"' \
    "ready = notify" "volume = $T/tools:/tools:ro" >/dev/null
  microctr start "$T/pr-ends.conf"
  local supervisor before
  supervisor=$(sed -n 's/^owner = //p' "$T/run/containers/pr-ends/state")
  ticks() { awk '{ print $14 + $15 }' "/proc/$supervisor/stat"; }
  before=$(ticks)
  microctr stop pr-ends &
  sleep 0.9
  [ "$(($(ticks) - before))" -lt 20 ] || fail "ticks of the processor: $(($(ticks) - before))"
  wait
}

test_notify() {
  notify_tool
  busybox_conf pr-notify \
    'sh -c "/tools/notify STATUS=loading; sleep 0.5; touch /marks/ready; /tools/notify READY=1; exec sleep 1000"' \
    "ready = notify" "user = 1000" "volume = $T/tools:/tools:ro" "$(marked_volume)" >/dev/null
  microctr start "$T/pr-notify.conf"
  is_marked || fail "start returned before it was ready"
  microctr exec pr-notify sh -c '[ -z "$NOTIFY_SOCKET" ]' || fail "exec has NOTIFY_SOCKET"
}

test_notify_of_a_host_service() {
  notify_tool
  printf '%s\n' "rootfs = /" "namespaces =" "ready = notify" \
    "command = sh -c \"sleep 0.3; touch $T/marked; $T/tools/notify READY=1; exec sleep 1000\"" |
    conf pr-host >/dev/null
  microctr start "$T/pr-host.conf"
  [ -e "$T/marked" ] || fail "start returned before it was ready"
}

test_port() {
  busybox_conf pr-port 'sh -c "sleep 0.5; touch /marks/ready; exec httpd -f -p 8099"' "ready = socket:8099" \
    "$(marked_volume)" >/dev/null
  microctr start "$T/pr-port.conf"
  is_marked || fail "start returned before it was ready"
}

test_path() {
  notify_tool
  busybox_conf pr-path \
    'sh -c "sleep 0.3; mkdir -p /run/x; ln -s /run /link; sleep 0.3; touch /marks/ready; exec /tools/notify --listen /run/x/s"' \
    "ready = socket:/link/x/s" "volume = $T/tools:/tools:ro" "$(marked_volume)" >/dev/null
  microctr start "$T/pr-path.conf"
  is_marked || fail "start returned before it was ready"
}

# A link to the host's path of a socket that listens there leads nowhere inside.
test_path_does_not_leave_the_container() {
  notify_tool
  "$T/tools/notify" --listen "$T/outside" &
  local server=$!
  eventually test -S "$T/outside"
  busybox_conf pr-inside "sh -c \"ln -s ../../../../../..$T/outside /s; exec sleep 1000\"" "ready = socket:/s" \
    "start_timeout = 500ms" "restart = no" >/dev/null
  local status=0
  microctr start "$T/pr-inside.conf" 2>/dev/null || status=$?
  kill "$server"
  wait "$server" || true
  [ "$status" != 0 ] || fail "a socket of the host made it ready"
}

# --- health

checked() {  # NAME HEALTH_COMMAND [KEY=VALUE]...
  local name=$1 command=$2
  shift 2
  busybox_conf "$name" "sleep 1000" "health_command = $command" "health_interval = 200ms" "health_retries = 2" \
    "restart = no" "$@" >/dev/null
  microctr start "$T/$name.conf"
}

test_health() {
  checked pr-good true
  eventually is_shown pr-good " healthy\|(healthy)"
}

test_health_bad() {
  checked pr-bad 'sh -c "echo this is why; exit 3"'
  eventually is_shown pr-bad unhealthy
  has "this is why" "$(microctr inspect pr-bad)"
}

test_health_recovers() {
  checked pr-recover 'test -e /well'
  eventually is_shown pr-recover unhealthy
  microctr exec pr-recover touch /well
  eventually is_shown pr-recover " healthy\|(healthy)"
}

# An unhealthy container is restarted by policy: its second life is well.
test_health_restarts() {
  busybox_conf pr-again 'sh -c "echo >>/marks/lives; exec sleep 1000"' "health_interval = 200ms" "health_retries = 1" \
    'health_command = sh -c "[ $(wc -l </marks/lives) -gt 1 ]"' "restart = on-failure" "restart_delay = 100ms" \
    "$(marked_volume)" >/dev/null
  microctr start "$T/pr-again.conf"
  eventually sh -c "[ \$(wc -l <'$T/data-of-it/lives') = 2 ]"
  eventually is_shown pr-again " healthy\|(healthy)"
}

test_health_that_hangs_and_forks_leaves_nothing() {
  mkdir -p "$T/checks"
  printf '%s\n' '#!/bin/sh' '(trap "" TERM; setsid sleep 7771 & setsid sh -c "setsid sleep 7772 & sleep 7773") &' \
    'sleep 7774' >"$T/checks/hang"
  chmod 755 "$T/checks/hang"
  checked pr-hang /checks/hang "health_timeout = 300ms" "volume = $T/checks:/checks:ro"
  eventually is_shown pr-hang unhealthy
  microctr pause pr-hang  # no check is on its way any more
  eventually is_gone_with "^sleep 777[1-4]$"
  microctr resume pr-hang
}

test_health_that_leaves_a_process() {
  checked pr-leave 'sh -c "setsid sleep 7775 >/dev/null 2>&1 & exit 0"'
  eventually is_shown pr-leave " healthy\|(healthy)"
  microctr pause pr-leave
  eventually is_gone_with "^sleep 7775$"
  microctr resume pr-leave
}

test_health_of_a_full_container() {
  busybox_conf pr-full 'sh -c "sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000"' "pids = 5" "health_retries = 1" \
    'health_command = sh -c "sleep 0; sleep 0"' "health_interval = 200ms" "restart = no" >/dev/null
  microctr start "$T/pr-full.conf"
  eventually sh -c "'$BINARY' --root '$T/data' --runtime-dir '$T/run' inspect pr-full | grep -q 'limit of processes'"
  is_shown pr-full unhealthy && fail "it is called unhealthy"
  return 0
}

test_health_of_a_paused_container() {
  checked pr-pause true "health_timeout = 200ms"
  eventually is_shown pr-pause " healthy\|(healthy)"
  microctr pause pr-pause
  sleep 1
  microctr resume pr-pause
  is_shown pr-pause unhealthy && fail "it was checked while it was paused"
  return 0
}

test_health_is_as_confined_as_exec() {
  busybox_conf pr-who "sleep 1000" "user = 1000" "health_interval = 100ms" "$(marked_volume)" "restart = no" \
    'health_command = sh -c "(id -u; grep -E \"^(Cap|NoNew|Seccomp:)\" /proc/self/status; ls /proc/self/fd | xargs) >/marks/check"' \
    >/dev/null
  microctr start "$T/pr-who.conf"
  eventually is_shown pr-who " healthy\|(healthy)"
  same check "$(microctr exec pr-who sh -c '(id -u; grep -E "^(Cap|NoNew|Seccomp:)" /proc/self/status; ls /proc/self/fd | xargs)')" \
    "$(cat "$T/data-of-it/check")"
}

# --- wait_path

test_wait_path_behind_a_mount() {
  mkdir "$T/disk"
  busybox_conf pr-wait "sleep 1000" "wait_path = $T/disk/there" >/dev/null
  exits 0 microctr start "$T/pr-wait.conf"
  has "waits for $T/disk/there" "$err"
  mount -t tmpfs none "$T/disk"
  touch "$T/disk/there"
  eventually is_shown pr-wait " running "
  umount "$T/disk"
}
