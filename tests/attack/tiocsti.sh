# shellcheck shell=sh
# Attack: types into the terminal of its caller by TIOCSTI (CVE-2017-5226)
# Row: terminal
# Defence: new session; the default seccomp policy
# off: userns = host; cap_add = ALL; seccomp = off
file_of_attacker=$(container attacker "command = /attack/attacks tiocsti")
# shellcheck disable=SC2046
judged "$TOOL/attacks" on_terminal $(launcher) run "$file_of_attacker"
attacked
