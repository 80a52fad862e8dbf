# shellcheck shell=sh
# Attack: has /dev/pts as a symbolic link to a folder of the host in its layer (CVE-2025-52565)
# Row: fake-dev
# Defence: always a tmpfs of our own on /dev
# off: control
. "$ATTACKS/symlink_lib.sh"
hostile_link /dev/pts devpts
