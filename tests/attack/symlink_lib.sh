# shellcheck shell=sh
# A hostile layer in which a mount point, or a file that we write, is a symbolic link to a folder of the host.
hostile_link() {  # PATH KIND [LINE]...: KIND as in real_place
  place=$1 kind=$2
  shift 2
  make_outside
  before=$(listing "$T/outside")
  number=0
  for link in "$T/outside" "../../../../../../../..$T/outside" "$T/outside/new" "$T/outside/marker" /etc; do
    number=$((number + 1))
    mkdir -p "$T/layer$number$(dirname "$place")"
    ln -s "$link" "$T/layer$number$place"
    if [ "$variant" = off ]; then  # a launcher that trusts the path
      mkdir -p "$T/layer$number$place/by-path" 2>/dev/null
    else
      attack_or_no_start "$(container attacker "$@" "layer = $T/layer$number" "command = /attack/attacks real_place $place $kind")"
      [ "$attack_status" = 1 ] || attacked
    fi
    [ "$(listing "$T/outside")" = "$before" ] || succeeded "$link of the host is changed"
  done
  attacked
}
