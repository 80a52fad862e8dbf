# shellcheck shell=sh
# Attack: has the node of a disk in its layer
# Row: defaults
# Defence: device filter of the cgroup
# off: device = $DISK:rwm; userns = host
mkdir -p "$T/layer"
cp -a "$DISK" "$T/layer/disk" && chmod 666 "$T/layer/disk"
attack_from "$(container attacker "layer = $T/layer" "command = /attack/attacks open_node /disk")"
attacked
