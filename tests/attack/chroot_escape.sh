# shellcheck shell=sh
# Attack: leaves its root by mkdir, chroot, chdir ../../.., chroot
# Row: chroot
# Defence: pivot_root and detach
# off: control
make_outside
if [ "$variant" = off ]; then
  mkdir -p "$T/root/tmp"
  cp "$TOOL/attacks" "$T/root/"
  judged "$TOOL/attacks" in_root "$T/root" /attacks chroot_escape "$T/outside/marker"
else
  attack_from "$(container attacker "command = /attack/attacks chroot_escape $T/outside/marker")"
fi
attacked
