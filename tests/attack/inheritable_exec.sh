# shellcheck shell=sh
# Attack: gets inheritable capabilities from the caller of run or exec (CVE-2022-27650, CVE-2022-29162)
# Row: capabilities
# Defence: both sets are emptied, whatever the caller had
# off: control
if [ "$variant" = off ]; then
  judged "$TOOL/attacks" with_inheritable "$TOOL/attacks" inheritable
  attacked
fi
file_of_attacker=$(container attacker "command = /attack/attacks inheritable")
# shellcheck disable=SC2046
judged "$TOOL/attacks" with_inheritable $(launcher) run "$file_of_attacker"
[ "$attack_status" = 1 ] || attacked
start_victim "$(container victim "command = /attack/attacks victim")" || broken "$words"
# shellcheck disable=SC2046
judged "$TOOL/attacks" with_inheritable $(launcher) exec victim /attack/attacks inheritable
attacked
