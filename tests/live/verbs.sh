# Verbs of supervision on containers that a `run` owns, where they are done directly, and what all of them print: kill,
# pause, resume, stats, top, and --json against docs/json.md (issue 5, item 5).
RESTARTS=yes

keys() {  # [--all] VERB, JSON from standard input
  case "$1" in
    --all) python3 "$here/tools/json_keys.py" --all "$here/../../docs/json.md" "$2" ;;
    *) python3 "$here/tools/json_keys.py" "$here/../../docs/json.md" "$1" ;;
  esac
}

# A `run` in the background; its process is $runner.
foreground() {  # NAME COMMAND [KEY=VALUE]...
  local file
  file=$(busybox_conf "$@")
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$file" >"$T/$1.out" 2>&1 </dev/null &
  runner=$!
  eventually is_running "$1"
}
# Not by `exits`, whose subshell is no parent of it.
ends_with() {  # STATUS
  local status=0
  wait "$runner" || status=$?
  same "exit status of the run" "$1" "$status"
}
is_running() { microctr list | grep -q "^$1  *running"; }
number() {  # NAME KEY: from stats
  microctr stats --json "$1" | python3 -c 'import functools, json, sys
print(functools.reduce(lambda value, key: value[key], sys.argv[1].split("."), json.load(sys.stdin)[0]))' "$2"
}
used() { number "$1" cpu.usage_usec; }
has_used() { [ "$(used "$1")" -gt "$2" ]; }
loops() { [ "$(grep -c . "$T/loop.out")" -gt "$1" ]; }  # lines that it has written

# The same where the machine has no cgroup v2.
on_v1() {
  [ -n "$(awk '/ - cgroup .*freezer/ { print $5 }' /proc/self/mountinfo)" ] || skip "no v1 freezer hierarchy on this machine"
  unshare -m --propagation private bash -euc '
    for point in $(awk "/ - cgroup2 / { print \$5 }" /proc/self/mountinfo); do umount -l "$point"; done
    . "$1/lib.sh"
    T=$2
    . "$1/verbs.sh"
    "${@:3}"' on_v1 "$here" "$T" "$@"
}
here=${here:-$(dirname "${BASH_SOURCE[0]}")}

counting='sh -c "while :; do :; done"'

test_pause_direct() {
  foreground busy "$counting"
  eventually has_used busy 50000
  exits 0 microctr pause busy
  same output "" "$out$err"
  local before
  before=$(used busy)
  sleep 0.3  # there is nothing to wait for: it must not do anything
  same "processor time of a paused container" "$before" "$(used busy)"
  has '"paused":true' "$(microctr inspect --json busy)"
  exits 1 microctr pause busy
  same message "microctr: busy: it is paused already" "$err"
  exits 0 microctr resume busy
  eventually has_used busy "$before"
  exits 1 microctr resume busy
  same message "microctr: busy: it is not paused" "$err"
  exits 0 microctr kill busy
  ends_with 137
}

# v1 has no processor time here without a limit: the container counts itself.
pause_loop() {
  foreground loop 'sh -c "while :; do echo .; sleep 0.01; done"'
  eventually loops 3
  exits 0 microctr pause loop
  local before
  before=$(grep -c . "$T/loop.out")
  sleep 0.3  # there is nothing to wait for: it must not do anything
  same "lines of a paused container" "$before" "$(grep -c . "$T/loop.out")"
  exits 0 microctr resume loop
  eventually loops "$before"
  exits 0 microctr pause loop
  exits 0 microctr stop loop
  wait "$runner" || true
  foreground loop "sleep 1000"
  exits 0 microctr pause loop
  exits 0 microctr kill loop
  ends_with 137
  # What a killed owner has left paused, the next command can still end.
  foreground loop "sleep 1000"
  exits 0 microctr pause loop
  kill -KILL "$runner"
  wait "$runner" || true
  exits 0 microctr list
  eventually is_gone_by_name loop
}
test_pause_v1() { on_v1 pause_loop; }
test_pause_v2() { pause_loop; }

