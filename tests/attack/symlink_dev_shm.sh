# shellcheck shell=sh
# Attack: has /dev/shm as a symbolic link to a folder of the host in its layer
# Row: fake-dev
# Defence: always a tmpfs of our own on /dev
# off: control
. "$ATTACKS/symlink_lib.sh"
hostile_link /dev/shm tmpfs
