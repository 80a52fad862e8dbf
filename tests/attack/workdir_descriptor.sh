# shellcheck shell=sh
# Attack: has a descriptor of the host's as working directory (CVE-2024-21626)
# Row: leaked-fd
# Defence: descriptors are closed before; the working directory is checked after chdir
# off: control
make_outside
if [ "$variant" = off ]; then
  cd "$T/outside" && judged "$TOOL/attacks" sees_outside .
  attacked
fi
for directory in /proc/self/fd/7 /proc/self/fd/7/../outside /dev/fd/7 /proc/1/fd/7; do
  file_of_attacker=$(container attacker "workdir = $directory" "command = /attack/attacks sees_outside .")
  # shellcheck disable=SC2046
  judged "$TOOL/attacks" with_descriptors "$T/outside" $(launcher) run "$file_of_attacker"
  case "$words" in "broken (125):"*) attack_status=1 ;; esac
  [ "$attack_status" = 1 ] || attacked
done
attacked
