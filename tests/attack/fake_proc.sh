# shellcheck shell=sh
# Attack: has a /proc of its own with false files in its layer (CVE-2019-16884)
# Row: fake-proc
# Defence: procfs is mounted over it and its type verified
# off: control
mkdir -p "$T/layer/proc/self/attr" "$T/layer/proc/sys/net/ipv4"
echo "of the host" >"$T/layer/proc/self/attr/exec"
cp "$TOOL/attacks" "$T/layer/"
if [ "$variant" = off ]; then
  judged "$TOOL/attacks" in_root "$T/layer" /attacks real_place /proc proc
else
  attack_or_no_start "$(container attacker "layer = $T/layer" "command = /attacks real_place /proc proc")"
fi
attacked
