# Terminals: tty = yes for run and start, exec -t, attach. threats.md, rows CVE-2017-5226 and CVE-2025-52565.
#
# tools/terminal.cpp plays the person: a terminal of 31 lines and 97 columns, steps from standard input; its status is
# the command's, or 99 when something does not come or the terminal's settings are not given back.

tool() {
  local source program
  source=$(dirname "${BASH_SOURCE[0]}")/tools/$1
  program=$WORK/tools/$(basename "${1%.*}")
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$source" -o "$program" || fail "cannot compile $1"
  echo "$program"
}

# person VERB ARGUMENTS...: the steps are its standard input.
person() {
  local program
  program=$(tool terminal.cpp) || return 1
  cat >"$T/steps"
  "$program" "$T/steps" "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@" </dev/null
}

# A container with a terminal and the script CODE.
tty_conf() {  # NAME CODE [KEY=VALUE]...
  local name=$1 code=$2
  shift 2
  printf 'CODE=%s\n' "$code" >"$T/$name.env"
  busybox_conf "$name" 'sh -c "eval \"$CODE\""' "env_file = $T/$name.env" "tty = yes" "$@"
}

has_ended() { case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in Z* | "") ;; *) return 1 ;; esac; }
ends() {  # STATUS PID: of a process in the background
  local seen=0
  eventually has_ended "$2" || { kill -9 "$2"; return 1; }
  wait "$2" || seen=$?
  same "exit status" "$1" "$seen"
}

has_log() { microctr logs "$1" | grep -q "$2"; }  # NAME TEXT
first_pid() { microctr inspect --json "$1" | grep -o '"pid":[0-9]*' | head -n 1 | tr -dc 0-9; }

# Repeats what it reads, until `end`.
parrot='echo ready; while read line; do echo "heard $line"; [ "$line" = end ] && exit 9; done'

# contract: tty = yes is a terminal of the container's own on all three streams, and its /dev/console
test_run_on_a_terminal() {
  exits 7 person run "$(tty_conf own 'tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo all; echo $TERM; ls -l /dev/console | cut -c1-10; echo controls >/dev/tty; echo hello >/dev/console; exit 7')" <<<""
  same output "/dev/pts/0 31 97 all xterm crw--w---- controls hello" "$(echo $out)"
  exits 0 microctr run "$(tty_conf plain 'tty; echo $TERM' env=TERM=vt100)"
  same "environment" "/dev/pts/0 vt100" "$(echo "$out" | tr -d '\r' | tr '\n' ' ' | sed 's/ $//')"
}

# The pair is not the caller's: its terminal cannot be opened, nor typed into.
test_the_callers_terminal_is_out_of_reach() {
  exits 0 person run "$(tty_conf reach 'for fd in 0 1 2; do readlink /proc/self/fd/$fd; done; ls /dev/pts | tr "\n" " "; ls /proc/self/fd | wc -l')" <<<""
  same "streams, pairs, descriptors" "/dev/pts/0 /dev/pts/0 /dev/pts/0 0 ptmx 4" "$(echo $out)"
}

test_window_size_follows() {
  exits 0 person run "$(tty_conf size 'trap "stty size; exit 0" WINCH; echo ready; while sleep 0.05; do :; done')" <<'END'
expect ready
size 40 120
END
  has "40 120" "$out"
}

# Every key is the container's: Ctrl-C and Ctrl-Z reach the job in its shell, not run.
test_job_control() {
  exits 5 person run "$(busybox_conf jobs sh "tty = yes")" <<'END'
expect #
send sh -c 'echo be$((1+1))gun; exec sleep 1000'^M
expect be2gun
send ^C
expect #
send sh -c 'echo be$((2+2))gun; exec sleep 1000'^M
expect be4gun
send ^Z
expect Stopped
expect #
send kill %1; fg^M
expect Terminated
expect #
send exit 5^M
END
  has_not "job control turned off" "$out"
}

# contract: exit status 128+N
test_exit_status_of_a_signal() {
  exits 143 person run "$(tty_conf term 'trap "exit 143" TERM; echo ready; while sleep 0.05; do :; done')" <<'END'
expect ready
signal 15
END
}

