# shellcheck shell=sh
# For the attacks on our own binary: a copy of it launches, and is compared in the end.
own_copy() {
  mkdir -p "$T/launcher"
  cp "$BINARY" "$T/launcher/microctr"
  BINARY=$T/launcher/microctr
}
is_overwritten() { ! cmp -s "$BINARY" "$WORK/bin/microctr"; }
# That overwrite_exe can do it: to a program that somebody else executes.
overwrite_control() {
  attack_from "$(container attacker "command = sh -c \"cp /attack/attacks /tmp/a; /tmp/a victim & exec /attack/attacks overwrite_exe kill\"")"
  attacked
}
# A first process of the attacker's choice, beside which overwrite_exe runs as long as there is one.
overwrite_beside() {  # COMMAND [LINE]...
  first=$1
  shift
  own_copy
  microctr start "$(container attacker "command = $first" "$@")" || true
  tries=0
  while [ "$tries" -lt 3 ]; do
    timeout 10 "$BINARY" --root "$WORK/data" --runtime-dir "$T/run" --config-dir "$T/etc" exec attacker /attack/attacks overwrite_exe || true
    tries=$((tries + 1))
  done
  microctr stop -t 100ms attacker || true
  if is_overwritten; then succeeded "our binary is another one"; fi
  refused "our binary is what it was"
}