stats_v1() {
  foreground busy "$counting" "memory = 16M" "pids = 8" "cpus = 50%"
  same memory 16777216 "$(number busy memory.limit)"
  same pids 8 "$(number busy pids.limit)"
  [ "$(number busy memory.current)" -gt 0 ] || fail "no memory"
  microctr stats --json | keys stats
  microctr kill busy
  wait "$runner" || true
}
test_stats_v1() { on_v1 stats_v1; }

test_stop_of_paused() {
  foreground busy 'sh -c "trap \"exit 7\" TERM; while :; do :; done"'
  eventually has_used busy 50000
  exits 0 microctr pause busy
  exits 0 microctr stop busy
  ends_with 7
}

test_kill_of_paused() {
  foreground busy "$counting"
  exits 0 microctr pause busy
  exits 0 microctr kill busy
  ends_with 137
}

is_gone_by_name() { ! microctr list | grep -q "^$1 "; }

test_kill_signals() {
  foreground trapper 'sh -c "trap \"echo got it\" USR1; echo set; while :; do sleep 0.1; done"'
  eventually grep -q set "$T/trapper.out"
  exits 0 microctr kill -s USR1 trapper
  eventually grep -q "got it" "$T/trapper.out"
  exits 0 microctr kill --signal sigusr1 trapper
  exits 0 microctr kill -s 10 trapper
  exits 2 microctr kill -s USR7 trapper
  same message "microctr: kill -s: unknown signal 'USR7' (did you mean USR1?)" "$err"
  exits 2 microctr kill -s 0 trapper
  exits 2 microctr kill -s 65 trapper
  exits 0 microctr kill trapper
  ends_with 137
}

test_unknown_names() {
  local verb
  for verb in kill pause resume; do
    exits 1 microctr "$verb" nobody
    same message "microctr: nobody: no such container" "$err"
    exits 1 microctr "$verb" ../nobody
    exits 2 microctr "$verb"
  done
  for verb in stats top; do
    exits 1 microctr "$verb" nobody
    same message "microctr: nobody: no such container" "$err"
  done
  for verb in reload events reexec; do
    exits 1 microctr "$verb"
    same message "microctr: no supervisor runs here" "$err"
  done
  exits 1 microctr reexec "$T/nothing"
  has "reexec: run the program $T/nothing" "$err"
}

test_ended() {
  exits 0 microctr start "$(busybox_conf short 'true')"
  exits 0 microctr wait short
  local verb
  for verb in kill pause resume stats; do
    exits 1 microctr "$verb" short
    same message "microctr: short: it is not running" "$err"
  done
  exits 0 microctr stats
  same lines 1 "$(wc -l <<<"$out")"
  exits 0 microctr stats --json
  same rows "[]" "$out"
}

test_stats() {
  foreground busy "$counting" "memory = 16M" "pids = 8" "network = bridge"
  eventually has_used busy 50000
  exits 0 microctr stats --json
  keys stats <<<"$out"
  same memory 16777216 "$(number busy memory.limit)"
  same pids 8 "$(number busy pids.limit)"
  same processes 1 "$(number busy pids.current)"
  [ "$(number busy memory.current)" -gt 0 ] || fail "no memory"
  [ "$(number busy memory.peak)" -ge "$(number busy memory.current)" ] || fail "the peak is below"
  has '"name":"eth0"' "$out"
  has_not '"name":"lo"' "$out"
  exits 0 microctr stats busy
  has "/16.0M" "$out"
  exits 0 microctr stats --no-stream
  microctr kill busy
  wait "$runner" || true
}

# Without a limit the controller counts for everybody together: nothing is said then.
test_stats_without_limits() {
  foreground free "sleep 1000" "network = host"
  exits 0 microctr stats --json free
  keys stats <<<"$out"
  has_not '"limit"' "$out"
  has '"network":[]' "$out"
  microctr kill free
  wait "$runner" || true
}

test_top_without_terminal() {
  foreground idle "sleep 1000"
  foreground busy "$counting"
  exits 0 microctr top --json
  keys stats <<<"$out"
  has '[{"name":"busy"' "$out"
  exits 0 microctr top idle
  same lines 2 "$(wc -l <<<"$out")"
  microctr kill idle busy
  wait
}

