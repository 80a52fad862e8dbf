# shellcheck shell=sh
# Attack: overwrites our binary through a process that exec starts in it (CVE-2019-5736)
# Row: self-exe
# Defence: what exec executes last of ours is a sealed copy; the binary's owner is the host's root
# off: control
. "$ATTACKS/overwrite_lib.sh"
[ "$variant" != off ] || overwrite_control
own_copy
start_victim "$(container victim "command = /attack/attacks overwrite_exe")" || broken "$words"
tries=0
while [ "$tries" -lt 8 ]; do
  microctr exec victim /proc/self/exe version || true
  microctr exec victim /attack/attacks answer || true
  tries=$((tries + 1))
done
microctr stop -t 100ms victim || true
if is_overwritten; then succeeded "our binary is another one"; fi
refused "our binary is what it was"
