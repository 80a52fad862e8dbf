# shellcheck shell=sh
# Attack: changes a file of a layer that others share, through a mapping
# Row: defaults
# Defence: layers are below an overlay
# off: control
mkdir -p "$T/layer"
echo "of the host" >"$T/layer/shared"
if [ "$variant" = off ]; then
  attack_from "$(container attacker "volume = $T/layer:/layer" "command = /attack/attacks overwrite_mapped /layer/shared")"
else
  attack_from "$(container attacker "layer = $T/layer" "command = /attack/attacks overwrite_mapped /shared")"
fi
[ "$attack_status" = 0 ] || broken "$words"
if [ "$(cat "$T/layer/shared")" = "of the host" ]; then refused "the layer is what it was"; fi
succeeded "the layer is changed"