# On a terminal it goes on until `q`, and gives the terminal back as it was.
test_top_on_a_terminal() {
  local program=$WORK/tools/terminal
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -x c++ "$here/tools/terminal.cpp" -o "$program" || fail "cannot compile terminal.cpp"
  foreground idle "sleep 1000"
  local key
  for key in q Q ^C; do
    printf 'expect idle\nexpect idle\nsize 5 40\nexpect idle\nsend %s\n' "$key" >"$T/steps"
    exits 0 "$program" "$T/steps" "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" top
  done
  printf 'expect idle\nsignal 15\n' >"$T/steps"
  exits 0 "$program" "$T/steps" "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" top
  microctr kill idle
  ends_with 137
}

test_json_of_list_and_inspect() {
  foreground one "sleep 1000" "memory = 16M" "network = bridge" "publish = 18080:80"
  exits 0 microctr start "$(busybox_conf two 'true')"
  exits 0 microctr wait two
  exits 0 microctr list --json
  keys list <<<"$out"
  exits 0 microctr inspect --json one two
  keys inspect <<<"$out"
  has '"published":[{' "$out"
  exits 0 microctr version --json
  keys --all version <<<"$out"
  microctr kill one
  wait "$runner" || true
}

test_json_of_check() {
  printf 'layer = busybox\ncommand = true\n' | conf good >/dev/null
  printf 'layer = busybox\nmemroy = 1\n' | conf bad >/dev/null
  printf 'layer = busybox\ncommand = true\nafter = right\n' | conf left >/dev/null
  printf 'layer = busybox\ncommand = true\nafter = left\n' | conf right >/dev/null
  exits 2 microctr check --json "$T/good.conf" "$T/bad.conf" "$T/nothing.conf" "$T/left.conf" "$T/right.conf"
  keys check <<<"$out"
  same "standard error" "" "$err"
  python3 - "$out" <<'PYTHON'
import json, sys
rows = json.loads(sys.argv[1])
assert [row["ok"] for row in rows] == [True, False, False, True, True, False], rows
assert rows[1]["errors"][0]["line"] == 2 and "memory" in rows[1]["errors"][0]["text"], rows
assert "circle" in rows[5]["errors"][0]["text"], rows
PYTHON
  exits 0 microctr check --json "$T/good.conf"
  same rows "[{\"file\":\"$T/good.conf\",\"ok\":true,\"errors\":[]}]" "$out"
}

test_json_of_logs() {
  exits 0 microctr start "$(busybox_conf talker 'sh -c "echo one; echo two >&2; printf three"')"
  exits 0 microctr wait talker
  exits 0 microctr logs --json talker
  keys --all logs <<<"$(grep partial <<<"$out")"
  keys logs <<<"$out"
}

# --- with a supervisor

