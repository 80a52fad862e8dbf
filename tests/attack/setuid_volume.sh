# shellcheck shell=sh
# Attack: becomes root by a set-user-id program on its volume
# Row: setuid
# Defence: volumes are nosuid
# off: control
mkdir -p "$T/layer"
cp "$TOOL/attacks" "$T/layer/gain"
chmod 4755 "$T/layer/gain"
if [ "$variant" = off ]; then
  attack_from "$(container attacker "layer = $T/layer" "user = 1000" "no_new_privileges = no" "command = /gain gain_user")"
else
  attack_from "$(container attacker "volume = $T/layer:/volume" "user = 1000" "no_new_privileges = no" "command = /volume/gain gain_user")"
fi
attacked
