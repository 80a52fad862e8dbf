# The life cycle verbs, seen from outside: run start stop list inspect logs wait remove (issue 2, item 7).

number_of() {  # NAME KEY: a number from inspect
  microctr inspect --json "$1" | sed -n "s/.*\"$2\":\([0-9]*\)[,}].*/\1/p"
}

state_of() { microctr list | awk -v name="$1" '$1 == name { print $2 }'; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
is_gone() { ! [ -e "/proc/$1" ]; }
has_line() { grep -qxF -- "$2" "$1"; }

valid_json() {  # TEXT
  type python3 >/dev/null 2>&1 || return 0
  printf '%s' "$1" | python3 -m json.tool >/dev/null || fail "not JSON: $1"
}

# Its supervisor has ended and has taken its socket with it.
no_supervisor() { ! [ -e "$T/run/control" ] && ! pgrep -f -- "^$BINARY .*$T/run" >/dev/null; }

# --- run

test_run_status() {
  exits 0 inside 'exit 0'
  exits 7 inside 'exit 7'
  exits 255 inside 'exit 255'
  same "standard error" "" "$err"
}

test_run_streams() {
  exits 0 inside 'echo to-output; echo to-error >&2'
  same output to-output "$out"
  same error to-error "$err"
  same "standard input" "a b c" "$(echo 'a b c' | inside cat)"
  # Closed standard streams must not become somebody else's descriptors.
  exits 0 inside 'echo fine' <&-
  same output fine "$out"
  inside 'ls -l /proc/self/fd' >&- 2>&- || fail "failed with closed streams"
}

test_run_arguments() {
  busybox_conf args "echo fixed" >/dev/null
  same "output" "fixed one two  three" "$(microctr run "$T/args.conf" -- one "two  three")"
  same "output" "fixed -x -- -y" "$(microctr run "$T/args.conf" -- -x -- -y)"
}

test_run_signal_status() {
  sleeper killed >/dev/null
  background run "$T/killed.conf"
  run=$!
  eventually is_state killed running
  kill -SEGV "$(number_of killed pid)"  # a fault ends even a first process; sent from outside it needs KILL
  kill -KILL "$(number_of killed pid)"
  status=0
  wait "$run" || status=$?
  same status 137 "$status"
}

test_run_forwards_signals() {
  local signal code
  busybox_conf ears "sh -c \"trap 'exit 41' TERM; trap 'exit 42' INT; trap 'exit 43' HUP; trap 'exit 44' USR1; echo ready; while true; do sleep 1000 & wait; done\"" >/dev/null
  for signal in TERM:41 INT:42 HUP:43 USR1:44; do
    rm -f "$T/said"
    background run "$T/ears.conf" >"$T/said"
    run=$!
    eventually has_line "$T/said" ready
    kill "-${signal%:*}" "$run"
    code=0
    wait "$run" || code=$?
    same "status after ${signal%:*}" "${signal#*:}" "$code"
  done
}

# The first process of a pid namespace never sees a signal that it does not catch: its end is what was meant.
test_run_deaf_program() {
  local signal code
  sleeper deaf >/dev/null
  for signal in TERM INT HUP; do
    background run "$T/deaf.conf"
    run=$!
    eventually is_state deaf running
    kill "-$signal" "$run"
    code=0
    wait "$run" || code=$?
    same "status after $signal" 137 "$code"
  done
}

# A set-up that does not come to its end can be ended, and leaves nothing.
test_run_ends_during_its_set_up() {
  local hold=$WORK/tools/hold signal code run
  mkdir -p "$WORK/tools"
  [ -x "$hold" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$(dirname "${BASH_SOURCE[0]}")/tools/hold.c" -o "$hold"
  sleeper held >/dev/null
  for signal in TERM:143 INT:130; do
    "$hold" "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/held.conf" 2>"$T/stderr" &
    run=$!
    eventually is_state held starting
    sleep 0.3
    kill "-${signal%:*}" "$run"
    (sleep 5; kill -KILL "$run") 2>/dev/null &
    code=0
    wait "$run" || code=$?
    same "status after ${signal%:*}" "${signal#*:}" "$code"
    one_line "$(cat "$T/stderr")"
    same list "NAME" "$(microctr list | awk '{ print $1 }')"
  done
}

# What the caller ignores (nohup, `&` in a script) is not passed on to the program.
test_run_signals_start_fresh() {
  same "ignored and blocked signals" "SigBlk:	0000000000000000 SigIgn:	0000000000000000 " \
    "$(trap '' INT QUIT HUP USR1 PIPE; inside 'grep -E "Sig(Blk|Ign)" /proc/self/status' | tr '\n' ' ')"
}

test_run_leaves_no_record() {
  inside true
  same list "NAME" "$(microctr list | awk '{ print $1 }')"
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

test_run_while_running() {
  sleeper twice >/dev/null
  microctr start "$T/twice.conf"
  exits 125 microctr run "$T/twice.conf"
  one_line "$err"
  has "twice" "$err"
  has "running" "$err"
  same state running "$(state_of twice)"
}

test_stop_of_a_run() {
  busybox_conf front "sh -c \"trap 'exit 5' TERM; echo ready; while true; do sleep 1000 & wait; done\"" >/dev/null
  background run "$T/front.conf" >"$T/said"
  run=$!
  eventually has_line "$T/said" ready
  has '"foreground":true' "$(microctr list --json)"
  microctr stop front
  code=0
  wait "$run" || code=$?
  same "status of run" 5 "$code"
}

# --- start, stop

test_start_list_stop() {
  sleeper one >/dev/null
  exits 0 microctr start "$T/one.conf"
  same "output of start" "" "$out$err"
  same state running "$(state_of one)"
  [ -d "/proc/$(number_of one pid)" ] || fail "no process"
  exits 0 microctr stop one
  same "output of stop" "" "$out$err"
  same state exited "$(state_of one)"
  exits 0 microctr stop one
  exits 0 microctr remove one
  same state "" "$(state_of one)"
  eventually no_supervisor
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

# When start returns, the program has been exec'ed: the process is no longer microctr.
test_start_has_executed() {
  local round
  sleeper executed >/dev/null
  for round in 1 2 3 4 5 6 7 8; do
    microctr start "$T/executed.conf"
    same "program in round $round" sleep "$(tr '\0' ' ' <"/proc/$(number_of executed pid)/cmdline" | cut -d' ' -f1)"
    microctr stop executed
  done
}

test_start_fails() {
  busybox_conf wrong "/no/such/program" >/dev/null
  exits 127 microctr start "$T/wrong.conf"
  one_line "$err"
  has "microctr: wrong: " "$err"
  same state "" "$(state_of wrong)"
  # The supervisor that it brought up has nothing to do.
  eventually no_supervisor
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

# A program that ends at once has been started all the same.
test_start_of_a_short_one() {
  local round
  busybox_conf short "sh -c \"exit 3\"" >/dev/null
  for round in 1 2 3 4 5 6 7 8; do
    exits 0 microctr start "$T/short.conf"
    same "status in round $round" 3 "$(microctr wait short)"
    eventually is_state short exited
  done
}

test_start_twice() {
  sleeper again >/dev/null
  microctr start "$T/again.conf"
  pid=$(number_of again pid)
  exits 125 microctr start "$T/again.conf"
  one_line "$err"
  has "microctr: again: " "$err"
  has "running" "$err"
  same "pid of the first" "$pid" "$(number_of again pid)"
  # Another file with the same name is the same container.
  mkdir "$T/other"
  cp "$T/again.conf" "$T/other/"
  exits 125 microctr start "$T/other/again.conf"
}

test_start_after_crash() {
  sleeper crash >/dev/null
  microctr start "$T/crash.conf"
  kill -KILL "$(number_of crash pid)"
  eventually is_state crash exited
  same status 137 "$(microctr wait crash)"
  microctr start "$T/crash.conf"
  same state running "$(state_of crash)"
}

test_start_several_arguments() {
  sleeper several-a >/dev/null
  busybox_conf several-b /no/such/program >/dev/null
  sleeper several-c >/dev/null
  exits 127 microctr start "$T/several-a.conf" "$T/several-b.conf" "$T/several-c.conf"
  one_line "$err"
  same "state of a" running "$(state_of several-a)"
  same "state of c" running "$(state_of several-c)"
  exits 0 microctr stop several-a several-c
  exits 1 microctr stop several-a nobody several-c
  one_line "$err"
}

# One supervisor for all, brought up by the first start, gone with the last container.
test_start_twenty_at_once() {
  local index jobs=() names=()
  for index in $(seq 20); do
    sleeper "many-$index" >/dev/null
    names+=("many-$index")
    background start "$T/many-$index.conf"
    jobs+=($!)
  done
  for index in "${jobs[@]}"; do wait "$index" || fail "a start failed"; done
  same "running ones" 20 "$(microctr list | grep -c running)"
  for index in "${names[@]}"; do number_of "$index" supervisor_pid; done | sort -u >"$T/supervisors"
  same "number of supervisors" 1 "$(wc -l <"$T/supervisors")"
  [ -e "/proc/$(cat "$T/supervisors")" ] || fail "the supervisor does not run"
  microctr stop "${names[@]}"
  same "exited ones" 20 "$(microctr list | grep -c exited)"
  eventually is_gone "$(cat "$T/supervisors")"
  eventually no_supervisor
  microctr remove "${names[@]}"
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

# More clients than the supervisor serves at once (32) wait for their turn.
test_start_sixty_at_once() {
  local index jobs=() names=()
  for index in $(seq 60); do
    busybox_conf "crowd-$index" "sleep 1000" "namespaces = mount pid" >/dev/null
    names+=("crowd-$index")
    background start "$T/crowd-$index.conf"
    jobs+=($!)
  done
  for index in "${jobs[@]}"; do wait "$index" || fail "a start failed"; done
  same "running ones" 60 "$(microctr list | grep -c running)"
  microctr stop "${names[@]}"
}

# Two starts of one name at the same moment: one wins, the other says so.
test_race_same_name() {
  local round first second won lost
  sleeper race >/dev/null
  for round in $(seq 10); do
    background start "$T/race.conf" 2>"$T/first"
    first=$!
    background start "$T/race.conf" 2>"$T/second"
    second=$!
    won=0 lost=0
    for job in $first $second; do
      code=0
      wait "$job" || code=$?
      case $code in 0) won=$((won + 1)) ;; 125) lost=$((lost + 1)) ;; *) fail "status $code: $(cat "$T/first" "$T/second")" ;; esac
    done
    same "winners in round $round" 1 "$won"
    one_line "$(cat "$T/first" "$T/second")"
    has running "$(cat "$T/first" "$T/second")"
    microctr stop race
  done
}

# Two first starts at the same moment bring up one supervisor; and a start just when it is about to end finds another.
test_race_first_start() {
  local round left right
  sleeper left >/dev/null
  sleeper right >/dev/null
  for round in $(seq 10); do
    background start "$T/left.conf"
    left=$!
    background start "$T/right.conf"
    right=$!
    wait "$left" || fail "left in round $round"
    wait "$right" || fail "right in round $round"
    same "supervisor of both" "$(number_of left supervisor_pid)" "$(number_of right supervisor_pid)"
    same "state of both" "running running" "$(state_of left) $(state_of right)"
    microctr stop left right
  done
}

test_race_stop_and_start() {
  local round
  sleeper goes >/dev/null
  for round in $(seq 10); do
    microctr start "$T/goes.conf"
    background stop goes
    stop=$!
    # It runs yet, or has ended: both are answers, anything else is not.
    code=0
    microctr start "$T/goes.conf" 2>"$T/said" || code=$?
    case $code in 0) ;; 125) has running "$(cat "$T/said")" ;; *) fail "status $code: $(cat "$T/said")" ;; esac
    wait "$stop" || fail "stop in round $round"
    microctr stop goes
    same "state in round $round" exited "$(state_of goes)"
  done
}

