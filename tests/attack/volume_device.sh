# shellcheck shell=sh
# Attack: has a node on its volume
# Row: defaults
# Defence: volumes are nodev
# off: control
mkdir -p "$T/layer"
mknod "$T/layer/log" c 1 11 && chmod 666 "$T/layer/log"
if [ "$variant" = off ]; then
  judged "$TOOL/attacks" open_node "$T/layer/log"
else
  attack_from "$(container attacker "volume = $T/layer:/volume" "command = /attack/attacks open_node /volume/log")"
fi
attacked
