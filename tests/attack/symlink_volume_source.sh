# shellcheck shell=sh
# Attack: has a symbolic link to a folder of the host in the place of its named volume (CVE-2024-42472)
# Row: bind-source
# Defence: a link is refused as source of a named volume
# off: control
make_outside
if [ "$variant" = off ]; then
  attack_from "$(container attacker "volume = $T/outside:/data" "command = /attack/attacks sees_outside /data")"
  attacked
fi
volumes=$WORK/data/containers/attacker/volumes
mkdir -p "$volumes"
ln -s "$T/outside" "$volumes/data"
attack_or_no_start "$(container attacker "volume = data:/data" "command = /attack/attacks sees_outside /data")"
rm -rf "$WORK/data/containers/attacker"
attacked
