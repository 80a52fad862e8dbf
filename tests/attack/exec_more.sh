# shellcheck shell=sh
# Attack: has more in a program that exec started than its container has
# Row: capabilities
# Defence: exec takes the container's capabilities, filter and no_new_privileges
# off: open
start_victim "$(container victim "command = /attack/attacks victim")" || broken "$words"
for one in capabilities unfiltered; do
  # shellcheck disable=SC2046
  judged $(launcher) exec victim /attack/attacks "$one"
  [ "$attack_status" = 1 ] || attacked
done
attacked
