# shellcheck shell=sh
# Attack: ends a process of the host by its number
# Row: defaults
# Defence: pid namespace
# off: userns = host; namespaces = mount uts ipc network cgroup; seccomp = off
sleep 60 &
decoy=$!
attack_from "$(container attacker "command = /attack/attacks kill_process $decoy")"
if kill "$decoy" 2>/dev/null && [ "$attack_status" = 1 ]; then attacked; fi
[ "$attack_status" = 0 ] || broken "$words"
succeeded "the process is gone"
