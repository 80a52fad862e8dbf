# Death of the supervisor: containers go on, and the next one adopts them. And reexec, which nobody notices.
RESTARTS=yes

state_of() { microctr inspect --json "$1" 2>/dev/null | sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
is_state() { [ "$(state_of "$1" state)" = "$2" ]; }
restarts_at_least() { [ "$(state_of "$1" restarts)" -ge "$2" ]; }
supervisor_pid() { sed -n 's/^owner = //p' "$T/run/containers/$1/state"; }
first_pid() { sed -n 's/^pid = //p' "$T/run/containers/$1/state"; }
is_gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"; }
kill_supervisor() {
  local pid
  pid=$(supervisor_pid "$1")
  kill -KILL "$pid"
  eventually is_gone "$pid"
}
ticker() { echo "sh -c 'n=0; while :; do n=\$((n+1)); echo tick \$n; sleep 0.05; done'"; }
ticks_past() { [ "$(microctr logs "$1" | grep -c tick)" -gt "$2" ]; }

# issue: containers go on; adopted by state and pidfd, logs continue
test_containers_go_on() {
  exits 0 microctr start "$(busybox_conf survivor "$(ticker)")"
  eventually ticks_past survivor 2
  local first
  first=$(first_pid survivor)
  kill_supervisor survivor
  sleep 0.2
  [ -e "/proc/$first" ] || fail "it has died with its supervisor"
  is_state survivor running || fail "it is $(state_of survivor state)"
  # Any start brings up a supervisor, which takes it.
  exits 0 microctr start "$(busybox_conf other "sleep 1000")"
  same "process" "$first" "$(first_pid survivor)"
  same "supervisor of both" "$(supervisor_pid other)" "$(supervisor_pid survivor)"
  local seen
  seen=$(microctr logs survivor | grep -c tick)
  eventually ticks_past survivor "$((seen + 3))"
  exits 0 microctr exec survivor true
  exits 0 microctr stop -t 100ms survivor
  exits 0 microctr stop -t 100ms other
}

# No tick is lost while nobody reads: the FIFO holds them.
test_no_line_is_lost() {
  exits 0 microctr start "$(busybox_conf lines "$(ticker)" "log = ring:1M")"
  eventually ticks_past lines 2
  kill_supervisor lines
  sleep 0.3
  exits 0 microctr start "$(busybox_conf other "sleep 1000")"
  eventually ticks_past lines 12
  exits 0 microctr stop -t 100ms lines
  microctr logs lines | sed -n 's/^tick //p' >"$T/ticks"
  same "ticks in a row" "$(seq 1 "$(wc -l <"$T/ticks")")" "$(cat "$T/ticks")"
}

test_stop_of_an_orphan() {
  exits 0 microctr start "$(busybox_conf lost "sleep 1000")"
  local first
  first=$(first_pid lost)
  kill_supervisor lost
  exits 0 microctr stop -t 100ms lost
  eventually is_gone "$first"
  is_state lost exited || fail "it is $(state_of lost state)"
}

# issue: an end that it cannot know the status of counts as a failure
test_unseen_end_is_a_failure() {
  exits 0 microctr start "$(busybox_conf seen "sh -c 'sleep 1; exit 0'" "restart_delay = 50ms" "restart = on-failure")"
  local first
  first=$(first_pid seen)
  kill_supervisor seen
  exits 0 microctr start "$(busybox_conf other "sleep 1000")"
  same "process" "$first" "$(first_pid seen)"
  eventually restarts_at_least seen 1
  exits 0 microctr stop -t 100ms seen
}

# It ended while nobody watched.
test_end_without_anybody() {
  exits 0 microctr start "$(busybox_conf brief "sleep 1000" "restart = no")"
  local first
  first=$(first_pid brief)
  kill_supervisor brief
  kill -KILL "$first"
  eventually is_gone "$first"
  microctr list >/dev/null
  is_state brief failed || fail "it is $(state_of brief state)"
  same "cgroups left" "" "$(find /sys/fs/cgroup -type d -path '*microctr/brief*' 2>/dev/null)"
}

# issue: or --kill-on-exit
test_kill_on_exit() {
  { echo "layer = busybox"; echo "command = sleep 1000"; } >"$T/etc/containers/bound.conf"
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" supervise --kill-on-exit 2>"$T/supervise.log" &
  local service=$! first
  eventually is_state bound running
  first=$(first_pid bound)
  kill -KILL "$service"
  eventually is_gone "$first"
  wait "$service" || true
}

# issue: reexec replaces the running supervisor by a new binary without touching one container
test_reexec() {
  exits 0 microctr start "$(busybox_conf steady "$(ticker)" "log = ring:1M")"
  exits 0 microctr start "$(busybox_conf seat "sh -c 'while read -r line; do echo got \$line; done'" "tty = yes")"
  local first supervisor
  first=$(first_pid steady) supervisor=$(supervisor_pid steady)
  cp "$BINARY" "$T/new-microctr"
  exits 0 microctr reexec "$T/new-microctr"
  same "process" "$first" "$(first_pid steady)"
  same "program" "$T/new-microctr" "$(readlink "/proc/$supervisor/exe")"
  eventually ticks_past steady 10
  # It still is the parent and knows the status.
  exits 0 microctr stop -t 100ms steady
  microctr logs steady | sed -n 's/^tick //p' >"$T/ticks"
  same "ticks in a row" "$(seq 1 "$(wc -l <"$T/ticks")")" "$(cat "$T/ticks")"
  is_state seat running || fail "the one with a terminal is $(state_of seat state)"
  exits 0 microctr stop -t 100ms seat
  eventually is_gone "$supervisor"
}

# Also where files have changed, or say something else than what runs: that is for reload.
test_reexec_of_a_service() {
  { echo "layer = busybox"; echo "command = sleep 1000"; } >"$T/etc/containers/edited.conf"
  cp "$T/etc/containers/edited.conf" "$T/etc/containers/hand.conf"
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" supervise -o autostart=no -o hostname=given \
    2>"$T/supervise.log" &
  local service=$! edited hand
  eventually test -S "$T/run/control"
  exits 0 microctr start edited
  (cd "$T/etc/containers" && microctr start -o memory=16M hand.conf) || fail "not started"
  edited=$(first_pid edited) hand=$(first_pid hand)
  echo "pids = 100" >>"$T/etc/containers/edited.conf"
  exits 0 microctr reexec
  same "processes" "$edited $hand" "$(first_pid edited) $(first_pid hand)"
  { echo "layer = busybox"; echo "command = sh -c 'hostname; exec sleep 1000'"; } >"$T/etc/containers/edited.conf"
  exits 0 microctr reload
  same "summary" "0 started, 1 changed, 0 gone" "$out"
  same "process" "$hand" "$(first_pid hand)"
  eventually sh -c "'$BINARY' --root '$T/data' --runtime-dir '$T/run' logs edited | grep -q given"
  kill -TERM "$service"
  wait "$service" || true
}

# The supervisor raises its own limit; what it starts has the one that it was started with.
test_reexec_keeps_the_limit_of_descriptors() {
  ulimit -Sn 512
  exits 0 microctr start "$(busybox_conf steady "sleep 1000")"
  exits 0 microctr reexec
  exits 0 microctr start "$(busybox_conf later "sh -c 'ulimit -Sn; exec sleep 1000'")"
  has_limit() { microctr logs later | grep -qw 512; }
  eventually has_limit
  exits 0 microctr stop -t 100ms steady
  exits 0 microctr stop -t 100ms later
}

test_reexec_of_what_is_no_microctr() {
  exits 0 microctr start "$(busybox_conf steady "sleep 1000")"
  local supervisor
  supervisor=$(supervisor_pid steady)
  exits 1 microctr reexec /bin/false
  has "not a microctr" "$err"
  exits 1 microctr reexec "$T/none"
  is_state steady running || fail "it is $(state_of steady state)"
  same "program" "$BINARY" "$(readlink "/proc/$supervisor/exe")"
  exits 0 microctr stop -t 100ms steady
}

# Descriptors do not grow from program to program.
test_reexec_again_and_again() {
  exits 0 microctr start "$(busybox_conf steady "sleep 1000" "restart_delay = 10ms")"
  local supervisor before
  supervisor=$(supervisor_pid steady)
  exits 0 microctr reexec
  before=$(find "/proc/$supervisor/fd" -type l | wc -l)
  for _ in 1 2 3 4 5; do exits 0 microctr reexec; done
  same "descriptors" "$before" "$(find "/proc/$supervisor/fd" -type l | wc -l)"
  kill -KILL "$(first_pid steady)"
  eventually restarts_at_least steady 1
  exits 0 microctr stop -t 100ms steady
}

# An end that was only the way to a new start is not what the user has stopped.
test_restart_goes_on() {
  exits 0 microctr start "$(busybox_conf again "sh -c 'trap \"\" TERM; while :; do sleep 0.05; done'" "stop_timeout = 1s")"
  local first asked
  first=$(first_pid again)
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" restart again 2>/dev/null &
  asked=$!
  eventually is_state again stopping
  kill "$asked"  # it would ask the next one
  kill_supervisor again
  wait "$asked" || true
  exits 0 microctr start "$(busybox_conf other "sleep 1000")"
  eventually is_state again running
  [ "$(first_pid again)" != "$first" ] || fail "it is the same process"
  exits 0 microctr stop -t 100ms other
  exits 0 microctr stop -t 100ms again
}

# Its end comes while the new program is tried, and is seen by that.
test_reexec_knows_how_one_has_ended() {
  exits 0 microctr start "$(busybox_conf seven "sh -c 'trap \"exit 7\" TERM; while :; do sleep 0.05; done'" "restart = no")"
  exits 0 microctr start "$(busybox_conf other "sleep 1000")"
  sleep 0.2
  printf '#!/bin/sh\n[ "$1" = version ] && kill -TERM %s && /bin/sleep 0.5\nexec %s "$@"\n' "$(first_pid seven)" "$BINARY" >"$T/next"
  chmod 755 "$T/next"
  exits 0 microctr reexec "$T/next"
  eventually is_state seven exited || fail "it is $(state_of seven state)"
  same "status" 7 "$(state_of seven status)"
  exits 0 microctr stop -t 100ms other
}

test_reexec_of_a_paused_one() {
  exits 0 microctr start "$(busybox_conf still "sleep 1000" "health_command = true" "health_interval = 100ms" \
    "health_timeout = 200ms" "health_retries = 1")"
  local first
  first=$(first_pid still)
  exits 0 microctr pause still
  exits 0 microctr reexec
  sleep 1
  same "process" "$first" "$(first_pid still)"
  has paused "$(microctr list)"
  exits 0 microctr stop -t 100ms still
}

test_wait_over_a_reexec() {
  exits 0 microctr start "$(busybox_conf five "sh -c 'trap \"exit 5\" TERM; while :; do sleep 0.05; done'" "restart = no")"
  exits 0 microctr start "$(busybox_conf other "sleep 1000")"
  microctr wait five >"$T/waited" &
  local waiter=$!
  sleep 0.2
  exits 0 microctr reexec
  exits 0 microctr stop five
  wait "$waiter"
  same "status" 5 "$(cat "$T/waited")"
  exits 0 microctr stop -t 100ms other
}

# Those that are down are what they were.
test_reexec_keeps_what_has_ended() {
  mkdir -p "$T/shared"
  chmod 777 "$T/shared"
  printf '%s\n' "layer = busybox" "command = sh -c 'echo run >>/shared/runs'" "type = oneshot" "volume = $T/shared:/shared" >"$T/etc/containers/once.conf"
  printf '%s\n' "layer = busybox" "command = sleep 1000" "requires = once" "autostart = no" >"$T/etc/containers/top.conf"
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" supervise 2>"$T/supervise.log" &
  local service=$!
  eventually is_state once exited
  exits 0 microctr reexec
  exits 0 microctr start top
  same "runs" 1 "$(wc -l <"$T/shared/runs")"
  kill -TERM "$service"
  wait "$service" || true
}
