# shellcheck shell=sh
# Attack: fills the memory of the machine with its output
# Row: starvation
# Defence: a log has a size
# off: log = ring:8M
microctr start "$(container attacker "command = /attack/attacks flood")" || broken start
# shellcheck disable=SC2317  # called by eventually
has_ended() { ! microctr exec attacker /attack/attacks answer; }
eventually has_ended || broken "it does not end"
size=$(du -sk "$T/run" | cut -f 1)
if [ "$size" -gt 512 ]; then succeeded "the runtime directory has $size KB"; fi
refused "the runtime directory has $size KB"
