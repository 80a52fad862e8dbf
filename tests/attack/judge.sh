# shellcheck shell=sh
# What the attacks are judged by; sourced by `run` on a development machine and by the boot scenarios in the machine, so it
# needs no more than BusyBox. An attack is a file: NAME.cpp is run inside a container as its command, NAME.sh is sourced on
# the host and ends the same way; a NAME.cpp beside it is its program. Its header, one thing on a line:
#
#   Attack:   what it tries
#   Row:      the row of the threats that it belongs to
#   Defence:  what stops it
#   off:      "key = value; ..." with which it must succeed, `open` for all of them, or `control`: the script then tries the
#             same without a container
#   with:     further keys, always
#   on:       further keys, but not where the defence is off
#   on-host:  no: it is the user namespace alone that stops it
#   pair:     a container `victim` runs beside it: attacks WORDS
#   needs:    a file of the host without which there is nothing to attack
#   arch:     the only one that has it
#
# Each is run in a default container, with `userns = host` (what a default container is where the kernel cannot map ids)
# and with the defence off. It is `ok` when it was refused, refused and successful.
#
# Set before: BINARY, ATTACKS (folder of the files), TOOL (folder of the program `attacks`, in the same file system as
# WORK), WORK (an empty folder), DISK (a block device), VARIANTS (of "default host off").

header() { sed -n "s@^[/#]* $2: *@@p" "$1"; }
keys() {  # FILE HEADER: one key on a line
  header "$1" "$2" | tr ';' '\n' | sed "s@^ *@@; s@\$T@$T@g; s@\$DISK@$DISK@g; /^\$/d"
}
open_keys() {
  printf '%s\n' "userns = host" "cap_add = ALL" "seccomp = off" "no_new_privileges = no" "masked_path =" "readonly_path ="
}
variant_keys() {
  case "$variant" in
    default) keys "$file" on ;;
    host) keys "$file" on; echo "userns = host" ;;
    off)
      case "$(header "$file" off)" in
        open*) open_keys ;;
        control*) keys "$file" on ;;
      esac
      keys "$file" off | sed '/^open$/d; /^control/d'
      ;;
  esac
}

# For a script that puts something before it; the folders have no blanks in their names.
launcher() { echo "$BINARY --root $WORK/data --runtime-dir $T/run --config-dir $T/etc"; }
# shellcheck disable=SC2046  # words
microctr() { $(launcher) "$@"; }

# The configuration of a container in this variant; prints its path. A hostile layer comes after `layer = busybox`.
container() {  # NAME [LINE]...
  name_of_container=$1
  shift
  {
    case "$*" in *"rootfs = "*) ;; *) echo "layer = busybox" ;; esac
    echo "volume = $TOOL:/attack:ro"
    keys "$file" with
    variant_keys
    printf '%s\n' "$@"
  } >"$T/$name_of_container.conf"
  echo "$T/$name_of_container.conf"
}

# Runs a command that ends by the contract of attack.h: its status becomes $attack_status, its words $words.
judged() {  # COMMAND...
  attack_status=0
  words=$(timeout 60 "$@" 2>&1 </dev/null) || attack_status=$?
  by_contract
}
by_contract() {
  case "$attack_status:$words" in
    0:*succeeded:* | 1:*refused:* | 77:*absent:*) ;;
    *) words="broken ($attack_status): $words"; attack_status=3 ;;
  esac
}
# shellcheck disable=SC2046
attack_from() { judged $(launcher) run "$1"; }  # CONF
# The same for a container that need not start: set-up refused is refused. A configuration that is refused proves nothing,
# unless that is the attack: invalid=refused.
attack_or_no_start() {  # CONF
  attack_from "$1"
  case "${invalid-}$words" in
    "broken (125):"* | "broken (126):"* | "broken (127):"* | "refusedbroken ("*) attack_status=1 ;;
  esac
}

eventually() {  # COMMAND...: succeeds within 10 s
  tries=100
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}
victim_is_ready() { microctr logs victim 2>/dev/null | grep -q ready; }
start_victim() {  # CONF
  words=$(microctr start "$1" 2>&1) || { words="broken: the victim does not start: $words"; return 1; }
  eventually victim_is_ready || { words="broken: the victim is not ready: $(microctr logs victim 2>&1)"; return 1; }
}

# How a script ends.
attacked() { echo "$words"; exit "$attack_status"; }
succeeded() { echo "succeeded: $*"; exit 0; }
refused() { echo "refused: $*"; exit 1; }
broken() { echo "broken: $*"; exit 3; }
# What is in a folder of the host.
listing() {
  find "$1" -exec ls -ldn {} + | awk '{print $1, $3, $4, $5, $9, $10, $11}'
  find "$1" -type f -exec cksum {} +
}
# A folder of the host that no container may reach, with a file `marker`.
make_outside() {
  mkdir -p "$T/outside"
  echo "of the host" >"$T/outside/marker"
}

