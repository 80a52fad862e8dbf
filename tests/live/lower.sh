#!/usr/bin/env bash
# `microctr lower` (consh.md, row create_lowerfs.sh): content, idempotence, refusals, full disk, kill -9, two at once.
#
# Usage: tests/live/lower.sh BINARY      (as root, with a static busybox on the machine)
# Prints `ok NAME`, `FAIL NAME: why` or `skip NAME: why` for each test; fails if one failed.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
microctr=$(realpath "$1")
failed=0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

bad() { echo "$*"; return 1; }
lower() { "$microctr" lower "$@"; }

# The command must fail with one line on stderr that has these words, and leave the folder as it was.
refused() {  # WORDS ARGS...
  local words=$1 before after status=0
  shift
  before=$(find . | sort)
  lower "$@" 2>error || status=$?
  [ "$status" != 0 ] || bad "was not refused"
  [ "$(wc -l <error)" = 1 ] || bad "not one line: $(cat error)"
  grep -q -- "$words" error || bad "no '$words' in: $(cat error)"
  rm error
  after=$(find . | sort)
  [ "$before" = "$after" ] || bad "left behind: $(diff <(echo "$before") <(echo "$after") | tr '\n' ' ')"
}

whole() {  # DIR
  local name
  [ -x "$1/bin/busybox" ] && [ -s "$1/etc/passwd" ] || bad "$1 is not whole"
  for name in $("$busybox" --list); do [ -e "$1/bin/$name" ] || bad "applet $name is missing"; done
  chroot "$1" /bin/true || bad "$1 does not run"
}

no_leftovers() { [ -z "$(find . -name '.microctr-new-*')" ] || bad "left: $(find . -name '.microctr-new-*' -prune)"; }

compile_static() {  # NAME, the program on stdin
  type gcc >/dev/null 2>&1 || return 1
  gcc -static -xc - -o "$1" 2>/dev/null
}

