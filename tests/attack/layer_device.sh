# shellcheck shell=sh
# Attack: has the node of a disk in its layer
# Row: defaults
# Defence: the root is nodev; device filter of the cgroup
# off: control
mkdir -p "$T/layer"
cp -a "$DISK" "$T/layer/disk" && chmod 666 "$T/layer/disk"
if [ "$variant" = off ]; then
  judged "$TOOL/attacks" open_node "$T/layer/disk"
  attacked
fi
attack_from "$(container attacker "layer = $T/layer" "command = /attack/attacks open_node /disk")"
attacked
