# shellcheck shell=sh
# Attack: has /volume as a symbolic link to a folder of the host in its layer (CVE-2021-30465, CVE-2024-45310)
# Row: mount-target
# Defence: resolved below the root to a descriptor, directories made one by one
# off: control
. "$ATTACKS/symlink_lib.sh"
hostile_link /volume other "volume = $TOOL:/volume/deeper/new"