test_stop_ignored() {
  busybox_conf stubborn "sh -c \"trap '' TERM; echo ready; while true; do sleep 1000; done\"" "stop_timeout = 200ms" >/dev/null
  microctr start "$T/stubborn.conf"
  eventually log_has stubborn ready
  microctr stop stubborn
  same status 137 "$(microctr wait stubborn)"
}

log_has() { microctr logs "$1" 2>&1 | grep -qxF -- "$2"; }

test_stop_with_time() {
  busybox_conf slow "sh -c \"trap '' TERM; echo ready; while true; do sleep 1000; done\"" "stop_timeout = 1h" >/dev/null
  microctr start "$T/slow.conf"
  eventually log_has slow ready
  exits 2 microctr stop -t soon slow
  one_line "$err"
  exits 0 microctr stop -t 100ms slow
  same status 137 "$(microctr wait slow)"
}

test_stop_signal() {
  busybox_conf polite "sh -c \"trap 'exit 33' INT; trap 'exit 34' TERM; echo ready; while true; do sleep 1000 & wait; done\"" "stop_signal = INT" >/dev/null
  microctr start "$T/polite.conf"
  eventually log_has polite ready
  microctr stop polite
  same status 33 "$(microctr wait polite)"
  microctr start "$T/polite.conf" -o stop_signal=SIGTERM
  eventually log_has polite ready
  microctr stop -t 1m polite
  same status 34 "$(microctr wait polite)"
}

