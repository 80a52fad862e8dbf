# userns = map of an ordinary user: ranges that /etc/subuid and /etc/subgid lend, written by newuidmap and newgidmap.
#
# The user exists in copies of the files of /etc only, bound over them in the tests' own mount namespace.

somebody=4242

as_user() {  # COMMAND...
  env -i PATH="$PATH" HOME="$T/home" XDG_RUNTIME_DIR="$T/session" XDG_CONFIG_HOME="$T/home/config" XDG_DATA_HOME="$T/home/data" \
    timeout -k 1 20 setpriv --reuid "$somebody" --regid "$somebody" --clear-groups "$@"
}

over() { mount --bind "$1" "$2" && echo "$2" >>"$T/bound"; }

prepare() {
  command -v newuidmap >/dev/null || skip "there is no newuidmap (package uidmap)"
  as_user_can || skip "this machine lets no user make a user namespace"
  chmod 755 "$T"
  mkdir -p "$T/home" "$T/session"
  chmod 700 "$T/session"
  cp "$BINARY" "$T/tool"
  chmod 755 "$T/tool"
  chown "$somebody:$somebody" "$T/home" "$T/session"
  { cat /etc/passwd; echo "lender:x:$somebody:$somebody::/nonexistent:/bin/sh"; } >"$T/passwd"
  printf 'other:300000:65536\nlender:100000:65536\n' >"$T/subuid"
  printf '%s:200000:65536\n' "$somebody" >"$T/subgid"
  trap end_of_test EXIT
  over "$T/passwd" /etc/passwd
  over "$T/subuid" /etc/subuid
  over "$T/subgid" /etc/subgid
}

as_user_can() { setpriv --reuid "$somebody" --regid "$somebody" --clear-groups unshare --user true 2>/dev/null; }

