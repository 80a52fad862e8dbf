# Bad input (issue 2): each item ends in one clear line on standard error, the documented exit status (contract.md), and
# nothing left behind. What the configuration reader says about a text is in tests/golden.

# No test may hang: what does not end within 10 s is a failure.
limited() { timeout -k 1 10 "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@"; }

# The command must fail with this status and one line that has these words.
refused() {  # STATUS WORDS COMMAND...
  local status=$1 words=$2
  shift 2
  exits "$status" "$@"
  one_line "$err"
  case "$err" in "microctr: "*) ;; *) fail "not as 'microctr: ...': $err" ;; esac
  has "$words" "$err"
  has_not "()" "$err"
  same "standard output" "" "$out"
}

# The configuration $T/bad.conf is refused before anything is done, with its place.
invalid() {  # WORDS
  for verb in run start check explain; do
    exits 2 limited "$verb" "$T/bad.conf"
    one_line "$err"
    case "$err" in "$T/bad.conf:"[0-9]*:[0-9]*": "*) ;; *) fail "not as 'file:line:column: ...': $err" ;; esac
    has "$1" "$err"
    same "standard output" "" "$out"
  done
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run" | tr '\n' ' ')"
}

# The same for `run` and for `start`; afterwards there is no record and no runtime directory.
refused_start() {  # STATUS WORDS OPTIONS... with the file $T/bad.conf
  local status=$1 words=$2
  shift 2
  refused "$status" "$words" limited "$@" run "$T/bad.conf"
  [ ! -e "$T/run" ] || fail "run left: $(find "$T/run" | tr '\n' ' ')"
  refused "$status" "$words" limited "$@" start "$T/bad.conf"
  same list NAME "$(microctr list | awk '{ print $1 }')"
}

bad_conf() { printf '%s\n' "layer = busybox" "command = true" "$@" | conf bad >/dev/null; }

user() {  # COMMAND...: as an ordinary user with folders of its own below $T/user
  mkdir -p "$T/user/home" "$T/user/run"
  chown -R 4242:4242 "$T/user"
  chmod 755 "$T"
  chmod 700 "$T/user/run"
  cp "$BINARY" "$T/tool"
  chmod 755 "$T/tool"
  env -i PATH="$PATH" HOME="$T/user/home" XDG_RUNTIME_DIR="$T/user/run" timeout -k 1 10 \
    setpriv --reuid 4242 --regid 4242 --clear-groups "$@"
}

# --- layers

test_missing_layer() {
  printf '%s\n' "layer = $T/nowhere" "command = true" | conf bad >/dev/null
  refused_start 125 "$T/nowhere" 
  has "No such file" "$err"
  printf '%s\n' "layer = nosuchlayer" "command = true" | conf bad >/dev/null
  refused_start 125 "nosuchlayer"
  has "layer store" "$err"
  printf '%s\n' "rootfs = $T/nowhere" "command = true" | conf bad >/dev/null
  refused_start 125 "$T/nowhere"
  # One of several, the first and the last.
  bad_conf "layer = $T/nowhere"
  refused_start 125 "$T/nowhere"
}

test_layer_is_a_file() {
  echo text >"$T/file"
  mkfifo "$T/fifo"
  for layer in "$T/file" "$T/fifo" /dev/null "$T/file/below"; do
    printf '%s\n' "layer = $layer" "command = true" | conf bad >/dev/null
    refused_start 125 "$layer"
    printf '%s\n' "rootfs = $layer" "command = true" | conf bad >/dev/null
    refused_start 125 "$layer"
  done
}

test_layer_is_not_readable() {
  mkdir -m 700 "$T/closed"
  printf '%s\n' "layer = $T/closed" "command = true" | conf bad >/dev/null
  refused 125 "$T/closed" user "$T/tool" run "$T/bad.conf"
  has denied "$err"
  same "left" "" "$(ls -A "$T/user/run" | grep -v systemd)"
  printf '%s\n' "rootfs = $T/closed" "command = true" | conf bad >/dev/null
  refused 125 "$T/closed" user "$T/tool" run "$T/bad.conf"
}

