# Logs, seen from outside: where output goes, what `logs` prints, and who may die meanwhile (issue 5, item 4; docs/logs.md).
RESTARTS=yes

state_of() { microctr list | awk -v name="$1" '$1 == name { print $2 }'; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
has_line() { grep -qxF -- "$2" "$1"; }
is_gone() { ! [ -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

# As microctr, but a program of its own when put into the background: $! is its process.
background() { "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@" 9>&- & }

follower_ends() {  # PID
  eventually is_gone "$1"
  wait "$1" || fail "status of the follower"
}

# A container that prints what is said to it, until the word "end".
parrot() {  # NAME [KEY=VALUE]...
  local name=$1
  shift
  mkdir "$T/gate"
  mkfifo "$T/gate/words"
  exec 9<>"$T/gate/words"
  busybox_conf "$name" "sh -c \"exec <>/gate/words; while read word; do echo \$word; [ \$word != end ] || exit 0; done\"" \
    "volume = $T/gate:/gate" "$@" >/dev/null
}
say() { printf '%s\n' "$@" >&9; }

# Which knows nothing of the containers of this boot.
microctr_after_reboot() { "$BINARY" --root "$T/data" --runtime-dir "$T/later" --config-dir "$T/etc" "$@"; }

supervisor_of() {  # NAME
  sed -n 's/^owner = //p' "$T/run/containers/$1/state"
}

# --- the container's side

test_stdout_can_be_opened_again() {
  local script='echo a >/dev/stdout; echo b >/proc/self/fd/1; echo c >/dev/stderr; echo d | tee /dev/stderr >/dev/null'
  local keys
  for keys in "userns = host" "userns = auto" "userns = host;user = 1000" "userns = auto;user = 1000"; do
    printf '%s\n' "layer = busybox" "command = sh -c \"$script\"" "${keys%;*}" "${keys#*;}" | uniq >"$T/opens.conf"
    microctr start "$T/opens.conf"
    microctr wait opens >/dev/null
    exits 0 microctr logs opens
    same "output with $keys" "a b" "$(echo $out)"
    same "error with $keys" "c d" "$(echo $err)"
    microctr remove opens
  done
}

# A program does not expect its standard output to be non-blocking, however much it writes.
test_flood_is_whole() {
  busybox_conf flood "seq 1 30000" "log = ring:4M" >/dev/null
  microctr start "$T/flood.conf"
  microctr wait flood >/dev/null
  seq 1 30000 >"$T/wanted"
  microctr logs flood | cmp - "$T/wanted" || fail "lines are missing"
}

# --- files

test_file_rotates_and_is_read() {
  mkdir "$T/logs"
  busybox_conf filed "seq 1 3000" "log = file:$T/logs/web.log:16K:4" >/dev/null
  microctr start "$T/filed.conf"
  microctr wait filed >/dev/null
  same "files" "web.log web.log.1 web.log.2 web.log.3" "$(echo $(ls "$T/logs"))"
  same "mode" 640 "$(stat -c %a "$T/logs/web.log")"
  [ "$(stat -c %s "$T"/logs/* | sort -n | tail -n 1)" -le 16384 ] || fail "too large: $(ls -l "$T/logs")"
  same "last lines over files" "$(seq 2001 3000)" "$(microctr logs -n 1000 filed 2>/dev/null)"
  microctr start -o "command=echo again" "$T/filed.conf"
  microctr wait filed >/dev/null
  same "appended" "3000 again" "$(echo $(microctr logs -n 2 filed))"
  ! [ -e "$T/run/containers/filed/log" ] || fail "a ring as well"
}

test_file_follows_over_rotations() {
  mkdir "$T/logs"
  parrot filed "log = file:$T/logs/web.log:4K:3"
  microctr start "$T/filed.conf"
  say begin
  background logs -f filed >"$T/said"
  local follower=$!
  eventually has_line "$T/said" begin
  local round
  for round in $(seq 1 40); do
    say $(seq $((round * 10)) $((round * 10 + 9)))
    eventually has_line "$T/said" $((round * 10 + 9))
  done
  [ -e "$T/logs/web.log.2" ] || fail "no rotation"
  say end
  follower_ends "$follower"
  (echo begin; seq 10 409; echo end) >"$T/wanted"
  cmp "$T/wanted" "$T/said" || fail "$(diff "$T/wanted" "$T/said" | head -n 3 | tr '\n' ' ')"
}

test_file_without_directory() {
  busybox_conf late "sh -c \"echo lost; while ! [ -e /gate/go ]; do sleep 0.05; done; echo kept\"" \
    "log = file:$T/disk/late.log:16K:2" "volume = $T:/gate" >/dev/null
  microctr start "$T/late.conf" 2>/dev/null
  eventually is_state late running
  mkdir "$T/disk"
  sleep 0.2  # until its first line is lost; when it is not, that is seen below
  touch "$T/go"
  microctr wait late >/dev/null
  exits 0 microctr logs late
  has kept "$out"
}

# --- elsewhere

# On a /dev of the test's own.
test_syslog() {
  local syslogd
  syslogd=$(command -v busybox) || skip "no busybox for its syslogd"
  "$syslogd" --list | grep -qx syslogd || skip "busybox has no syslogd"
  mkdir "$T/dev"
  mount -t tmpfs -o mode=755 dev "$T/dev"
  local node
  for node in null zero full random urandom tty; do
    touch "$T/dev/$node"
    mount --bind "/dev/$node" "$T/dev/$node"
  done
  cat >"$T/inner.sh" <<END
mount --rbind "$T/dev" /dev
"$syslogd" syslogd -n -O "$T/messages" &
daemon=\$!
until [ -S /dev/log ]; do sleep 0.05; done
microctr() { "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "\$@"; }
microctr start "$T/told.conf" && microctr wait told
tries=100
until grep -q 'sadly' "$T/messages" || [ \$tries = 0 ]; do sleep 0.05; tries=\$((tries - 1)); done
microctr logs told 2>"$T/refused" || true
microctr remove told
kill \$daemon
END
  busybox_conf told "sh -c \"printf 'to the '; echo system; echo sadly >&2\"" "log = syslog" >/dev/null
  local status=0
  unshare -m --propagation private bash "$T/inner.sh" || status=$?
  umount -R "$T/dev"
  same status 0 "$status"
  grep -q 'daemon.info told\[[0-9]*\]: to the system$' "$T/messages" || fail "$(cat "$T/messages")"
  grep -q 'daemon.err told\[[0-9]*\]: sadly$' "$T/messages" || fail "$(cat "$T/messages")"
  has "system log: read it there" "$(cat "$T/refused")"
}

test_none_is_said() {
  busybox_conf silent "echo lost" "log = none" >/dev/null
  microctr start "$T/silent.conf"
  microctr wait silent >/dev/null
  exits 1 microctr logs silent
  one_line "$err"
  has "log = none" "$err"
}

# --- logs

test_json() {
  busybox_conf speaks "sh -c \"echo 'a \\\"word\\\"'; sleep 0.1; echo to-error >&2; sleep 0.1; printf 'x%05000d' 1\"" >/dev/null
  microctr start "$T/speaks.conf"
  microctr wait speaks >/dev/null
  exits 0 microctr logs --json speaks
  same "error" "" "$err"
  same "lines" 3 "$(printf '%s\n' "$out" | wc -l)"
  same "first" '"stream":"stdout","text":"a \"word\""}' "$(printf '%s\n' "$out" | sed -n '1s/.*Z",//p')"
  same "second" '"stream":"stderr","text":"to-error"}' "$(printf '%s\n' "$out" | sed -n '2s/.*Z",//p')"
  has '1","partial":true}' "$(printf '%s\n' "$out" | tail -n 1)"
  type python3 >/dev/null 2>&1 || return 0
  printf '%s\n' "$out" | python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin]' || fail "not JSON: $out"
}

# It sleeps: no system call of it as long as nothing is written.
test_follow_sleeps_and_ends_with_remove() {
  parrot idle
  microctr start "$T/idle.conf"
  say begin
  background logs -f idle >"$T/said"
  local follower=$!
  eventually has_line "$T/said" begin
  sleep 0.3
  local before after
  before=$(cat "/proc/$follower/status" | sed -n 's/^voluntary_ctxt_switches:\t//p')
  sleep 3
  after=$(cat "/proc/$follower/status" | sed -n 's/^voluntary_ctxt_switches:\t//p')
  same "wake-ups" "$before" "$after"
  microctr stop idle
  follower_ends "$follower"
  exits 0 microctr logs -f idle  # has ended: prints and ends
  same output begin "$out"
}

test_follow_over_restarts_of_the_container() {
  parrot again "restart = always" "restart_delay = 100ms"
  microctr start "$T/again.conf"
  say one
  background logs -f again >"$T/said"
  local follower=$!
  eventually has_line "$T/said" one
  say end
  eventually has_line "$T/said" end
  say two
  eventually has_line "$T/said" two
  microctr stop again
  follower_ends "$follower"
}

# The container neither ends nor loses anything; who follows its log goes on.
test_supervisor_dies() {
  parrot log-orphan
  microctr start "$T/log-orphan.conf"
  say one
  background logs -f log-orphan >"$T/said"
  local follower=$! first owner
  eventually has_line "$T/said" one
  first=$(sed -n 's/^pid = //p' "$T/run/containers/log-orphan/state")
  owner=$(supervisor_of log-orphan)
  kill -9 "$owner"
  eventually is_gone "$owner"
  say two
  sleep 0.3
  ! is_gone "$first" || fail "the container has died with its supervisor"
  ! is_gone "$follower" || fail "the follower has ended with the supervisor"
  busybox_conf log-other "sleep 1000" >/dev/null
  microctr start "$T/log-other.conf"  # a supervisor
  eventually has_line "$T/said" two
  say three
  eventually has_line "$T/said" three
  same "the same process" "$first" "$(sed -n 's/^pid = //p' "$T/run/containers/log-orphan/state")"
  microctr stop log-orphan
  follower_ends "$follower"
  same "all of it" "one two three" "$(echo $(cat "$T/said"))"
}

# Nobody saw its end: the follower does not wait for ever.
test_container_dies_alone() {
  parrot alone
  microctr start "$T/alone.conf"
  say one
  background logs -f alone >"$T/said"
  local follower=$! first owner
  eventually has_line "$T/said" one
  first=$(sed -n 's/^pid = //p' "$T/run/containers/alone/state")
  owner=$(supervisor_of alone)
  kill -9 "$owner"
  eventually is_gone "$owner"
  is_gone "$first" || kill -9 "$first"
  follower_ends "$follower"
}

# --- evidence

test_evidence() {
  busybox_conf fails "sh -c \"echo last words; exit 3\"" "restart = no" >/dev/null
  microctr start "$T/fails.conf"
  same status 3 "$(microctr wait fails)"
  eventually test -e "$T/data/evidence/fails.log"
  exits 0 microctr logs --failure fails
  same output "last words" "$out"
  has "fails has failed" "$err"
  has "exit status 3" "$err"
  exits 0 microctr_after_reboot logs fails
  same output "last words" "$out"
  exits 1 microctr_after_reboot logs log-nobody
  exits 0 microctr remove fails
  ! [ -e "$T/data/evidence/fails.log" ] || fail "it stays"
  exits 1 microctr logs fails
  exits 1 microctr logs --failure fails
  one_line "$err"
  # What was stopped, and what has ended well, has not failed.
  busybox_conf stopped "sleep 1000" >/dev/null
  busybox_conf well "true" "restart = no" >/dev/null
  microctr start "$T/stopped.conf" "$T/well.conf"
  microctr stop stopped
  microctr wait well >/dev/null
  same evidence "" "$(ls "$T/data/evidence")"
}

test_evidence_of_a_crash_loop() {
  busybox_conf loops "sh -c \"echo again; exit 1\"" "restart = on-failure" "restart_delay = 50ms" "restart_max_delay = 50ms" >/dev/null
  microctr start "$T/loops.conf"
  eventually test -e "$T/data/evidence/loops.log"
  local before
  before=$(stat -c %i "$T/data/evidence/loops.log")
  sleep 0.5
  same "the file" "$before" "$(stat -c %i "$T/data/evidence/loops.log")"
  [ "$(microctr logs loops | wc -l)" -gt 2 ] || fail "it does not loop"
  microctr stop loops
}