test_unknown_name() {
  local verb
  for verb in stop wait remove inspect logs; do
    exits 1 microctr "$verb" nobody
    one_line "$err"
    has "nobody: no such container" "$err"
  done
  exits 1 microctr exec nobody true
  one_line "$err"
  exits 1 microctr start nobody
  one_line "$err"
  for verb in stop wait remove inspect logs; do
    exits 1 microctr "$verb" ../../etc
    one_line "$err"
    exits 1 microctr "$verb" .
    one_line "$err"
    exits 1 microctr "$verb" ''
    one_line "$err"
  done
}

test_wait() {
  busybox_conf waited "sh -c \"trap 'exit 9' TERM; echo ready; while true; do sleep 1000 & wait; done\"" >/dev/null
  microctr start "$T/waited.conf"
  eventually log_has waited ready
  background wait waited >"$T/one"
  one=$!
  background wait waited waited >"$T/two"
  two=$!
  microctr stop waited
  wait "$one" || fail "first waiter"
  wait "$two" || fail "second waiter"
  same "first waiter" 9 "$(cat "$T/one")"
  same "second waiter" "9 9" "$(echo $(cat "$T/two"))"
}

test_remove() {
  sleeper kept >/dev/null
  microctr start "$T/kept.conf"
  exits 1 microctr remove kept
  one_line "$err"
  has running "$err"
  microctr stop kept
  exits 0 microctr remove kept
  exits 1 microctr remove kept
  # What must last stays until --data.
  busybox_conf lasting "sh -c \"echo mine >/file; echo more >/data/file\"" "upper = persistent" "volume = store:/data" >/dev/null
  microctr start "$T/lasting.conf"
  microctr wait lasting >/dev/null
  microctr remove lasting
  [ -n "$(find "$T/data/containers/lasting" -name file)" ] || fail "the data is gone"
  microctr remove --data lasting
  [ ! -e "$T/data/containers/lasting" ] || fail "left: $(find "$T/data/containers")"
}

