# shellcheck shell=sh
# Attack: stops a neighbour by the control socket, as another user of the host
# Row: control-socket
# Defence: SO_PEERCRED; a directory of mode 0700
# off: control
chmod 755 "$T" "$WORK"
start_victim "$(container victim "command = /attack/attacks victim")" || broken "$words"
is_up() { microctr exec victim /attack/attacks answer; }
is_up || broken "the victim does not answer"
user=65534
[ "$variant" != off ] || user=0
# shellcheck disable=SC2046
timeout 20 "$TOOL/attacks" as_user "$user" $(launcher) stop -t 100ms victim
for socket in "$T"/run/*sock* "$T"/run/control*; do
  [ -S "$socket" ] || continue
  "$TOOL/attacks" as_user "$user" "$TOOL/attacks" connect_to "$socket" && [ "$user" != 0 ] && succeeded "it has connected"
done
if is_up; then refused "the victim still answers"; fi
succeeded "the victim is stopped"
