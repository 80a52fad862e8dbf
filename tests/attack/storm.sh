# shellcheck shell=sh
# Attack: starves a neighbour with processes and memory
# Row: starvation
# Defence: pids and memory, each for the container alone
# off: control
# on: pids = 16; memory = 16M; memory_swap = 0; memory_swap.required = no
start_victim "$(container victim "command = /attack/attacks victim")" || broken "$words"
if [ "$variant" = off ]; then  # within the same limits
  microctr exec victim /attack/attacks storm &
else
  microctr start "$(container attacker "command = /attack/attacks storm")" || broken start
fi
# shellcheck disable=SC2317  # called by eventually
is_stormy() { microctr logs attacker | grep -q ready; }
if [ "$variant" = off ]; then sleep 1; else eventually is_stormy; fi
answers=0
for _ in 1 2 3 4 5 6 7 8; do
  # shellcheck disable=SC2046
  judged $(launcher) exec victim /attack/attacks answer
  [ "$attack_status" != 0 ] || answers=$((answers + 1))
done
wait
if [ "$answers" = 8 ]; then refused "the neighbour has answered 8 times"; fi
succeeded "the neighbour has answered $answers of 8 times: $words"
