# The supervisor's policies: restart with back-off and limits, order, one-shots, waiting for paths, reload, stop.
RESTARTS=yes

state_of() { microctr inspect --json "$1" 2>/dev/null | sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
is_state() { [ "$(state_of "$1" state)" = "$2" ]; }
restarts_at_least() { [ "$(state_of "$1" restarts)" -ge "$2" ]; }
has_log() { microctr logs "$1" 2>/dev/null | grep -q -- "$2"; }
supervisor_pid() { sed -n 's/^owner = //p' "$T/run/containers/$1/state"; }
first_pid() { sed -n 's/^pid = //p' "$T/run/containers/$1/state"; }

# A configuration of the directory that `supervise` serves.
service_conf() {  # NAME COMMAND [KEY=VALUE]...
  local name=$1 command=$2
  shift 2
  { echo "layer = busybox"; echo "command = $command"; echo "stop_timeout = 1s"; printf '%s\n' "$@"; } >"$T/etc/containers/$name.conf"
}
# In the background; its pid is in $service.
supervise() {
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" supervise "$@" >"$T/supervise.log" 2>&1 &
  service=$!
  eventually test -S "$T/run/control"
}
end_service() {
  kill -TERM "$service" 2>/dev/null || true
  wait "$service" 2>/dev/null || true
}

# issue: kill -9 inside brings a restart after the documented delay
test_restart_after_a_kill() {
  exits 0 microctr start "$(busybox_conf phoenix "sleep 1000" "restart_delay = 300ms")"
  local first
  first=$(first_pid phoenix)
  kill -KILL "$first"
  eventually restarts_at_least phoenix 1
  eventually is_state phoenix running
  [ "$(first_pid phoenix)" != "$first" ] || fail "it is the same process"
  exits 0 microctr stop -t 100ms phoenix
  sleep 0.6
  is_state phoenix exited || fail "what was stopped has come back: $(state_of phoenix state)"
}

# issue: a crash loop is bounded
test_limit_of_restarts() {
  microctr start "$(busybox_conf loop "sh -c 'echo again; exit 3'" "restart_delay = 10ms" "restart_limit = 3/60s")" || true
  eventually is_state loop failed
  same "lives" 4 "$(microctr logs loop | grep -c again)"
  same "status" 3 "$(state_of loop status)"
}

test_restart_no_and_on_failure() {
  exits 0 microctr start "$(busybox_conf never "sh -c 'sleep 0.1; exit 3'" "restart = no")"
  exits 0 microctr start "$(busybox_conf good "sh -c 'sleep 0.1; exit 0'" "restart_delay = 10ms")"
  eventually is_state never exited
  eventually is_state good exited
  same "status" 3 "$(state_of never status)"
  exits 0 microctr start "$(busybox_conf always "sh -c 'echo life; sleep 0.05'" "restart = always" "restart_delay = 10ms")"
  eventually restarts_at_least always 2
  exits 0 microctr stop -t 100ms always
}

# issue: after, requires; independent ones start in parallel
test_order() {
  mkdir -p "$T/shared"
  chmod 777 "$T/shared"
  service_conf once "sh -c 'sleep 0.3; touch /shared/once'" "type = oneshot" "volume = $T/shared:/shared"
  service_conf top "sh -c 'ls /shared; exec sleep 1000'" "requires = once" "volume = $T/shared:/shared"
  service_conf alone "sleep 1000"
  supervise
  eventually is_state top running
  has once "$(microctr logs top)"
  eventually is_state alone running
  end_service
}

test_a_circle_is_an_error() {
  service_conf left "sleep 1000" "after = right"
  service_conf right "sleep 1000" "after = left"
  service_conf free "sleep 1000"
  supervise
  eventually is_state free running
  end_service
  has circle "$(cat "$T/supervise.log")"
}

test_requires_of_what_fails() {
  service_conf broken "sh -c 'exit 3'" "type = oneshot" "restart = no"
  service_conf needs "sleep 1000" "requires = broken"
  supervise
  eventually is_state needs failed
  end_service
  has "requires broken, which has failed" "$(cat "$T/supervise.log")"
  exits 125 microctr start "$(busybox_conf lonely "sleep 1000" "requires = nobody")"
  has "not known here" "$err"
}

test_wait_path() {
  exits 0 microctr start "$(busybox_conf late "sleep 1000" "wait_path = $T/disk/file")"
  has "waits for $T/disk/file" "$err"
  is_state late waiting || fail "it is $(state_of late state)"
  mkdir "$T/disk"
  touch "$T/disk/file"
  eventually is_state late running
  exits 0 microctr stop -t 100ms late
}

# issue: stopping in reverse order of `after`, every wait bounded
test_stop_in_reverse_order() {
  mkdir -p "$T/shared"
  chmod 777 "$T/shared"
  # shellcheck disable=SC2016
  local script='sh -c "trap \"echo $0 >> /shared/ends; exit 0\" TERM; while :; do sleep 0.05; done"'
  service_conf first "${script/\$0/first}" "volume = $T/shared:/shared"
  service_conf second "${script/\$0/second}" "volume = $T/shared:/shared" "after = first"
  service_conf third "${script/\$0/third}" "volume = $T/shared:/shared" "after = second"
  supervise
  eventually is_state third running || fail "$(cat "$T/supervise.log")"
  sleep 0.3
  end_service
  same "order" "third second first" "$(tr '\n' ' ' <"$T/shared/ends" | sed 's/ $//')"
}

# issue: reload compares, and touches only what changed
test_reload() {
  service_conf same "sleep 1000"
  service_conf changed "sleep 1000"
  service_conf gone "sleep 1000"
  supervise
  for one in same changed gone; do eventually is_state "$one" running; done
  local kept changed
  kept=$(first_pid same) changed=$(first_pid changed)
  service_conf changed "sleep 2000"
  service_conf new "sleep 1000"
  rm "$T/etc/containers/gone.conf"
  exits 0 microctr reload
  eventually is_state new running
  eventually is_state gone exited
  eventually is_state changed running
  same "process of what did not change" "$kept" "$(first_pid same)"
  [ "$(first_pid changed)" != "$changed" ] || eventually test "$(first_pid changed)" != "$changed"
  echo "nonsense" >"$T/etc/containers/same.conf"
  exits 2 microctr reload
  same "process of what has become invalid" "$kept" "$(first_pid same)"
  end_service
}

# issue: a file that has become invalid leaves its container alone, whatever the container is called; so does a
# directory that cannot be read
test_reload_of_what_cannot_be_read() {
  service_conf file "sleep 1000" "name = web"
  supervise
  eventually is_state web running
  local kept
  kept=$(first_pid web)
  echo "nonsense" >>"$T/etc/containers/file.conf"
  exits 2 microctr reload
  has "0 gone" "$err"
  mv "$T/etc/containers" "$T/aside"
  touch "$T/etc/containers"
  exits 2 microctr reload
  has "Not a directory" "$err"
  rm "$T/etc/containers"
  mv "$T/aside" "$T/etc/containers"
  same "process" "$kept" "$(first_pid web)"
  is_state web running || fail "it is $(state_of web state)"
  end_service
}

# The same file, however it is named and whatever -o it was started with.
test_reload_of_what_was_started_by_hand() {
  service_conf web "sleep 1000" "autostart = no"
  service_conf over "sleep 1000" "autostart = no"
  supervise
  (cd "$T/etc/containers" && microctr start ./web.conf) || fail "not started"
  exits 0 microctr start -o memory=16M over
  local web over
  web=$(first_pid web) over=$(first_pid over)
  exits 0 microctr reload
  same "summary" "0 started, 0 changed, 0 gone" "$out"
  same "processes" "$web $over" "$(first_pid web) $(first_pid over)"
  end_service
}

test_two_files_of_one_name() {
  service_conf first "sleep 1000" "name = web"
  service_conf second "sleep 2000" "name = web"
  supervise
  eventually is_state web running
  local kept
  kept=$(first_pid web)
  has "second: not started: first.conf has the same name, web" "$(cat "$T/supervise.log")"
  exits 2 microctr reload
  has "0 changed" "$err"
  same "process" "$kept" "$(first_pid web)"
  exits 2 microctr check "$T/etc/containers/first.conf" "$T/etc/containers/second.conf"
  has "second.conf: $T/etc/containers/first.conf has the same name, web" "$err"
  exits 0 microctr check "$T/etc/containers/first.conf" "$T/etc/containers/first.conf"
  end_service
}

test_restart_verb() {
  exits 0 microctr start "$(busybox_conf again "sleep 1000")"
  local first
  first=$(first_pid again)
  exits 0 microctr restart again
  [ "$(first_pid again)" != "$first" ] || fail "it is the same process"
  is_state again running || fail "it is $(state_of again state)"
  exits 0 microctr stop -t 100ms again
  exits 0 microctr restart again
  is_state again running || fail "it is $(state_of again state)"
}

test_on_failure_starts_another() {
  service_conf rescue "sleep 1000" "autostart = no"
  service_conf weak "sh -c 'exit 3'" "restart_delay = 10ms" "restart_limit = 1/60s" "on_failure = start:rescue"
  supervise
  eventually is_state weak failed
  eventually is_state rescue running
  end_service
}

# Each is down at once, and they start each other.
test_on_failure_in_a_circle() {
  service_conf tick "sleep 1000" "restart = no" "requires = nobody" "on_failure = start:tock"
  service_conf tock "sleep 1000" "restart = no" "requires = nobody" "on_failure = start:tick" "autostart = no"
  supervise
  eventually is_state tock failed
  sleep 0.2
  microctr list >/dev/null
  kill -0 "$service" || fail "the supervisor has died"
  [ "$(wc -l <"$T/supervise.log")" -lt 10 ] || fail "it does not wait: $(wc -l <"$T/supervise.log") starts"
  end_service
}

test_reload_of_what_was_gone() {
  service_conf back "sleep 1000"
  supervise
  eventually is_state back running
  mv "$T/etc/containers/back.conf" "$T/back.kept"
  exits 0 microctr reload
  eventually is_state back exited
  mv "$T/back.kept" "$T/etc/containers/back.conf"
  exits 0 microctr reload
  eventually is_state back running || fail "it is $(state_of back state)"
  end_service
}

test_reload_of_a_mistyped_path() {
  service_conf late "sleep 1000" "wait_path = $T/there.mistyped"
  touch "$T/there"
  supervise
  eventually is_state late waiting
  service_conf late "sleep 1000" "wait_path = $T/there"
  exits 0 microctr reload
  eventually is_state late running || fail "it is $(state_of late state)"
  end_service
}

# issue: unless-stopped stays stopped over the supervisor's own end
test_unless_stopped() {
  service_conf kept "sleep 1000" "restart = unless-stopped"
  supervise
  eventually is_state kept running
  exits 0 microctr stop -t 100ms kept
  end_service
  supervise
  sleep 0.3
  is_state kept exited || fail "it is $(state_of kept state)"
  exits 0 microctr start kept
  end_service
  supervise
  eventually is_state kept running
  end_service
}

test_pause_and_stop() {
  exits 0 microctr start "$(busybox_conf frozen "sh -c 'trap \"exit 0\" TERM; while :; do sleep 0.05; done'")"
  exits 0 microctr pause frozen
  has paused "$(microctr list)"
  exits 0 microctr resume frozen
  exits 0 microctr pause frozen
  exits 0 microctr stop frozen
  eventually is_state frozen exited
}

test_kill_verb() {
  exits 0 microctr start "$(busybox_conf target "sh -c 'trap \"echo usr1\" USR1; while :; do sleep 0.05; done'" "restart = no")"
  eventually microctr kill -s USR1 target
  eventually has_log target usr1
  exits 0 microctr kill target
  eventually is_state target exited
  same status 137 "$(state_of target status)"
}

# issue: broken configurations among good ones
test_broken_among_good() {
  service_conf good "sleep 1000"
  echo "comand = sleep" >"$T/etc/containers/bad.conf"
  supervise
  eventually is_state good running
  end_service
  has "bad.conf:1:1" "$(cat "$T/supervise.log")"
}

test_a_second_supervisor_is_refused() {
  service_conf one "sleep 1000"
  supervise
  exits 125 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" supervise
  has "runs already" "$err"
  end_service
}

# performance: with ten containers, no health check and no watchdog, nothing wakes us up and nothing is written
test_idle() {
  local name before
  for name in 1 2 3 4 5 6 7 8 9 10; do service_conf "idle$name" "sleep 1000"; done
  supervise
  for name in 1 2 3 4 5 6 7 8 9 10; do eventually is_state "idle$name" running; done
  sleep 0.3
  idle_counts() { grep -h '^voluntary' "/proc/$service/status"; grep -hE '^(wchar|write_bytes)' "/proc/$service/io"; }
  before=$(idle_counts)
  sleep 3
  same "wake-ups and bytes" "$before" "$(idle_counts)"
  end_service
}
