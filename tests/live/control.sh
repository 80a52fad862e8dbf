# Bad input on the control socket: garbage, truncated and oversized messages, wrong versions, clients that say nothing or
# never read, other users (threats.md, row "control socket"; issue 5). tools/knock.cpp is the client.
RESTARTS=yes

tool() {
  local source program
  source=$(dirname "${BASH_SOURCE[0]}")/tools/$1
  program=$WORK/tools/$(basename "${1%.*}")
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$source" -o "$program" || fail "cannot compile $1"
  echo "$program"
}

magic=0x7463636d
stop=2
restart=10 kill=11 pause=12 resume=13

# Runs `knock` on this test's socket; a container named keeper keeps the supervisor there.
knock() {
  local program
  program=$(tool knock.cpp) || return 1
  "$program" "$T/run/control" "$@" </dev/null
}
keeper() { microctr start "$(busybox_conf keeper 'sleep 1000')"; }
keeper_runs() { microctr list | grep -q '^keeper  *running'; }

# It still does what it is asked for.
still_serves() {
  exits 0 microctr start "$(busybox_conf other 'sleep 1000')"
  exits 0 microctr stop other
  microctr remove other
  keeper_runs || fail "the container has not survived"
}

# A client that waits, in the background, until `let_go`: keeps the other end of its standard input.
hold() {  # ACTION...
  local program
  program=$(tool knock.cpp) || return 1
  mkfifo "$T/hold"
  "$program" "$T/run/control" "$@" <"$T/hold" >"$T/held" 2>&1 &
  held=$!
  exec 9>"$T/hold"
  eventually grep -q ready "$T/held" || fail "the client: $(cat "$T/held")"
}
let_go() {
  exec 9>&-
  wait "$held" || true
  rm "$T/hold"
}

test_garbage() {
  keeper
  local size answer
  for size in 1 4 11 12 13 100 4096 65536; do
    answer=$(knock bytes "$size")
    has "2 the control message is not one of this version" "$answer"
  done
  still_serves
}

test_empty_message() {
  keeper
  same answer closed "$(knock bytes 0)"  # a message of no bytes is the end of a connection
  still_serves
}

test_truncated() {
  keeper
  local size
  for size in 1 3 4 5 7 8 11; do has "2 the control message" "$(knock cut "$size")"; done
  same "a request without a name" "1 no such container is running" "$(knock cut 12)"
  same "a name that is cut" "1 no such container is running" "$(knock cut 13)"
  still_serves
}

test_wrong_version() {
  keeper
  has "2 the control message" "$(knock header "$magic" 0 "$stop" keeper)"
  has "2 the control message" "$(knock header "$magic" 2 "$stop" keeper)"
  has "2 the control message" "$(knock header "$magic" 65535 "$stop" keeper)"
  has "2 the control message" "$(knock header 0x6d636374 1 "$stop" keeper)"
  still_serves
}

test_unknown_command() {
  keeper
  local command
  for command in 0 7 8 9 99 65535; do has "2 unknown command" "$(knock header "$magic" 1 "$command" keeper)"; done
  still_serves
}

# Names that are none, for each command that takes one.
test_names() {
  keeper
  local command name
  for command in "$stop" "$restart" "$pause" "$resume"; do
    for name in "" . .. / ../keeper keeper/ "$(printf 'x%.0s' $(seq 300))"; do
      knock header "$magic" 1 "$command" "$name" >"$T/answer"
      grep -qE '^[12] ' "$T/answer" || fail "command $command of '$name': $(cat "$T/answer")"
    done
  done
  for name in "" abc abcd abcdkeeper abcd../x; do
    knock header "$magic" 1 "$kill" "$name" >"$T/answer"
    grep -qE '^[12] ' "$T/answer" || fail "kill with '$name': $(cat "$T/answer")"
  done
  still_serves
}

test_oversized() {
  keeper
  local command
  for command in 1 "$stop" 6 "$restart" "$kill"; do
    knock long "$command" 65536 >"$T/answer"
    grep -qE '^(1|2|125) ' "$T/answer" || fail "65536 bytes for command $command: $(cat "$T/answer")"
    has "2 the control message" "$(knock long "$command" 65537)"
    has "2 the control message" "$(knock long "$command" 150000)"
  done
  still_serves
}

# More of them than the supervisor keeps connections for.
test_silent_clients() {
  keeper
  hold silent 100
  still_serves
  let_go
  still_serves
}

# It may wait for the lock that a command holds while that asks whether it is there.
test_full_queue() {
  keeper
  local supervisor knocks=()
  supervisor=$(sed -n 's/^owner = //p' "$T/run/containers/keeper/state")
  kill -STOP "$supervisor"
  for _ in $(seq 40); do
    timeout 3 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" kill nobody 2>/dev/null &
    knocks+=($!)
  done
  local status=0
  sleep 0.5
  timeout 2 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" list >/dev/null || status=$?
  kill -CONT "$supervisor"
  wait "${knocks[@]}" || true
  same "status of list" 0 "$status"
  still_serves
}

test_deaf_clients() {
  keeper
  hold deaf 100 "$stop" nobody
  still_serves
  let_go
  hold repeat 2000 "$stop" nobody
  still_serves
  let_go
  still_serves
}

# Who follows the events and never reads them misses some, and holds nobody up; and not everybody can follow.
test_deaf_followers() {
  keeper
  hold deaf 100 16
  local round
  for round in $(seq 20); do
    microctr pause keeper
    microctr resume keeper
  done
  still_serves
  let_go
  still_serves
}

# Its own directory keeps others out; where that has been opened, the supervisor asks the kernel who it is.
test_another_user() {
  keeper
  local program
  program=$(tool knock.cpp)
  cp "$program" "$T/knock"
  as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups -- "$T/knock" "$T/run/control" "$@"; }
  exits 3 as_nobody header "$magic" 1 "$stop" keeper
  has "Permission denied" "$err"
  chmod 755 "$T" "$T/run"
  chmod 777 "$T/run/control"
  exits 0 as_nobody header "$magic" 1 "$stop" keeper
  same answer closed "$out"
  chmod 700 "$T/run"
  still_serves
}
