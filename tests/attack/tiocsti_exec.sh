# shellcheck shell=sh
# Attack: the same in a program that exec started
# Row: terminal
# Defence: new session; the default seccomp policy
# off: userns = host; cap_add = ALL; seccomp = off
start_victim "$(container victim "command = /attack/attacks victim")" || broken "$words"
# shellcheck disable=SC2046
judged "$TOOL/attacks" on_terminal $(launcher) exec -i victim /attack/attacks tiocsti
attacked