# With ids mapped the layers have short names of ours; without, the kernel's page of options is the limit.
test_layers_too_long() {
  long=$T/$(printf 'x%.0s' $(seq 200))
  mkdir "$long"
  for index in $(seq 25); do
    mkdir "$long/$index"
    echo "layer = $long/$index"
  done >"$T/layers"
  { cat "$T/layers"; echo "command = true"; echo "userns = host"; } | conf bad >/dev/null
  refused_start 125 "too long"
  printf 'layer = /%s\ncommand = true\n' "$(printf 'y%.0s' $(seq 300))" | conf bad >/dev/null
  refused_start 125 "too long"
  printf 'layer = /%s\ncommand = true\n' "$(printf 'y%.0s' $(seq 4200))" | conf bad >/dev/null
  invalid bad.conf:1
}

# --- commands

test_command_not_found() {
  bad_conf "command = no-such-program"
  sed -i '/command = true/d' "$T/bad.conf"
  refused_start 127 "no-such-program"
  has "microctr: bad: " "$err"
  refused_start 127 "/no/such/program" -o command=/no/such/program
  refused_start 127 "./program" -o command=./program
  refused_start 127 "sh" -o env=PATH=/nowhere -o command=sh
  refused_start 127 "sh" -o env=PATH= -o command=sh
}

test_command_not_executable() {
  mkdir "$T/programs"
  echo text >"$T/programs/plain"
  mkdir -m 755 "$T/programs/directory"
  printf 'nonsense that is no program' >"$T/programs/format"
  printf '\177ELF\002\001\001\0\0\0\0\0\0\0\0\0\003\0\377\377' >"$T/programs/machine"
  : >"$T/programs/empty"
  printf '#!/no/such/interpreter\n' >"$T/programs/interpreter"
  chmod 755 "$T/programs"/{format,machine,empty,interpreter}
  bad_conf "volume = $T/programs:/programs"
  for program in plain directory format machine empty; do
    refused_start 126 "/programs/$program" -o command=/programs/$program
  done
  # Without a slash PATH is searched, and what is there but cannot be executed is not "not found".
  refused_start 126 "plain" -o env=PATH=/programs -o command=plain
  # It is there, so it is not "not found"; what is missing is named.
  refused_start 126 "interpreter" -o command=/programs/interpreter
  bad_conf "volume = $T/programs:/programs:noexec"
  refused_start 126 "/programs/format" -o command=/programs/format
}

# --- what the machine lacks

# The N of strace's when=N for the first call of this name whose line has these words.
call_number() {  # NAME WORDS COMMAND...
  local name=$1 words=$2
  shift 2
  "$@" >"$T/trace.out" 2>&1 || fail "without a fault: $(cat "$T/trace.out")"
  awk -v words="$words" -v name="$name" '
    index($0, name "(") { count[$1]++; if (index($0, words)) { print count[$1]; exit } }' "$T/trace"
}

