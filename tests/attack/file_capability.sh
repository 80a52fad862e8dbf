# shellcheck shell=sh
# Attack: gets a capability by a program in its layer that has file capabilities
# Row: setuid
# Defence: no_new_privileges
# off: no_new_privileges = no; userns = host
mkdir -p "$T/layer"
cp "$TOOL/attacks" "$T/layer/gain"
"$TOOL/attacks" give_capability "$T/layer/gain" || broken setxattr
attack_from "$(container attacker "layer = $T/layer" "user = 1000" "command = /gain gain_capability")"
attacked