# --- list, inspect

test_list() {
  same "empty list" "[]" "$(microctr list --json)"
  [ ! -e "$T/run" ] || fail "list made the runtime directory"
  sleeper bbb >/dev/null
  busybox_conf aaa "sh -c \"exit 4\"" >/dev/null
  microctr start "$T/bbb.conf" "$T/aaa.conf"
  microctr wait aaa >/dev/null
  eventually is_state aaa exited
  same "names, sorted" "NAME aaa bbb" "$(echo $(microctr list | awk '{ print $1 }'))"
  same "status" 4 "$(microctr list | awk '$1 == "aaa" { print $3 }')"
  same "by its other name" "$(microctr list)" "$(microctr ps)"
  json=$(microctr list --json)
  valid_json "$json"
  has '"name":"aaa","state":"exited"' "$json"
  has '"status":4' "$json"
  has '"name":"bbb","state":"running"' "$json"
  if type python3 >/dev/null 2>&1; then
    same "by a JSON reader" "aaa exited 4 bbb running 0" "$(printf '%s' "$json" | python3 -c '
import json, sys
for c in json.load(sys.stdin): print(c["name"], c["state"], c["status"], end=" ")' | sed "s/ $//")"
  fi
}

test_json_by_python() {
  type python3 >/dev/null 2>&1 || skip "no python3 to read JSON with"
  busybox_conf quoted "echo 'a \"b\" \\\\ c' \"tab	é\"" 'description = He said "no" \ yes' >/dev/null
  microctr start "$T/quoted.conf"
  microctr wait quoted >/dev/null
  valid_json "$(microctr inspect --json quoted)"
  busybox_conf slash "true" 'description = a, b \' >/dev/null
  microctr start "$T/slash.conf"
  same "lines of inspect" "$(microctr inspect slash | wc -l)" "$(microctr inspect slash | grep -c '^"[a-z_]*":')"
  has_not '"b' "$(microctr inspect slash | sed -n 's/^"description":"a, b .*",./"b/p')"
  same "description" 'He said "no" \ yes' "$(microctr inspect --json quoted | python3 -c 'import json, sys; print(json.load(sys.stdin)["description"])')"
  same "command" '["echo", "a \"b\" \\\\ c", "tab\t\u00e9"]' \
    "$(microctr inspect --json quoted | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["command"]))')"
}