# Nothing of a megabyte is lost, however late it is read.
test_output_is_complete() {
  local config
  config=$(tty_conf flood 'stty -opost; head -c 1000000 /dev/zero | tr "\000" x; printf end')
  same "bytes" 1000003 "$(microctr run "$config" </dev/null | wc -c)"
  same "bytes of a late reader" 1000003 "$(microctr run "$config" </dev/null | { sleep 0.3; wc -c; })"
  same "end" end "$(microctr run "$config" </dev/null | tail -c 3)"
  microctr run "$config" </dev/null >"$T/file"
  same "bytes in a file" 1000003 "$(stat -c %s "$T/file")"
  { echo first; microctr run "$(tty_conf short 'echo middle')" </dev/null; echo last; } >"$T/file"
  same "a file that others write to" "first middle last" "$(tr -d '\r' <"$T/file" | tr '\n' ' ' | sed 's/ $//')"
}

# The end of a pipe is the end of input: at the beginning of a line, after half a line, and for a program that sets
# the terminal up in its own way only later.
test_input_from_a_pipe() {
  local config
  config=$(tty_conf reads 'stty -echo; cat; echo over')
  has "one
two
over" "$(printf 'one\ntwo\n' | microctr run "$config" | tr -d '\r')"
  has "halfover" "$(printf 'half' | microctr run "$config" | tr -d '\r')"
  has over "$(microctr run "$config" </dev/null)"
  has over "$(microctr run "$config" <&-)"
  exits 3 microctr run "$(busybox_conf shell sh "tty = yes")" < <(echo 'sleep 0.3; exit 3')
  has "a4b" "$(echo 'sleep 0.2; echo a$((2+2))b' | microctr run "$T/shell.conf")"
  # A megabyte through it, line by line, with a reader that is slower.
  yes 0123456789abcdef | head -n 20000 >"$T/lines"
  same "lines" "$(cksum <"$T/lines")" "$(microctr run "$(tty_conf lines 'stty -echo -onlcr; echo begin; cat')" <"$T/lines" | sed '0,/begin/d' | cksum)"
}

# Who reads goes away: the terminal hangs up, and the container with it.
test_reader_goes_away() {
  local begun config
  config=$(tty_conf endless 'yes')
  same "first line" y "$({ timeout 20 "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$config" </dev/null
    echo $? >"$T/status"; } | head -n 1 | tr -d '\r')"
  [ "$(cat "$T/status")" != 124 ] || fail "it goes on"
  begun=$(microctr list --json)
  same "containers" "[]" "$(echo $begun | tr -d ' ')"
}

# The person's terminal is as it was, whatever ends the container: person checks the settings (99). And a shell that
# has stopped run and continues it finds the keys working.
test_settings_are_given_back() {
  local config
  config=$(tty_conf gone 'stty raw; echo ready; exec sleep 1000')
  person run "$config" >"$T/out" 2>"$T/err" <<<"expect ready" &
  local other=$!
  eventually microctr exec gone grep -q sleep /proc/1/comm
  kill -9 "$(first_pid gone)"
  ends 137 "$other"
  exits 0 person run "$(busybox_conf stopped sh "tty = yes")" <<'END'
expect #
suspend
send echo a$((1+1))b^M
expect a2b
send exit^M
END
  # What does not start has not touched it.
  exits 127 person run "$(busybox_conf wrong nothing "tty = yes")" <<<""
  has "not found in the container" "$out"
}

# A process that lets go of its terminal costs nothing: no turning in circles.
test_hang_up_is_quiet() {
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" run "$(tty_conf quiet 'exec sleep 1000 </dev/null >/dev/null 2>&1')" </dev/null &
  local run=$! before
  eventually microctr exec quiet grep -q sleep /proc/1/comm
  before=$(awk '{ print $14 + $15 }' "/proc/$run/stat")
  sleep 0.5
  [ $(($(awk '{ print $14 + $15 }' "/proc/$run/stat") - before)) -lt 10 ] || fail "it is busy"
  kill -9 "$(first_pid quiet)"
  ends 137 "$run"
}

