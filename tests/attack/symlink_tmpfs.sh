# shellcheck shell=sh
# Attack: has /scratch as a symbolic link to a folder of the host in its layer
# Row: mount-target
# Defence: resolved below the root to a descriptor
# off: control
. "$ATTACKS/symlink_lib.sh"
hostile_link /scratch other "tmpfs = /scratch/deeper/new"