test_inspect() {
  local kind pid
  sleeper seen "hostname = box" "memory = 16M" "description = looks" >/dev/null
  microctr start "$T/seen.conf"
  json=$(microctr inspect --json seen)
  valid_json "$json"
  has '"name":"seen","state":"running"' "$json"
  has '"hostname":"box"' "$json"
  has '"command":["sleep","1000"]' "$json"
  has '"layers":["busybox"]' "$json"
  has '"creator_uid":0' "$json"
  has '16777216' "$json"
  pid=$(number_of seen pid)
  for kind in cgroup ipc mnt net pid uts user; do
    has "\"$kind\":{\"id\":$(readlink "/proc/$pid/ns/$kind" | tr -dc 0-9)" "$json"
  done
  has "\"owner\":$(readlink /proc/self/ns/user | tr -dc 0-9)" "$json"
  [ -d "$(printf '%s' "$json" | sed -n 's/.*"cgroup":"\([^"]*\)".*/\1/p')" ] || fail "its cgroup is not there: $json"
  microctr stop seen
  has '"state":"exited"' "$(microctr inspect --json seen)"
  has_not '"cgroup":"' "$(microctr inspect --json seen)"
  has '"state":"exited"' "$(microctr inspect seen)"
  same "lines of inspect" "$(microctr inspect seen | wc -l)" "$(microctr inspect seen | grep -c '^"[a-z_]*":')"
}

# --- logs

test_logs_streams() {
  busybox_conf speaks "sh -c \"echo to-output; echo to-error >&2\"" >/dev/null
  microctr start "$T/speaks.conf"
  microctr wait speaks >/dev/null
  exits 0 microctr logs speaks
  same output to-output "$out"
  same error to-error "$err"
  exits 0 microctr logs -t speaks
  case "$out" in 20[0-9][0-9]-*T*Z" to-output") ;; *) fail "no time: $out" ;; esac
  microctr start "$T/speaks.conf"
  microctr wait speaks >/dev/null
  same "log of both lives" "to-output to-output" "$(echo $(microctr logs speaks 2>/dev/null))"
}

test_logs_last_lines() {
  busybox_conf counts "seq 1 50" >/dev/null
  microctr start "$T/counts.conf"
  microctr wait counts >/dev/null
  same "all" "$(seq 1 50)" "$(microctr logs counts)"
  same "last three" "$(seq 48 50)" "$(microctr logs -n 3 counts)"
  same "none" "" "$(microctr logs -n 0 counts)"
  same "more than there are" "$(seq 1 50)" "$(microctr logs -n 1000 counts)"
  exits 2 microctr logs -n many counts
  one_line "$err"
  exits 2 microctr logs -n -1 counts
}

# A line longer than an entry of the log is still one line.
test_logs_long_line() {
  busybox_conf long "sh -c \"echo before; printf '%05000d' 1; echo; printf '%09000d' 2; echo; echo after\"" >/dev/null
  microctr start "$T/long.conf"
  microctr wait long >/dev/null
  microctr logs long >"$T/said"
  same "lines" 4 "$(wc -l <"$T/said")"
  same "first long line" 5000 "$(sed -n 2p "$T/said" | tr -d '\n' | wc -c)"
  same "second long line" 9000 "$(sed -n 3p "$T/said" | tr -d '\n' | wc -c)"
  same "last line" after "$(tail -n 1 "$T/said")"
  same "the last two lines" "9001 6" "$(echo $(microctr logs -n 2 long | while IFS= read -r line; do printf '%s\n' "$line" | wc -c; done))"
}

test_logs_partial_line() {
  busybox_conf partial "printf abc" >/dev/null
  microctr start "$T/partial.conf"
  microctr wait partial >/dev/null
  same log abc "$(microctr logs partial)"
  # Written in two goes, with standard error in between: still each its own.
  busybox_conf pieces "sh -c \"printf one-; sleep 0.1; printf 'two\\n'; echo three\"" >/dev/null
  microctr start "$T/pieces.conf"
  microctr wait pieces >/dev/null
  same log "one-two three" "$(echo $(microctr logs pieces))"
}

test_logs_bounded() {
  local size
  for size in 4 8; do
    busybox_conf "flood-$size" "sh -c \"seq 1 20000; echo last\"" "log = ring:${size}K" >/dev/null
    microctr start "$T/flood-$size.conf"
    microctr wait "flood-$size" >/dev/null
    same "last line" last "$(microctr logs "flood-$size" | tail -n 1)"
    bounded "flood-$size" $((size * 1024))
  done
  # Lines as long as entries can be.
  busybox_conf flood-wide "sh -c \"for i in 1 2 3 4 5 6 7 8 9; do printf '%04096d' 0; sleep 0.02; done\"" "log = ring:4K" >/dev/null
  microctr start "$T/flood-wide.conf"
  microctr wait flood-wide >/dev/null
  bounded flood-wide 4096
}

bounded() {  # NAME BYTES
  local size
  size=$(cat "$T/run/containers/$1"/log* | wc -c)
  [ "$size" -le "$2" ] || fail "the log of $1 has $size bytes, allowed are $2"
  [ "$size" -ge $(($2 / 4)) ] || fail "the log of $1 has only $size bytes of $2"
}

# Who floods the log is held up, not the supervisor: others can be started and stopped meanwhile.
test_logs_flood_of_another() {
  busybox_conf loud yes "log = ring:8K" >/dev/null
  sleeper quiet >/dev/null
  microctr start "$T/loud.conf"
  exits 0 microctr start "$T/quiet.conf"
  exits 0 microctr stop quiet
  bounded loud 8192
  microctr stop loud
  bounded loud 8192
}

# Over one change of the log's two files: nothing may be lost then.
test_logs_follow() {
  local round
  mkdir "$T/gate"
  busybox_conf follows "sh -c \"echo begin; while ! [ -e /gate/open ]; do sleep 0.02; done; seq 1 1000; echo end\"" "volume = $T/gate:/gate" "log = ring:64K" >/dev/null
  for round in $(seq 8); do  # a reader may meet a half-written entry: not each time
    rm -f "$T/gate/open"
    microctr start "$T/follows.conf"
    background logs -f follows >"$T/said"
    follower=$!
    eventually has_line "$T/said" begin
    touch "$T/gate/open"
    wait "$follower" || fail "status of the follower"
    (echo begin; seq 1 1000; echo end) >"$T/wanted"
    cmp -s "$T/wanted" "$T/said" || fail "round $round: $(diff "$T/wanted" "$T/said" | head -n 3 | tr '\n' ' ')"
    [ "$round" = 8 ] || microctr remove follows
  done
  exits 0 microctr logs -f follows  # has ended: prints and ends
  same "the last line" end "$(printf '%s\n' "$out" | tail -n 1)"
}

test_logs_none() {
  local option
  busybox_conf silent "sh -c \"echo lost\"" "log = none" >/dev/null
  microctr start "$T/silent.conf"
  microctr wait silent >/dev/null
  for option in "" -f; do
    exits 1 microctr logs $option silent
    one_line "$err"
    has "nothing of its output is kept (log = none)" "$err"
  done
  eventually is_state silent exited
}

# --- where the configuration comes from

test_start_by_name() {
  sleeper named >/dev/null
  mv "$T/named.conf" "$T/etc/containers/"
  microctr start named
  same state running "$(state_of named)"
  microctr stop named
  exits 1 microctr start nobody-there
  one_line "$err"
}

test_defaults() {
  printf 'env = FROM=defaults\nhostname = common\nlayer = busybox\n' >"$T/etc/defaults.conf"
  printf 'command = sh -c "echo $FROM $(hostname)"\n' | conf plain >/dev/null
  same "output" "defaults common" "$(microctr run "$T/plain.conf")"
  printf 'command = sh -c "echo $FROM $(hostname)"\nhostname = own\n' | conf plain >/dev/null
  same "the file wins" "defaults own" "$(microctr run "$T/plain.conf")"
  same "-o wins" "override own" "$(microctr run -o env=FROM=override "$T/plain.conf")"
  printf 'nonsense = 1\n' >"$T/etc/defaults.conf"
  exits 2 microctr run "$T/plain.conf"
  has "defaults.conf:1:1" "$err"
}

test_overrides() {
  busybox_conf over "sh -c \"hostname; pwd\"" "hostname = first" >/dev/null
  same "output" "second /tmp" "$(echo $(microctr run -o hostname=second -o workdir=/tmp "$T/over.conf"))"
  exits 2 microctr run -o nonsense=1 "$T/over.conf"
  one_line "$err"
  exits 2 microctr run -o hostname "$T/over.conf"
  one_line "$err"
  microctr start -o 'command=sleep 1000' -o name=renamed "$T/over.conf"
  same state running "$(state_of renamed)"
}

# A container whose file is somewhere else is started again by its name, as it was, from its record.
test_start_from_record() {
  busybox_conf moved "sh -c \"hostname; cat /side/file\"" "volume = ./side:/side" >/dev/null
  mkdir "$T/side"
  echo beside >"$T/side/file"
  microctr start -o hostname=remembered "$T/moved.conf"
  microctr wait moved >/dev/null
  rm "$T/moved.conf"
  (cd / && microctr start moved)
  microctr wait moved >/dev/null
  same log "remembered beside remembered beside" "$(echo $(microctr logs moved))"
  (cd / && microctr start -o hostname=newer moved)
  microctr wait moved >/dev/null
  same "last life" "newer beside" "$(echo $(microctr logs -n 2 moved))"
}
