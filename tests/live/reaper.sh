# init = yes: the reaper before the command. Each test runs with ids of its own and with those of the host.
RESTARTS=yes

is_state() { microctr list | grep -q "^$1 .*$2"; }
has_log() { microctr logs "$1" | grep -q "$2"; }  # NAME TEXT
first_pid() { microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9; }
with_both() { for userns in auto host; do "$@" "init = yes" "userns = $userns"; done; }

# A container that runs CODE by a shell.
code_conf() {  # NAME CODE [KEY=VALUE]...
  local name=$1 code=$2
  shift 2
  printf 'CODE=%s\n' "$code" >"$T/$name.env"
  busybox_conf "$name" 'sh -c "eval \"$CODE\""' "env_file = $T/$name.env" "$@"
}

# The command is the second process, without anything of the reaper's; that one has nothing of ours.
reaper_is_first() {
  local seen
  seen=$(inside 'echo $$ $PPID; cat /proc/1/comm; ls /proc/1/fd | tr "\n" " "; readlink /proc/1/exe; grep SigBlk /proc/$$/status; grep CapEff /proc/1/status /proc/$$/status | sed "s/.*://" | uniq | wc -l' "$@")
  same "what is inside ($*)" "2 1 init 0 1 2 3 /memfd:microctr (deleted) SigBlk: 0000000000000000 1" "$(echo $seen)"
}
test_reaper_is_first() { with_both reaper_is_first; }

cannot_be_overwritten() {
  local seen
  seen=$(inside 'for file in /proc/1/exe; do (echo x >$file) 2>/dev/null && echo written; chmod 0 $file 2>/dev/null; cp $file /tmp/copy && chmod 755 /tmp/copy && /tmp/copy; echo status $?; done' "tmpfs = /tmp" "$@")
  same "what it can do to the file ($*)" "status 126" "$seen"
  same "the next container" again "$(inside 'echo again' "$@")"
}
test_reaper_cannot_be_overwritten() { with_both cannot_be_overwritten; }

# 200 processes whose parent is gone, and as many zombies without the reaper.
orphans_are_reaped() {
  exits 7 inside 'n=0; while [ $n -lt 200 ]; do (sh -c "exit 3" &); n=$((n + 1)); done; tries=0; while [ "$(grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null)" ]; do tries=$((tries + 1)); [ $tries -lt 500 ] || exit 1; done; exit 7' "$@"
}
test_reaper_reaps_orphans() { with_both orphans_are_reaped; }

status_is_the_childs() {
  exits 0 inside true "$@"
  exits 42 inside 'exit 42' "$@"
  exits 143 inside 'kill -TERM $$' "$@"
  exits 137 inside 'kill -KILL $$' "$@"
  same "errors" "" "$err"
}
test_reaper_ends_with_the_childs_status() { with_both status_is_the_childs; }

exec_errors_are_told() {
  exits 127 microctr run "$(busybox_conf missing /no/such/program "$@")"
  same message "microctr: missing: execute /no/such/program: No such file or directory (not found in the container)" "$err"
  exits 126 microctr run "$(busybox_conf directory /etc "$@")"
  has "execute /etc: Permission denied" "$err"
  one_line "$err"
  printf '#!/no/such/interpreter\n' >"$T/script"
  chmod 755 "$T/script"
  exits 126 microctr run "$(busybox_conf script /script "volume = $T/script:/script:ro" "$@")"
  has "execute /script: Exec format error" "$err"
}
test_reaper_tells_errors_of_exec() { with_both exec_errors_are_told; }

run_signals_arrive() {
  local signal run code
  code_conf ears 'trap "exit 41" TERM; trap "exit 42" INT; trap "exit 43" HUP; trap "exit 44" USR1; echo ready; while true; do sleep 0.05; done' "$@" >/dev/null
  for signal in TERM:41 INT:42 HUP:43 USR1:44; do
    rm -f "$T/said"
    (trap - INT; exec "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/ears.conf") >"$T/said" </dev/null &
    run=$!
    eventually grep -q ready "$T/said"
    kill "-${signal%:*}" "$run"
    code=0
    wait "$run" || code=$?
    same "status after ${signal%:*} ($*)" "${signal#*:}" "$code"
  done
}
test_reaper_passes_signals_on() {
  trap 'true' INT  # else a background process ignores it from the start
  with_both run_signals_arrive
}

