# shellcheck shell=sh
# Attack: leaves a set-user-id program on its named volume for users of the host
# Row: setuid
# Defence: the data directory is closed to other users; on a volume in a public folder this attack succeeds, see docs/security.md
# off: control
chmod 755 "$WORK"
if [ "$variant" = off ]; then
  mkdir -p "$T/public" && source=$T/public place=$T/public
else
  source=data place=$WORK/data/containers/attacker/volumes/data
fi
attack_from "$(container attacker "volume = $source:/data" "command = /attack/attacks plant /data/gain")"
[ "$attack_status" = 0 ] || broken "$words"
judged "$TOOL/attacks" as_user 65534 "$place/gain" gain_user
rm -rf "$WORK/data/containers/attacker"
case "$words" in *"Permission denied"*) attack_status=1 ;; esac
attacked
