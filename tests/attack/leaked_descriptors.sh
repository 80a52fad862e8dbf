# shellcheck shell=sh
# Attack: finds a descriptor that the launcher or its caller had open (CVE-2024-21626)
# Row: leaked-fd
# Defence: CLOEXEC everywhere, close_range before exec
# off: control
if [ "$variant" = off ]; then
  judged "$TOOL/attacks" with_descriptors / "$TOOL/attacks" leaked_descriptors
else
  file_of_attacker=$(container attacker "command = /attack/attacks leaked_descriptors")
  # shellcheck disable=SC2046
  judged "$TOOL/attacks" with_descriptors / $(launcher) run "$file_of_attacker"
fi
attacked
