# shellcheck shell=sh
# Attack: has the node of the kernel's log in its layer
# Row: defaults
# Defence: the root is nodev; device filter of the cgroup
# off: control
mkdir -p "$T/layer"
mknod "$T/layer/log" c 1 11 && chmod 666 "$T/layer/log"
if [ "$variant" = off ]; then
  judged "$TOOL/attacks" open_node "$T/layer/log"
  attacked
fi
attack_from "$(container attacker "layer = $T/layer" "command = /attack/attacks open_node /log")"
attacked
