# shellcheck shell=sh
# Attack: has /proc as a symbolic link to a folder of the host in its layer (CVE-2019-19921)
# Row: fake-proc
# Defence: a symbolic link is refused as mount point
# off: control
. "$ATTACKS/symlink_lib.sh"
hostile_link /proc proc
