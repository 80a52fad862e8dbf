# shellcheck shell=sh
# Attack: becomes root by a set-user-id program in its layer
# Row: setuid
# Defence: no_new_privileges
# off: no_new_privileges = no
mkdir -p "$T/layer"
cp "$TOOL/attacks" "$T/layer/gain"
chmod 4755 "$T/layer/gain"
attack_from "$(container attacker "layer = $T/layer" "user = 1000" "command = /gain gain_user")"
attacked
