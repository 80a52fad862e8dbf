# shellcheck shell=sh
# Attack: becomes root by an /etc/passwd whose numbers are read wrongly (CVE-2026-30892)
# Row: exec-user
# Defence: strict number parser
# off: control
invalid=refused
number=0
try_user() {  # USER ENTRY
  number=$((number + 1))
  mkdir -p "$T/layer$number/etc"
  printf '%s\n' "$2" >"$T/layer$number/etc/passwd"
  attack_or_no_start "$(container attacker "layer = $T/layer$number" "user = $1" "command = /attack/attacks gain_user")"
}
if [ "$variant" = off ]; then
  try_user evil "evil:x:0:0::/:"
  attacked
fi
for id in 4294967296 18446744073709551616 4294967295 -1 -0 +0 0x0 00x0 "" " 0" "0 " "0,1" 0.5 1e0 nobody; do
  try_user evil "evil:x:$id:$id::/:"
  [ "$attack_status" = 1 ] || attacked
done
for user in 4294967296 18446744073709551616 4294967295 -1 0x0; do
  try_user "$user" "root:x:0:0::/:"
  [ "$attack_status" = 1 ] || attacked
done
attacked