# A program that does not catch TERM dies of it, as it is not the first process any more; nobody waits for the time-out.
stops_at_once() {
  microctr start "$(busybox_conf sleeper "sleep 10000" "stop_timeout = 1h" "$@")"
  eventually is_state sleeper running
  exits 0 timeout 20 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" stop sleeper
  has 143 "$(microctr list | grep ^sleeper)"
  microctr remove sleeper
  microctr start "$(code_conf polite 'trap "echo bye; exit 3" TERM; echo ready; while true; do sleep 0.05; done' "stop_timeout = 1h" "$@")"
  eventually has_log polite ready
  exits 0 timeout 20 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" stop polite
  has bye "$(microctr logs polite)"
  microctr remove polite
}
test_reaper_stops_without_waiting() { with_both stops_at_once; }

# One that ignores TERM is killed after its time, with all that it started.
test_reaper_and_a_stubborn_program() {
  microctr start "$(code_conf stubborn 'trap "" TERM; echo ready; while true; do sleep 0.05; done' "init = yes" "stop_timeout = 200ms")"
  eventually has_log stubborn ready
  exits 0 microctr stop stubborn
  has 137 "$(microctr list | grep ^stubborn)"
}

# Without a pid namespace the reaper adopts what its children leave, and they do not outlive it.
test_reaper_without_pid_namespace() {
  exits 4 inside 'read comm </proc/$PPID/comm; [ $comm = init ] || exit 1; (sh -c "exit 3" &); tries=0; while [ "$(cat /proc/$PPID/task/$PPID/children)" != "$$ " ]; do tries=$((tries + 1)); [ $tries -lt 1000 ] || exit 2; done; exit 4' \
    "init = yes" "userns = host" "namespaces = mount uts ipc network cgroup"
}

test_reaper_with_another_user() {
  same "ids" "1000 1000 0000000000000000" \
    "$(inside 'echo $(id -u) $(stat -c %u /proc/1) $(grep CapEff /proc/1/status | cut -f 2)' "init = yes" "user = 1000" | tr '\n' ' ' | sed 's/ $//')"
}

# A policy or a limit that does not let it work is said, and nothing hangs.
test_reaper_says_what_it_lacks() {
  local call
  for call in kill wait4 signalfd4; do
    printf 'errno = %s\n' "$call" >"$T/policy"
    exits 125 timeout 20 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" \
      run "$(busybox_conf deaf true "init = yes" "seccomp = $T/policy")"
    has "start the reaper before true: Operation not permitted (init = yes needs the calls" "$err"
    one_line "$err"
  done
  exits 125 microctr run "$(busybox_conf narrow true "init = yes" "user = 4321" "ulimit = nproc=1")"
  has "start the reaper before true: Resource temporarily unavailable (a second process is one too many" "$err"
  exits 2 microctr check "$(busybox_conf one true "init = yes" "pids = 1")"
  has "the reaper of init = yes is a process too (write 2 or more)" "$err"
}

# The terminal sends its signals to the program itself: it shall not get them twice. A hang-up only to the leader.
test_reaper_on_a_terminal() {
  local program
  mkdir -p "$WORK/tools"
  program=$WORK/tools/terminal
  [ -x "$program" ] || g++ -static -O1 -x c++ "$(dirname "${BASH_SOURCE[0]}")/tools/terminal.cpp" -o "$program"
  person() {
    cat >"$T/steps"
    "$program" "$T/steps" "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@" </dev/null
  }
  exits 5 person run "$(code_conf keys 'n=0; trap "n=\$((n + 1)); echo got\$n" INT; trap "stty size" WINCH; trap "exit 5" TERM; echo ready; while true; do sleep 0.05; done' "tty = yes" "init = yes")" <<'END'
expect ready
send ^C
expect got1
size 40 120
expect 40 120
send ^C
expect got2
signal 15
END
  has_not got3 "$out"
  exits 6 person run "$(busybox_conf jobs sh "tty = yes" "init = yes")" <<'END'
expect #
send sh -c 'echo be$((1+1))gun; exec sleep 1000'^M
expect be2gun
send ^C
expect #
send exit 6^M
END
  has_not "job control turned off" "$out"
}

# The descriptor of ready = fd is the command's alone, so that its end is seen; and its word arrives.
test_reaper_leaves_the_ready_descriptor() {
  local status=0
  err=$(microctr start "$(busybox_conf early 'sh -c "exec 3>&-; exec sleep 1000"' "init = yes" "ready = fd" "restart = no" "start_timeout = 20s")" 2>&1) || status=$?
  [ "$status" != 0 ] || fail "start has succeeded"
  has "NOTIFY_FD" "$err"
  microctr start "$(busybox_conf tells 'sh -c "ls /proc/1/fd | xargs; echo >&3; exec sleep 1000"' "init = yes" "ready = fd")"
  has "0 1 2 5" "$(microctr logs tells)"
}