test_content() {
  local entry
  lower layer
  whole layer
  for entry in 755:. 755:bin 755:dev 755:etc 755:home 755:lib 755:mnt 555:proc 700:root 755:run 555:sys 1777:tmp 755:usr \
    755:var 755:var/log 1777:var/tmp 755:bin/busybox 644:etc/passwd; do
    [ "$(stat -c %a "layer/${entry#*:}")" = "${entry%%:*}" ] || bad "mode of ${entry#*:}"
  done
  for entry in passwd group hosts resolv.conf nsswitch.conf; do [ -s "layer/etc/$entry" ] || bad "etc/$entry is missing"; done
  [ "$(ls layer | tr '\n' ' ')" = "bin dev etc home lib mnt proc root run sbin sys tmp usr var " ] || bad "$(ls layer)"
  cmp -s "$busybox" layer/bin/busybox || bad "the binary differs"
  [ "$(ls layer/bin | LC_ALL=C sort)" = "$({ echo busybox; "$busybox" --list; } | LC_ALL=C sort -u)" ] || bad "bin has other names"
  [ "$(du -s -B1M layer | cut -f1)" -le 4 ] || bad "applets take room: $(du -sh layer)"
}

test_chroot() {
  lower layer
  [ "$(env -i "$(type -P chroot)" layer /bin/sh -c 'ls / | wc -l; id -un; ls -ld /tmp | cut -c1-10')" = $'14\nroot\ndrwxrwxrwt' ] ||
    bad "unexpected output"
  env -i "$(type -P chroot)" layer /usr/sbin/ip link show lo >/dev/null || bad "no ip in /usr/sbin"
}

test_idempotent() {
  local before
  lower layer
  before=$(stat -c %i:%z layer)
  lower layer
  [ "$(stat -c %i:%z layer)" = "$before" ] || bad "built again"
  no_leftovers
}

test_replace() {
  cp "$busybox" other
  echo more >>other
  lower layer
  lower --busybox other layer
  whole layer
  cmp -s other layer/bin/busybox || bad "the old binary is still there"
  no_leftovers
}

test_symlinked_parent() {
  mkdir real
  ln -s real link
  lower link/a/layer
  whole real/a/layer
}

test_umask() {
  (umask 077 && lower layer)
  [ "$(stat -c %a layer layer/bin layer/tmp layer/etc/passwd | tr '\n' ' ')" = "755 755 1777 644 " ] || bad "modes"
}

test_dynamic() {
  local dynamic
  dynamic=$(find /bin/ls /usr/bin/env -type f | head -n 1)
  refused "dynamically linked" --busybox "$dynamic" a/layer
}

test_not_busybox() {
  echo '#!/bin/sh' >script && chmod +x script
  refused "not an ELF" --busybox script layer
  : >empty && chmod +x empty
  refused "not an ELF" --busybox empty layer
  head -c 300000 "$busybox" >short && chmod +x short
  refused "cut short" --busybox short layer
  cp "$busybox" plain && chmod -x plain
  refused "denied" --busybox plain layer
  mkfifo fifo
  refused "not a regular file" --busybox fifo layer
  refused "No such file" --busybox nothing layer
}

# Programs of this machine, static, that are no BusyBox: one fails, one is silent, one has evil names, one never ends.
test_other_programs() {
  local program
  echo 'int main(void) { return 1; }' | compile_static fails || { echo "no static libc to compile with"; return 77; }
  echo 'int main(void) { return 0; }' | compile_static silent
  printf '#include <stdio.h>\nint main(void) { puts("sh\\n../../evil"); return 0; }' | compile_static evil
  printf '#include <stdio.h>\nint main(void) { for (;;) puts("sh"); }' | compile_static flood
  printf '#include <stdlib.h>\nint main(void) { abort(); }' | compile_static crashes
  for program in fails silent evil flood crashes; do refused "no BusyBox" --busybox "$program" layer; done
}

test_other_machine() {
  { head -c 18 "$busybox"; printf '\x04\x00'; tail -c +21 "$busybox"; } >other && chmod +x other  # EM_68K
  refused "another machine" --busybox other layer
}

test_target_is_file() {
  echo mine >layer
  refused "layer" layer
  refused "layer" layer/inner
  [ "$(cat layer)" = mine ] || bad "it was changed"
}

test_target_is_foreign() {
  mkdir layer && echo mine >layer/file
  refused "something else" layer
  rm layer/file
  lower layer
  echo mine >layer/home/file
  cp "$busybox" other && echo more >>other
  refused "something else" --busybox other layer
  [ "$(cat layer/home/file)" = mine ] || bad "it was changed"
}

test_target_is_a_machine() {
  mkdir -p layer/bin layer/etc && cp "$busybox" layer/bin/ && cp /etc/passwd layer/etc/
  refused "something else" layer
}

# A tmpfs that is too small in bytes, then in inodes, at each size on the way.
test_full_disk() {
  local size
  for size in size=4k size=64k size=1m size=1900k nr_inodes=2 nr_inodes=10 nr_inodes=25 nr_inodes=30 nr_inodes=200; do
    mkdir small
    unshare -m bash -c '
      mount -t tmpfs -o "$1" none small || exit 77
      status=0
      "$2" lower small/a/layer 2>error || status=$?
      [ "$status" != 0 ] || { echo "$1 was enough"; exit 1; }
      grep -q "No space left" error || { cat error; exit 1; }
      [ "$(wc -l <error)" = 1 ] || { cat error; exit 1; }
      [ -z "$(ls -A small)" ] || { echo "left: $(find small | head -n 3)"; exit 1; }
      mount -o remount,size=16m,nr_inodes=10000 small && "$2" lower small/a/layer' _ "$size" "$microctr" || return $?
    rmdir small
    rm error
  done
}

test_mount_point() {
  mkdir layer
  unshare -m bash -c 'mount -t tmpfs none layer || exit 77; "$1" lower layer 2>error && exit 1; grep -q "mount point" error' \
    _ "$microctr" || return $?
}

# Killed at many moments: there is no layer or a whole one, and the next run removes what was left.
test_kill() {
  local began long moment round leftovers=0
  began=$(date +%s%N)
  "$microctr" lower layer
  long=$((($(date +%s%N) - began) / 100000))  # tenths of a millisecond that a whole one takes, here and now
  for round in $(seq 1 60); do
    rm -rf layer
    "$microctr" lower layer &  # the program itself, not a shell around it, is what is killed
    moment=$((round * long / 50 + 1))
    sleep "$((moment / 10000)).$(printf '%04d' $((moment % 10000)))"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    if [ -e layer ]; then whole layer; fi
    if [ -n "$(find . -name '.microctr-new-*' -prune)" ]; then leftovers=$((leftovers + 1)); fi
    lower layer
    whole layer
    no_leftovers
  done
  [ "$leftovers" -gt 0 ] || bad "no kill came in the middle"
}

# Killed while it replaces: at no moment is there no layer.
test_kill_replace() {
  local round
  cp "$busybox" other && echo more >>other
  lower layer
  for round in $(seq 1 30); do
    if [ $((round % 2)) = 1 ]; then "$microctr" lower --busybox other layer & else "$microctr" lower layer & fi
    sleep "$(printf '0.%04d' $((round * 8)))"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    whole layer
  done
  lower layer
  no_leftovers
}

# Builders of the same and of different layers at once: all succeed, none sees half of one.
test_at_once() {
  local round pids pid
  cp "$busybox" other && echo more >>other
  for round in 1 2 3 4 5 6; do
    pids=()
    for _ in 1 2 3; do
      lower layer & pids+=($!)
      lower --busybox other layer & pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || bad "round $round: a builder failed"; done
    whole layer
    no_leftovers
    if [ $((round % 2)) = 0 ]; then rm -rf layer; fi
  done
}

test_unprivileged() {
  local user=65534
  [ "$(stat -c %a "$(dirname "$scratch")")" != 700 ] || { echo "the folder for temporary files is closed"; return 77; }
  chmod 711 "$scratch"
  cp "$microctr" tool && chmod 755 . tool
  mkdir own && chown $user own
  setpriv --reuid $user --regid $user --clear-groups ./tool lower own/layer || bad "failed"
  whole own/layer
  [ "$(stat -c %u own/layer/bin/sh)" = $user ] || bad "owner"
  mkdir closed && chmod 700 closed
  setpriv --reuid $user --regid $user --clear-groups ./tool lower closed/layer 2>error && bad "was not refused"
  grep -q denied error || bad "$(cat error)"
}

busybox=""
for place in /bin /sbin /usr/bin /usr/sbin /usr/local/bin; do
  if [ -x "$place/busybox" ]; then busybox=$place/busybox && break; fi
done

# Each test in a folder and a shell of its own; status 77: the test's last words say why it cannot run here.
for name in $(declare -F | sed -n 's/^declare -f test_//p'); do
  if [ -z "$busybox" ]; then echo "skip lower-$name: no static busybox on this machine"; continue; fi
  if [ "$(id -u)" != 0 ]; then echo "skip lower-$name: needs root"; continue; fi
  status=0
  mkdir "$scratch/$name"
  # Not in a condition: there `set -e` would be off inside.
  set +e
  words=$(cd "$scratch/$name" && set -e && "test_$name" 2>&1)
  status=$?
  set -e
  case "$status" in
    0) echo "ok lower-$name" ;;
    77) echo "skip lower-$name: $words" ;;
    *) echo "FAIL lower-$name: $(tr '\n' ' ' <<<"${words:-status $status}")"; failed=1 ;;
  esac
  chmod -R u+rwX "$scratch/$name" && rm -rf "${scratch:?}/$name"
done
exit "$failed"
