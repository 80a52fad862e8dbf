# shellcheck shell=sh
# Attack: finds a descriptor of the caller in a program that exec started
# Row: leaked-fd
# Defence: CLOEXEC everywhere, close_range before exec
# off: control
start_victim "$(container victim "command = /attack/attacks victim")" || broken "$words"
if [ "$variant" = off ]; then
  judged "$TOOL/attacks" with_descriptors / "$TOOL/attacks" leaked_descriptors
else
  # shellcheck disable=SC2046
  judged "$TOOL/attacks" with_descriptors / $(launcher) exec victim /attack/attacks leaked_descriptors
fi
attacked
