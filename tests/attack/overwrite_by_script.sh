# shellcheck shell=sh
# Attack: overwrites our binary with a first process that is a script of #!/proc/self/exe
# Row: self-exe
# Defence: what is executed last of ours is a sealed copy
# off: control
. "$ATTACKS/overwrite_lib.sh"
[ "$variant" != off ] || overwrite_control
mkdir -p "$T/layer"
printf '#!/proc/self/exe\n' >"$T/layer/supervise"
chmod 755 "$T/layer/supervise"
overwrite_beside /supervise "layer = $T/layer"