state_of() { microctr list | awk -v name="$1" '$1 == name { print $2 }'; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
pid_of() { microctr list | awk -v name="$1" '$1 == name { print $4 }'; }
follow_events() {  # what they say is in $T/events
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" events "$@" >"$T/events" 2>"$T/events.err" &
  follower=$!
}
says() { grep -qE "$1" "$T/events"; }

# Asked of the supervisor: the same as done directly.
test_supervised() {
  exits 0 microctr start "$(busybox_conf one "$counting")" "$(busybox_conf two 'sleep 1000')"
  same output "" "$out$err"
  eventually has_used one 50000
  exits 0 microctr pause one two
  is_state one paused || fail "$(microctr list)"
  local before
  before=$(used one)
  sleep 0.3  # there is nothing to wait for: it must not do anything
  same "processor time of a paused container" "$before" "$(used one)"
  exits 1 microctr pause one
  same message "microctr: one: it is paused already" "$err"
  exits 0 microctr resume one
  eventually has_used one "$before"
  before=$(pid_of one)
  exits 0 microctr restart one
  is_state one running || fail "$(microctr list)"
  [ "$(pid_of one)" != "$before" ] || fail "it is the same process"
  exits 0 microctr stop two  # which is paused
  exits 0 microctr restart two
  is_state two running || fail "$(microctr list)"
  exits 0 microctr list --json
  keys list <<<"$out"
  exits 0 microctr stop one two
}

test_restart_of_unknown() {
  exits 1 microctr restart nobody
  busybox_conf later "sleep 1000" >/dev/null
  mv "$T/later.conf" "$T/etc/containers"
  exits 0 microctr restart later
  is_state later running || fail "$(microctr list)"
}

test_events() {
  exits 0 microctr start "$(busybox_conf keeper 'sleep 1000')"
  follow_events
  # Whether it follows already can be seen by an event only.
  eventually is_followed
  exits 0 microctr start "$(busybox_conf short 'sh -c "sleep 0.1; exit 3"' 'restart = no')"
  eventually says '^20[0-9-]*T[0-9:.]*Z short start$'
  eventually says ' short exit status 3$'
  exits 0 microctr kill -s USR1 keeper
  eventually says ' keeper kill signal USR1$'
  exits 0 microctr stop keeper
  eventually says ' keeper stop'
  wait "$follower"
  same "standard error" "" "$(cat "$T/events.err")"
}
is_followed() { microctr pause keeper && microctr resume keeper && sleep 0.1 && says ' keeper resume$'; }

test_json_of_events() {
  exits 0 microctr start "$(busybox_conf keeper 'sleep 1000')"
  follow_events --json
  eventually is_followed_json
  exits 0 microctr kill -s USR1 keeper
  eventually says '"signal":10'
  exits 0 microctr stop keeper
  wait "$follower"
  keys events <"$T/events"
}
is_followed_json() { microctr pause keeper && microctr resume keeper && sleep 0.1 && says '"event":"resume"'; }

# Whoever has read enough ends us, also while nothing happens; what cannot be written is an error.
test_output_that_nobody_takes() {
  exits 0 microctr start "$(busybox_conf talker "sh -c 'echo one; exec sleep 1000'")"
  exits 0 timeout 10 sh -c "{ '$BINARY' --runtime-dir '$T/run' logs -f talker; echo \$? >'$T/status'; } | head -n 1"
  same "line and status" "one 0" "$out $(cat "$T/status")"
  exits 0 timeout 10 sh -c "{ '$BINARY' --runtime-dir '$T/run' events; echo \$? >'$T/status'; } | sleep 0.2"
  same "status" 0 "$(cat "$T/status")"
  exits 1 sh -c "'$BINARY' --runtime-dir '$T/run' list --json >/dev/full"
  has "write to standard output: No space" "$err"
  exits 1 sh -c "timeout 10 '$BINARY' --runtime-dir '$T/run' logs -f talker >/dev/full"
  exits 0 microctr stop -t 100ms talker
}

# What would be ignored is refused.
test_options_of_other_verbs() {
  busybox_conf some "echo" >/dev/null
  for call in "check $T/some.conf -- $T/none.conf" "start $T/some.conf -- words" "stop some -- none" "restart -o memory=1M some" \
    "exec -o memory=1M some true" "stop -o memory=1M some" "explain --json $T/some.conf" "doctor --json" "wait --json some" \
    "logs --failure -f some" "logs --failure -n 1 some"; do
    # shellcheck disable=SC2086
    exits 2 microctr $call
    one_line "$err"
  done
  has "-n" "$err"
  exits 0 microctr run "$T/some.conf" -- -- x
  same "words" "-- x" "$out"
}

# A file in the root directory: what it names is beside it.
test_a_file_in_the_root_directory() {
  mkdir -p "$T"/root/{usr,proc}
  for name in lib lib64; do ln -s "usr/$name" "$T/root/$name"; done  # of a program that is not static
  cp "$BINARY" "$T/root/microctr"
  { echo "layer = busybox"; echo "command = true"; echo "volume = ./data:/data"; } >"$T/root/web.conf"
  # shellcheck disable=SC2016
  exits 0 unshare -m sh -c 'cd "$1" && mount --bind /usr usr && mount --bind /proc proc && exec chroot . /microctr check /web.conf' _ "$T/root"
}