test_another_user() {
  has "1000 hello owner 1000" "$(microctr run "$(tty_conf user 'echo $(id -u) $(echo hello >/dev/console; echo >$(tty) && echo hello) owner $(stat -c %u /dev/pts/0)' user=1000)" </dev/null | tr -d '\r')"
  microctr start "$(tty_conf user 'sleep 1000' user=1000)"
  has "1000 1000 yes" "$(microctr exec -t user sh -c 'echo $(id -u) $(stat -c %u $(tty)) $(echo >$(tty) && echo yes)' </dev/null | tr -d '\r')"
}

# A layer cannot say what the terminal is (CVE-2025-52565).
test_hostile_layer() {
  local link
  mkdir -p "$T/layer/dev"
  echo untouched >"$T/target"
  for link in console ptmx pts tty; do ln -s "$T/target" "$T/layer/dev/$link"; done
  printf 'layer = busybox\nlayer = %s\ntty = yes\ncommand = sh -c "tty; echo >/dev/console; ls -l /dev/console | cut -c1"\n' "$T/layer" | conf hostile
  exits 0 person run "$T/hostile.conf" <<<""
  same output "/dev/pts/0 c" "$(echo $out)"
  same "target" untouched "$(cat "$T/target")"
}

# What the container has put at /dev/pts is not taken for a terminal.
test_hostile_container() {
  microctr start "$(tty_conf sly 'mount -t tmpfs none /dev/pts && mkfifo /dev/pts/ptmx; echo done; sleep 1000' cap_add=SYS_ADMIN)"
  eventually has_log sly done
  exits 125 microctr exec -t sly true </dev/null
  has "verify /dev/pts" "$err"
  exits 0 microctr exec sly sh -c 'umount /dev/pts && mknod /tmp/fifo p && mount --bind /tmp/fifo /dev/pts/ptmx'
  exits 125 microctr exec -t sly true </dev/null
  has "verify ptmx" "$err"
}

test_exec_on_a_terminal() {
  microctr start "$(busybox_conf plain "sleep 1000" "env = WHO=me")"
  exits 4 person exec -it plain sh <<'END'
expect #
send tty; stty size; echo $TERM $WHO^M
expect /dev/pts/0
expect 31 97
expect xterm me
size 40 120
send stty size^M
expect 40 120
send sh -c 'echo be$((1+1))gun; exec sleep 1000'^M
expect be2gun
send ^C
expect #
send exit 4^M
END
  has_not "job control turned off" "$out"
  same "bytes" 1000000 "$(microctr exec -t plain sh -c 'stty -opost; head -c 1000000 /dev/zero | tr "\000" x' </dev/null | wc -c)"
  exits 127 person exec -t plain nothing <<<""
  same "without -t" "not a tty" "$(microctr exec -i plain tty </dev/null)"
  same "with -i" hello "$(echo hello | microctr exec -i plain cat)"
  has "two" "$(printf 'one\ntwo\n' | microctr exec -it plain sh -c 'stty -echo; cat; echo over' | tr -d '\r')"
}

# Output of a background container goes to its log, and without one it is still read.
test_background() {
  microctr start "$(tty_conf back 'stty size; echo to the log; echo and error >&2; stty -opost; head -c 300000 /dev/zero | tr "\000" x; exit 3' log=ring:1M)"
  same status 3 "$(microctr wait back)"
  has "24 80" "$(microctr logs back | head -n 3)"
  has "to the log" "$(microctr logs back | head -n 3)"
  has "and error" "$(microctr logs back | head -n 3)"
  same "bytes" 300000 "$(microctr logs back | tr -dc x | wc -c)"
  microctr start "$(tty_conf silent 'head -c 1000000 /dev/zero; exit 3' log=none)"
  same "status without a log" 3 "$(microctr wait silent)"
}