test_no_overlayfs() {
  type strace >/dev/null 2>&1 || skip "no strace to play a kernel without overlayfs"
  bad_conf
  local run=("$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/bad.conf")
  number=$(call_number mount '"overlay"' strace -f -o "$T/trace" -e trace=mount "${run[@]}")
  [ -n "$number" ] || fail "no overlay is mounted: the test sees nothing"
  refused 125 overlayfs strace -f -o /dev/null -e "inject=mount:error=ENODEV:when=$number" "${run[@]}"
  has "rootfs" "$err"
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

test_no_user_namespaces() {
  printf '%s\n' "rootfs = /" "command = true" | conf bad >/dev/null
  # ENOSPC: a limit of 0, in a user namespace that we may change.
  refused 125 "max_*_namespaces" unshare --user --map-root-user bash -c '
    echo 0 >/proc/sys/user/max_user_namespaces
    exec setpriv --inh-caps=-all --bounding-set=-all "$@"' _ \
    "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/bad.conf"
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
  # EPERM: what a distribution's switch answers.
  type strace >/dev/null 2>&1 || return 0
  printf '%s\n' "layer = busybox" "command = true" | conf bad >/dev/null
  exits 0 user "$T/tool" run "$T/bad.conf"  # builds the layer
  : >"$T/trace"
  chown 4242 "$T/trace"
  number=$(call_number clone3 CLONE_NEWUSER user strace -f -o "$T/trace" -e trace=clone3 "$T/tool" run "$T/bad.conf")
  [ -n "$number" ] || fail "no user namespace is made: the test sees nothing"
  refused 125 "run as root" user strace -f -o /dev/null -e "inject=clone3:error=EPERM:when=$number" "$T/tool" run "$T/bad.conf"
  same "left" "" "$(ls -A "$T/user/run")"
}

test_userns_host_without_privilege() {
  bad_conf "userns = host"
  refused 125 "run as root" user "$T/tool" run "$T/bad.conf"
  same "left" "" "$(ls -A "$T/user/run")"
}

# consh.md: `ENOSPC` when `/proc/sys/user/max_*_namespaces` is reached gives a clear error.
test_namespace_limit_reached() {
  local kind
  printf '%s\n' "rootfs = /" "command = true" | conf bad >/dev/null
  for kind in net pid mnt uts ipc; do
    refused 125 "max_*_namespaces" unshare --user --map-root-user bash -c '
      echo 0 >"/proc/sys/user/max_$1_namespaces"
      shift
      exec "$@"' _ "$kind" "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" run "$T/bad.conf"
    has "No space left" "$err"
    [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
  done
}

test_full_disk_for_layers() {
  local size
  bad_conf
  mkdir "$T/small"
  trap 'umount "$T/small" 2>/dev/null || true' EXIT
  for size in size=4k size=1m nr_inodes=2 nr_inodes=20; do
    mount -t tmpfs -o "$size" small "$T/small"
    refused 125 "No space left" "$BINARY" --root "$T/small" --runtime-dir "$T/run" run "$T/bad.conf"
    same "left on the disk" "" "$(find "$T/small" -type f)"
    [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
    umount "$T/small"
  done
}

# The runtime directory on a tmpfs that is full at any point of a start.
test_full_disk_for_state() {
  local count worked=0
  bad_conf "pids = 9"
  microctr run "$T/bad.conf"
  mkdir "$T/small"
  trap 'umount "$T/small" 2>/dev/null || true' EXIT
  for count in $(seq 1 11); do
    mount -t tmpfs -o "nr_inodes=$count" small "$T/small"
    for verb in run start; do
      code=0
      timeout -k 1 10 "$BINARY" --root "$T/data" --runtime-dir "$T/small/run" "$verb" "$T/bad.conf" 2>"$T/said" || code=$?
      if [ "$code" = 0 ]; then
        worked=$((worked + 1))
        if [ "$verb" = start ]; then
          "$BINARY" --runtime-dir "$T/small/run" wait bad >/dev/null
          "$BINARY" --runtime-dir "$T/small/run" remove bad
        fi
      else
        same "status of $verb with $count inodes" 125 "$code"
        one_line "$(cat "$T/said")"
        has "No space left" "$(cat "$T/said")"
      fi
      empty_small() { [ -z "$(find "$T/small" -mindepth 1)" ]; }
      eventually empty_small || fail "$verb with $count inodes left: $(find "$T/small" -mindepth 1 | tr '\n' ' ')"
    done
    umount "$T/small"
  done
  [ "$worked" -gt 0 ] || fail "it never worked"
  # No byte left for state, configuration and journal.
  mount -t tmpfs -o size=4k small "$T/small"
  head -c 4096 /dev/zero >"$T/small/filler"
  refused 125 "No space left" timeout -k 1 10 "$BINARY" --root "$T/data" --runtime-dir "$T/small/run" run "$T/bad.conf"
  same "left" filler "$(ls "$T/small")"
  umount "$T/small"
}

# --- places

test_name_with_a_slash() {
  bad_conf
  for name in a/b /a ../a a/ . .. .hidden -x 'a b' 'a	b' "$(printf 'n%.0s' $(seq 64))" ''; do
    [ -n "$name" ] || continue  # an empty value gives the default again
    exits 2 limited -o "name=$name" run "$T/bad.conf"
    one_line "$err"
  done
  bad_conf "name = a/b"
  exits 2 limited run "$T/bad.conf"
  one_line "$err"
  has "bad.conf:3" "$err"
  bad_conf
  cp "$T/bad.conf" "$T/a b.conf"
  exits 2 limited run "$T/a b.conf"
  one_line "$err"
  cp "$T/bad.conf" "$T/.conf"
  exits 2 limited run "$T/.conf"
  one_line "$err"
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

test_foreign_runtime_directory() {
  local verb
  bad_conf
  mkdir -m 700 "$T/run"
  chown 4242 "$T/run"
  for verb in "run $T/bad.conf" "start $T/bad.conf" list "list --json" "stop bad" "wait bad" "remove bad"; do
    refused 125 "another user" limited $verb
    has "$T/run" "$err"
    same "left" "" "$(ls -A "$T/run")"
  done
  chown 0 "$T/run"
  for mode in 777 770 702 1777; do
    chmod "$mode" "$T/run"
    refused 125 "others may write" limited run "$T/bad.conf"
    refused 125 "others may write" limited start "$T/bad.conf"
    refused 125 "others may write" limited list
    same "mode" "$mode" "$(stat -c %a "$T/run")"
  done
  rmdir "$T/run"
}

test_runtime_directory_is_something_else() {
  bad_conf
  echo text >"$T/run"
  for verb in "run $T/bad.conf" "start $T/bad.conf" list "stop bad"; do refused 125 "$T/run" limited $verb; done
  same "the file" text "$(cat "$T/run")"
  rm "$T/run"
  mkdir -m 700 "$T/real"
  ln -s "$T/real" "$T/run"  # in a folder for all, somebody may have put it there
  for verb in "run $T/bad.conf" "start $T/bad.conf" list; do refused 125 "$T/run" limited $verb; done
  rm "$T/run"
  refused 125 "" timeout -k 1 10 "$BINARY" --root "$T/data" --runtime-dir /proc/nowhere/run run "$T/bad.conf"
  refused 125 "" timeout -k 1 10 "$BINARY" --root "$T/data" --runtime-dir /dev/null/run run "$T/bad.conf"
}

test_runtime_directory_too_long() {
  bad_conf
  long=$T/$(printf 'l%.0s' $(seq 150))
  refused 125 "shorter --runtime-dir" timeout -k 1 10 "$BINARY" --root "$T/data" --runtime-dir "$long/run" start "$T/bad.conf"
  [ ! -e "$long/run" ] || fail "left: $(find "$long")"
  rmdir "$long" 2>/dev/null || true
  refused 125 "" timeout -k 1 10 "$BINARY" --root "$T/data" --runtime-dir "/tmp/$(printf 'l%.0s' $(seq 4200))" run "$T/bad.conf"
  refused 125 "" timeout -k 1 10 "$BINARY" --root "/tmp/$(printf 'l%.0s' $(seq 4200))" --runtime-dir "$T/run" run "$T/bad.conf"
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

test_data_directory() {
  bad_conf
  echo text >"$T/data"
  refused 125 "$T/data" limited run "$T/bad.conf"
  rm "$T/data"
  refused 125 "/proc/nowhere" timeout -k 1 10 "$BINARY" --root /proc/nowhere --runtime-dir "$T/run" run "$T/bad.conf"
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

# Containers that wait for each other: said for the files that are given together, not for one alone.
test_circle_among_configs() {
  printf 'layer = busybox\ncommand = true\nrequires = db\n' >"$T/web.conf"
  printf 'layer = busybox\ncommand = true\nafter = cache\n' >"$T/db.conf"
  printf 'layer = busybox\ncommand = true\nrequires = web\n' >"$T/cache.conf"
  exits 0 limited check "$T/web.conf" "$T/db.conf"
  exits 2 limited check "$T/web.conf" "$T/db.conf" "$T/cache.conf"
  same message "microctr: web: a circle: web requires db, db is after cache, cache requires web (remove one of these)" "$err"
}

# --- the command line

test_command_line() {
  bad_conf
  exits 2 limited
  refused 2 "unknown command 'strat' (did you mean 'start'?)" limited strat x
  refused 2 "unknown command 'xyzzy'" limited xyzzy
  refused 2 "not supported yet" limited rollback x
  refused 2 "--nonsense" limited run --nonsense "$T/bad.conf"
  refused 2 "-x" limited -x list
  refused 2 "-o" limited run "$T/bad.conf" -o
  refused 2 "--root" limited list --root
  refused 2 "absolute" limited --root relative list
  refused 2 "absolute" limited --runtime-dir relative list
  refused 2 "absolute" limited --config-dir '' list
  refused 2 "usage: microctr run" limited run
  refused 2 "usage: microctr run" limited run "$T/bad.conf" "$T/bad.conf"
  refused 2 "usage: microctr list" limited list x
  refused 2 "usage: microctr stop" limited stop
  refused 2 "usage: microctr explain" limited explain
  refused 2 "too many" limited stop $(seq 100)
  refused 2 "too many" limited run "$T/bad.conf" -- $(seq 100)
  refused 2 "-o" limited $(for index in $(seq 40); do echo "-o env=A$index=1"; done) run "$T/bad.conf"
  refused 2 "-f" limited list -f
  refused 2 "--data" limited stop --data x
  [ ! -e "$T/run" ] || fail "left: $(find "$T/run")"
}

# --- configurations

test_malformed_configurations() {
  local text
  while IFS= read -r text; do
    printf "layer = busybox\ncommand = true\n$text\n" | conf bad >/dev/null
    invalid ""
  done <<'END'
nonsense = 1
memory = 16X
memory = 1M\nmemory = 2M
hostname
= value
volume = /a
cpuset = 3-1
ip = 10.0.0.2/24
namespaces = moon
rootfs = /
publish = 80:80
command = "open
hostname = a\000b
pids = 0
umask = 999
stop_signal = NOSUCH
env = =x
END
}

test_configuration_file() {
  refused 2 "No such file" limited run "$T/none.conf"
  mkdir "$T/folder.conf"
  refused 2 "not a regular file" limited run "$T/folder.conf"
  mkfifo "$T/fifo.conf"
  refused 2 "not a regular file" limited run "$T/fifo.conf"
  head -c 100000 /dev/zero | tr '\0' '#' >"$T/huge.conf"
  refused 2 "32 KiB" limited run "$T/huge.conf"
  head -c 5000 /dev/urandom >"$T/noise.conf"
  exits 2 limited run "$T/noise.conf"
  : >"$T/empty.conf"
  exits 2 limited run "$T/empty.conf"
  [ -n "$err" ] || fail "no word"
  bad_conf
  for what in fifo folder; do
    rm -rf "$T/etc/defaults.conf"
    cp -r "$T/$what.conf" "$T/etc/defaults.conf"
    refused 2 "defaults.conf" limited run "$T/bad.conf"
  done
  rm -rf "$T/etc/defaults.conf"
  chmod 600 "$T/bad.conf"
  refused 2 "denied" user "$T/tool" run "$T/bad.conf"
}

test_too_many() {
  local rule what count
  for rule in 64:"env = A%s=1" 32:"layer = /tmp/%s" 48:"volume = /tmp:/mnt/%s" 48:"tmpfs = /mnt/%s" 32:"groups = %s"; do
    what=${rule#*:} count=$((${rule%%:*} + 1))
    { [[ $what = layer* ]] || echo "layer = busybox"
      echo "command = true"
      for index in $(seq $count); do printf "$what\n" "$index"; done; } | conf bad >/dev/null
    invalid "limit ${rule%%:*}"
  done
  printf 'layer = busybox\ncommand = echo %s\n' "$(echo $(seq 64))" | conf bad >/dev/null
  invalid "limit 64"
  # As many as are allowed do work.
  { printf '%s\n' "layer = busybox" "command = sh -c \"env | grep -c ^A; grep -c ' /mnt/' /proc/self/mountinfo\""
    for index in $(seq 60); do echo "env = A$index=1"; done
    for index in $(seq 48); do echo "volume = $T/etc:/mnt/v$index"; done
    for index in $(seq 48); do echo "tmpfs = /mnt/t$index:64K"; done; } | conf most >/dev/null
  same "as many as allowed" "60 96" "$(echo $(microctr run "$T/most.conf"))"
}

test_environment_file() {
  bad_conf "env_file = $T/values"
  refused_start 125 "$T/values"
  mkfifo "$T/values"
  refused_start 125 "$T/values"
  rm "$T/values"
  mkdir "$T/values"
  refused_start 125 "$T/values"
  rmdir "$T/values"
  head -c 20000 /dev/zero | tr '\0' 'x' >"$T/values"
  refused_start 125 "$T/values"
  echo "no equals sign" >"$T/values"
  refused_start 125 "NAME=VALUE"
  echo "=x" >"$T/values"
  refused_start 125 "NAME=VALUE"
  for index in $(seq 70); do echo "A$index=1"; done >"$T/values"
  refused_start 125 "limit"
  bad_conf "env_file = -$T/not-there"
  exits 0 limited run "$T/bad.conf"
}

test_volumes() {
  bad_conf "volume = $T/not-there:/mnt"
  refused_start 125 "$T/not-there"
  has "-SOURCE" "$err"
  bad_conf "volume = -$T/not-there:/mnt"
  exits 0 limited run "$T/bad.conf"
  echo text >"$T/file"
  bad_conf "volume = $T/file:/tmp"
  refused_start 125 "/tmp"
  bad_conf "volume = $T:/etc/passwd"
  refused_start 125 "/etc/passwd"
  bad_conf "volume = $T:/etc/passwd/below"
  refused_start 125 "/etc/passwd/below"
  bad_conf "tmpfs = /etc/passwd"
  refused_start 125 "/etc/passwd"
  bad_conf "upper = none" "volume = $T:/not/in/the/layer"
  refused_start 125 "/not/in/the/layer"
  ln -s loop "$T/loop"
  bad_conf "volume = $T/loop:/mnt"
  refused_start 125 "$T/loop"
}

test_working_directory() {
  bad_conf "workdir = /not/there"
  refused_start 125 "/not/there"
  bad_conf "workdir = /etc/passwd"
  refused_start 125 "/etc/passwd"
  bad_conf "workdir = relative"
  invalid bad.conf:3
}

test_unknown_user() {
  bad_conf "user = nosuchuser"
  refused_start 125 "nosuchuser"
  bad_conf "user = root:nosuchgroup"
  refused_start 125 "nosuchgroup"
  bad_conf "groups = nosuchgroup"
  refused_start 125 "nosuchgroup"
  bad_conf "user = 4294967295"
  invalid bad.conf:3
  bad_conf "user = 99999999999999999999"
  invalid bad.conf:3
}

# /etc/passwd of a layer is whatever its maker wanted.
test_hostile_passwd() {
  local passwd=$T/top/etc/passwd
  mkdir -p "$T/top/etc"
  bad_conf "layer = $T/top" "user = victim"
  mkfifo "$passwd"
  refused_start 125 "user"
  rm "$passwd"
  mkdir "$passwd"
  refused_start 125 "user"
  rmdir "$passwd"
  { head -c 200000 /dev/zero | tr '\0' 'x'; echo; echo "victim:x:1000:1000::/:/bin/sh"; } >"$passwd"
  refused_start 125 "user"
  ln -sf passwd "$passwd"
  refused_start 125 "user"
  # Numbers that are none, or too large, or root by overflow.
  for number in -1 0x0 "" 4294967295 4294967296 18446744073709551616 " 0" 0x 1e3; do
    rm -f "$passwd"
    printf 'victim:x:%s:1000::/:/bin/sh\n' "$number" >"$passwd"
    refused_start 125 "victim"
    printf 'victim:x:1000:%s::/:/bin/sh\n' "$number" >"$passwd"
    refused_start 125 "victim"
  done
  printf 'victim' >"$passwd"
  refused_start 125 "victim"
  printf 'x\nvictim:x:1000:1001' >"$passwd"
  exits 0 limited run "$T/bad.conf"
  # A link leads to the container's files, never to the host's.
  ln -sf /etc/shadow "$passwd"
  refused_start 125 "user"
  # NUL bytes, and a home that is no path.
  rm "$passwd"
  printf 'a\0b:x:1:1::/:\nvictim:x:1000:1001::no/path:/bin/sh\n' >"$passwd"
  same home / "$(microctr run -o 'command=sh -c "echo $HOME"' "$T/bad.conf")"
}

test_limits_that_cannot_be() {
  bad_conf "cpuset = 4000"
  refused_start 125 "cpuset"
  bad_conf "memory = 1"
  exits 125 limited run "$T/bad.conf"
  one_line "$err"
  if [ ! -e "$(dirname "$(dirname "$(cgroup_of x memory)")")/cgroup.controllers" ]; then
    bad_conf "memory_high = 8M"
    refused_start 125 "memory_high"
    has "required = no" "$err"
    bad_conf "memory_high = 8M" "memory_high.required = no"
    exits 0 limited run "$T/bad.conf"
  fi
}

# What a layer puts where we mount: a link or a file instead of a directory.
test_hostile_layer() {
  local place
  for place in proc sys dev; do
    rm -rf "$T/top"
    mkdir "$T/top"
    ln -s /tmp "$T/top/$place"
    bad_conf "layer = $T/top"
    refused_start 125 "/$place"
    rm "$T/top/$place"
    echo text >"$T/top/$place"
    refused_start 125 "/$place"
  done
  rm -rf "$T/top"
  mkdir -p "$T/top/etc"
  mkdir "$T/outside"
  ln -s "$T/outside" "$T/top/etc/here"
  bad_conf "layer = $T/top" "volume = $T/etc:/etc/here/below" "manifest = /etc/here/manifest"
  code=0
  limited run "$T/bad.conf" 2>"$T/said" || code=$?
  same "made outside" "" "$(ls "$T/outside")"
}
