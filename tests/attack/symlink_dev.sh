# shellcheck shell=sh
# Attack: has /dev as a symbolic link to a folder of the host in its layer
# Row: fake-dev
# Defence: a symbolic link is refused as mount point
# off: control
. "$ATTACKS/symlink_lib.sh"
hostile_link /dev tmpfs
