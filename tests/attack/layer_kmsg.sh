# shellcheck shell=sh
# Attack: has the node of the kernel's log in its layer
# Row: defaults
# Defence: device filter of the cgroup
# off: device = /dev/kmsg:rwm; userns = host
mkdir -p "$T/layer"
mknod "$T/layer/log" c 1 11 && chmod 666 "$T/layer/log"
attack_from "$(container attacker "layer = $T/layer" "command = /attack/attacks open_node /log")"
attacked