end_all() {
  for record in "$T"/run/containers/*/; do
    [ -d "$record" ] || continue
    microctr stop -t 100ms "$(basename "$record")"
    microctr remove "$(basename "$record")"
  done >/dev/null 2>&1
}

# Programs that need nothing beside them share a container, each in a process of its own: on a slow machine it is the
# containers that take the time. What came out is kept for `try`; what did not is tried alone.
batch() {  # VARIANT OFF FILE...: where the variant is off, those with this header
  variant=$1 off=$2
  shift 2
  T=$WORK/batch.$variant
  rm -rf "$T"
  mkdir -p "$T/etc/containers" "$WORK/kept"
  : >"$TOOL/list"
  for one in "$@"; do
    case "$one" in *.cpp) ;; *) continue ;; esac
    [ -z "$(header "$one" pair)$(header "$one" with)$(header "$one" on)" ] || continue
    if [ "$variant" = off ] && [ "$(header "$one" off)" != "$off" ]; then continue; fi
    file=$one
    basename "$one" .cpp >>"$TOOL/list"
  done
  [ -s "$TOOL/list" ] || return 0
  said=
  microctr run "$(container attacker "command = /attack/attacks --list /attack/list")" 2>&1 </dev/null |
    while read -r word name rest; do
      case "$word" in
        begin) said= ;;
        end) printf '%s\n' "$rest" "$said" >"$WORK/kept/$variant.$name" ;;
        *) said="$said$word $name $rest " ;;
      esac
    done
  end_all
  rm -rf "$T"
}
batches() {  # FILE...
  for way in $VARIANTS; do
    case "$way" in
      off)
        batch off open "$@"
        batch off "seccomp = off" "$@"
        ;;
      *) batch "$way" "" "$@" ;;
    esac
  done
}

# One variant of one attack: $status and $words.
try() {  # FILE VARIANT
  file=$1 variant=$2 status=0
  if [ -e "$WORK/kept/$variant.$attack" ]; then
    { read -r attack_status; read -r words; } <"$WORK/kept/$variant.$attack"
    by_contract
    status=$attack_status
    return
  fi
  T=$WORK/$attack.$variant
  rm -rf "$T"
  mkdir -p "$T/etc/containers" "$T/volume"
  case "$file" in
    *.cpp)
      pair=$(header "$file" pair)
      if [ -n "$pair" ] && ! start_victim "$(container victim "command = /attack/attacks $pair")"; then
        status=3
      else
        attack_from "$(container attacker "command = /attack/attacks $attack")"
        status=$attack_status
      fi
      ;;
    *.sh)
      (. "$file") >"$T/output" 2>&1
      status=$?
      words=$(tail -n 4 "$T/output")
      ;;
  esac
  words=$(echo "$words" | tail -n 4 | tr '\n' ' ' | cut -c 1-300)
  end_all
  rm -rf "$T"
}

judge() {  # FILE: prints the verdict; fails when the attack is not held off, or proves nothing
  attack=$(basename "$1")
  attack=${attack%.*}
  needed=$(header "$1" needs)
  if [ -n "$needed" ] && [ ! -e "$needed" ]; then
    echo "skip attack/$attack: this machine has nothing to attack (no $needed)"
    return
  fi
  on_words=
  for one in $VARIANTS; do
    [ "$one" != off ] || continue
    [ "$one:$(header "$1" on-host)" != host:no ] || continue
    try "$1" "$one"
    case "$status" in
      1 | 77) ;;
      0) echo "FAIL $attack: it succeeds ($one): $words"; return 1 ;;
      *) echo "FAIL $attack: the test is broken ($one): $words"; return 1 ;;
    esac
  done
  on_words=$words
  case "$VARIANTS" in *off*) ;; *) echo "ok $attack"; return ;; esac
  try "$1" off
  case "$status:$words" in
    0:*) echo "ok $attack" ;;
    77:* | 1:*"Function not implemented"* | 1:*"Address family not supported"* | 1:*"No data available"*)
      echo "skip attack/$attack: this kernel has nothing to attack ($words)" ;;
    1:*) echo "FAIL $attack: proves nothing, refused with the defence off as well: $words (on: $on_words)"; return 1 ;;
    *) echo "FAIL $attack: the test is broken (off): $words"; return 1 ;;
  esac
}

# A block device that the host itself can open.
a_disk() {
  for node in $(awk 'NR > 2 {print "/dev/" $4}' /proc/partitions) /dev/loop0; do
    if [ -b "$node" ] && (: <"$node") 2>/dev/null; then
      echo "$node"
      return
    fi
  done
}

# All of them, by the words of `judge`.
judge_all() {  # FILE...
  batches "$@"
  all_status=0
  for each in "$@"; do judge "$each" </dev/null || all_status=1; done
  return "$all_status"
}

attack_files() {  # [ARCHITECTURE]
  for found in "$ATTACKS"/*.cpp "$ATTACKS"/*.sh; do
    case "$found" in
      */main.cpp | */tools.cpp | */moves.cpp | */judge.sh | */*_lib.sh) continue ;;
      *.cpp) [ ! -e "${found%.cpp}.sh" ] || continue ;;
    esac
    case "$(header "$found" arch)" in
      "" | "${1:-$(uname -m)}") echo "$found" ;;
    esac
  done
}
