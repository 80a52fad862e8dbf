# shellcheck shell=sh
# Attack: overwrites our binary with a program whose ELF interpreter is /proc/self/exe
# Row: self-exe
# Defence: what is executed last of ours is a sealed copy
# off: control
. "$ATTACKS/overwrite_lib.sh"
[ "$variant" != off ] || overwrite_control
mkdir -p "$T/layer"
"$TOOL/attacks" make_interpreted "$T/layer/hostile" /proc/self/exe || broken "make_interpreted"
overwrite_beside /hostile "layer = $T/layer"
