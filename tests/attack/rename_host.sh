# shellcheck shell=sh
# Attack: changes the names of the host
# Row: defaults
# Defence: uts namespace; no CAP_SYS_ADMIN
# off: open; namespaces = mount ipc pid network cgroup
before=$(cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname)
attack_from "$(container attacker "command = /attack/attacks rename_host")"
after=$(cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname)
echo "$before" | sed -n 1p >/proc/sys/kernel/hostname
echo "$before" | sed -n 2p >/proc/sys/kernel/domainname
[ "$before" = "$after" ] || succeeded "the host is $after"
[ "$attack_status" != 0 ] || refused "it changed its own names only"
attacked
