# shellcheck shell=sh
# Attack: overwrites our binary with /proc/self/exe as first process
# Row: self-exe
# Defence: what is executed last of ours is a sealed copy
# off: control
. "$ATTACKS/overwrite_lib.sh"
[ "$variant" != off ] || overwrite_control
overwrite_beside "/proc/self/exe supervise"
