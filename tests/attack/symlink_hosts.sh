# shellcheck shell=sh
# Attack: has /etc/hosts as a symbolic link to a folder of the host in its layer
# Row: mount-target
# Defence: resolved below the root (RESOLVE_IN_ROOT)
# off: control
. "$ATTACKS/symlink_lib.sh"
hostile_link /etc/hosts other "add_host = db:10.0.0.9"