test_attach_and_detach() {
  microctr start "$(tty_conf parrot "$parrot")"
  exits 0 person attach parrot <<'END'
send one^M
expect heard one
send ^P
send two^M
expect two
send ^P^Q
END
  # Whoever types and whoever looks on; a client that is killed ends nothing.
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" attach parrot </dev/null >"$T/onlooker" &
  local onlooker=$! killed
  eventually sh -c "ls -l /proc/$onlooker/fd | grep -q signalfd"
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" attach parrot </dev/null >/dev/null &
  killed=$!
  eventually sh -c "ls -l /proc/$killed/fd | grep -q signalfd"
  kill -9 "$killed"
  exits 0 person attach parrot <<'END'
send three^M
expect heard three
send ^P^Q
END
  exits 0 microctr exec parrot sh -c 'stty size </dev/console'
  same "size of the last" "31 97" "$out"
  exits 9 person attach parrot <<'END'
send end^M
expect heard end
END
  ends 9 "$onlooker"
  has "heard three" "$(cat "$T/onlooker")"
  has "heard end" "$(cat "$T/onlooker")"
  has two "$(microctr logs parrot)"
  exits 1 microctr attach parrot
  has "not running" "$err"
}

# The container does not read: what is typed waits, everybody else is served, and nothing of it is lost.
test_attached_input_waits() {
  microctr start "$(tty_conf slow 'stty -echo raw; echo ready; until [ -e /tmp/go ]; do sleep 0.05; done; head -c 300000 | md5sum; exit 0' log=ring:64K)"
  eventually has_log slow ready
  head -c 300000 /dev/zero | tr '\0' x >"$T/typed"
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" attach slow <"$T/typed" >"$T/seen" &
  local attached=$!
  sleep 0.2
  exits 0 microctr exec slow touch /tmp/go
  ends 0 "$attached"
  has "$(md5sum <"$T/typed")" "$(microctr logs slow | tr -d '\r')"
}

test_attach_without_a_terminal() {
  microctr start "$(busybox_conf lines 'sh -c "until [ -e /tmp/go ]; do sleep 0.05; done; echo out; echo err >&2; exit 6"')"
  "$BINARY" --root "$T/data" --runtime-dir "$T/run" attach lines </dev/null >"$T/out" 2>"$T/err" &
  local attached=$!
  eventually grep -q "its input is not connected" "$T/err"
  microctr exec lines touch /tmp/go
  ends 6 "$attached"
  same "output" out "$(cat "$T/out")"
  has "err" "$(tail -n 1 "$T/err")"
  exits 1 microctr attach nobody
  has "no such container" "$err"
}

test_user_namespace() {
  exits 0 person run "$(tty_conf mapped 'tty; stty size; stat -c %u /dev/console' userns=root)" <<<""
  same output "/dev/pts/0 31 97 0" "$(echo $out)"
  microctr start "$(busybox_conf mapped "sleep 1000" userns=root)"
  exits 0 person exec -it mapped tty <<<""
  same "of exec" /dev/pts/0 "$(echo $out)"
}

test_unprivileged_caller() {
  setpriv --reuid 4242 --regid 4242 --clear-groups unshare --user true 2>/dev/null || skip "this machine lets no user make a user namespace"
  local program
  program=$(tool terminal.cpp)
  mkdir -p "$T/home"
  microctr lower "$T/home/root"
  printf 'rootfs = %s\ntty = yes\ncommand = sh -c "tty; stty size; test -t 0 && echo yes"\n' "$T/home/root" >"$T/home/user.conf"
  echo >"$T/home/steps"
  chown -R 4242:4242 "$T/home"
  chmod 755 "$T"
  exits 0 setpriv --reuid 4242 --regid 4242 --clear-groups "$program" "$T/home/steps" "$BINARY" \
    --root "$T/home/data" --runtime-dir "$T/home/run" --config-dir "$T/home/etc" run "$T/home/user.conf"
  same output "/dev/pts/0 31 97 yes" "$(echo $out)"
}

# A part of the machine gets one of the machine's.
test_host_service() {
  [ -e /dev/ptmx ] || skip "this machine has no /dev/ptmx"
  printf 'rootfs = /\nnamespaces =\ntty = yes\ncommand = sh -c "tty; stty size; test -t 0 && echo yes"\n' | conf service
  exits 0 person run "$T/service.conf" <<<""
  has "31 97 yes" "$(echo $out)"
  has "/dev/pts/" "$out"
}