end_of_test() {
  local record bound
  for record in "$T/session/microctr/containers"/*/; do
    [ -d "$record" ] || continue
    as_user "$T/tool" stop -t 100ms "$(basename "$record")" || true
    as_user "$T/tool" remove "$(basename "$record")" || true
  done >/dev/null 2>&1
  for bound in $(cat "$T/bound" 2>/dev/null); do umount "$bound"; done
}

map=("userns = map" "user_map = 0:$somebody:1" "user_map = 1:100000:2000" "group_map = 0:$somebody:1" "group_map = 1:200000:2000")

user_conf() {  # NAME [KEY=VALUE]...
  local name=$1
  shift
  printf '%s\n' "layer = busybox" "$@" >"$T/home/$name.conf"
  chmod 644 "$T/home/$name.conf"
}

user_inside() {  # SHELL_COMMAND [KEY=VALUE]...
  local command=$1
  shift
  printf 'SCRIPT=%s\n' "$command" >"$T/home/inside.env"
  user_conf inside 'command = sh -c "eval \"$SCRIPT\""' "env_file = $T/home/inside.env" "$@"
  as_user "$T/tool" run "$T/home/inside.conf"
}

refused() {  # WORDS [KEY=VALUE]...
  local words=$1
  shift
  exits 125 user_inside true "$@"
  one_line "$err"
  has "$words" "$err"
  [ -z "$(ls -A "$T/session")" ] || fail "left: $(find "$T/session")"
}

# contract: unprivileged callers: ranges through newuidmap and newgidmap
test_ranges() {
  prepare
  exits 0 user_inside 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; cat /proc/sys/net/ipv4/ping_group_range' "${map[@]}"
  same "maps" "0 $somebody 1 1 100000 2000 0 $somebody 1 1 200000 2000 allow 0 0" "$(echo $out)"
  same "errors" "" "$err"
  same "root inside" "0 0 0" "$(echo $(user_inside 'id -u; id -g; id -G' "${map[@]}"))"
  same "owner of the layer" "$somebody" "$(stat -c %u "$T/home/data/microctr/layers/busybox/bin/busybox")"
  same "owner of the layer inside" 0:0 "$(user_inside 'stat -c %u:%g /bin/busybox' "${map[@]}")"
  [ -z "$(ls -A "$T/session")" ] || fail "left: $(find "$T/session")"
}

test_another_user_inside() {
  prepare
  same "user" "1000 1001 5 1001" "$(echo $(user_inside 'id -u; id -g; id -G | tr " " "\n" | sort -n' "${map[@]}" "user = 1000:1001" "groups = 5"))"
  exits 0 user_inside 'echo x >/dev/null; head -c 1 /dev/zero | wc -c' "${map[@]}" "user = 1000"
  same "devices" 1 "$out"
  user_conf says 'command = sh -c "echo reopened >/dev/stdout"' "user = 1000" "${map[@]}"
  exits 0 as_user "$T/tool" start "$T/home/says.conf"
  exits 0 as_user "$T/tool" wait says
  same "log" reopened "$(as_user "$T/tool" logs says)"
  exits 0 as_user "$T/tool" remove says
  exits 1 user_inside 'echo x >/bin/new' "${map[@]}" "user = 1000"
}

# Nothing maps ids of mounts for a user: what is on disk has the ids of the map.
test_owners_on_disk() {
  prepare
  mkdir "$T/home/shared"
  chown "$somebody:$somebody" "$T/home/shared"
  exits 0 user_inside 'touch /mnt/root /mnt/app; chown 1000:1001 /mnt/app; stat -c %u:%g /mnt/app' "${map[@]}" "volume = $T/home/shared:/mnt"
  same "inside" 1000:1001 "$out"
  same "on disk" "$somebody:$somebody 100999:201000" "$(echo $(stat -c %u:%g "$T/home/shared/root" "$T/home/shared/app"))"
  exits 1 user_inside 'chown 3000 /mnt/app' "${map[@]}" "volume = $T/home/shared:/mnt"
  exits 0 user_inside 'touch /kept; chown 7:7 /kept; rm -r /home' "${map[@]}" "upper = persistent"
  same "kept" 7:7 "$(user_inside 'stat -c %u:%g /kept' "${map[@]}" "upper = persistent")"
  user_inside 'rm -rf /mnt/app' "${map[@]}" "volume = $T/home/shared:/mnt"
}

test_background() {
  prepare
  user_conf stays "command = sleep 1000" "user = 1000" "${map[@]}"
  exits 0 as_user "$T/tool" start "$T/home/stays.conf"
  same "exec" "1000 100999" "$(as_user "$T/tool" exec stays id -u) $(stat -c %u "/proc/$(as_user "$T/tool" inspect --json stays | sed -n 's/.*"pid":\([0-9]*\)[,}].*/\1/p')")"
  same "map" "0 $somebody 1 1 100000 2000" "$(echo $(as_user "$T/tool" exec stays cat /proc/self/uid_map))"
  exits 0 as_user "$T/tool" stop -t 100ms stays
  exits 0 as_user "$T/tool" remove stays
}

# rule: maps that the caller may not use are refused before anything is done
test_what_is_not_lent() {
  prepare
  refused "300000-300999" "userns = map" "user_map = 0:300000:1000"
  has "/etc/subuid: USER:FIRST:COUNT" "$err"
  refused "165535-165536" "userns = map" "user_map = 0:165535:2" "group_map = 0:200000:2"
  refused "0-0" "userns = map" "user_map = 0:0:1"
  refused "100000-100009" "userns = map" "user_map = 0:100000:10"
  has "/etc/subgid: USER:FIRST:COUNT" "$err"
}

test_without_helpers() {
  prepare
  touch "$T/none"
  over "$T/none" "$(realpath "$(command -v newuidmap)")"
  refused "newuidmap, newgidmap" "${map[@]}"
  has "install uidmap" "$err"
  exits 0 user_inside true "userns = root"
  has "missing  newuidmap (userns = map)" "$(as_user "$T/tool" doctor)"
}

# What the helper says reaches the caller, and the container is undone.
test_helper_that_refuses() {
  prepare
  printf '#!/bin/sh\necho "newuidmap: no" >&2\nexit 1\n' >"$T/refuses"
  chmod 755 "$T/refuses"
  over "$T/refuses" "$(realpath "$(command -v newuidmap)")"
  exits 125 user_inside true "${map[@]}"
  has "newuidmap: no" "$err"
  has "map user ids 0:$somebody:1 1:100000:2000" "$err"
  [ -z "$(ls -A "$T/session")" ] || fail "left: $(find "$T/session")"
}

test_doctor() {
  prepare
  has "ok       newuidmap (userns = map)" "$(as_user "$T/tool" doctor)"
  has "ok       ids that are lent to this user" "$(as_user "$T/tool" doctor)"
}
