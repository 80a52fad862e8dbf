# Our program cannot be reached from inside (CVE-2019-5736), neither by the first process nor through exec.

# tool SOURCE: the path of a small static program, compiled once for the whole run.
tool() {
  local source program
  source=$(dirname "${BASH_SOURCE[0]}")/tools/$1
  program=$WORK/tools/$(basename "${1%.*}")
  mkdir -p "$WORK/tools"
  [ -x "$program" ] || g++ -static -O1 -Wall -Wextra -Werror -x c++ "$source" -o "$program" || fail "cannot compile $1"
  echo "$program"
}

sum() { sha256sum <"$BINARY"; }

# Programs that are whatever executes them. Each would print our version if that were us.
impostors() {
  mkdir "$T/impostors"
  printf '#!/proc/self/exe version\n' >"$T/impostors/script"
  printf '#!/impostors/script\n' >"$T/impostors/script-of-script"
  ln -s /proc/self/exe "$T/impostors/link"
  printf '#!/impostors/link version\n' >"$T/impostors/script-of-link"
  # The interpreter sees the arguments of the program: the second word is the verb.
  echo 'int main() { return 3; }' | gcc -x c -o "$T/impostors/loader" -Wl,--dynamic-linker=/proc/self/exe -
  echo 'int main() { return 3; }' | gcc -x c -o "$T/impostors/loader-of-link" -Wl,--dynamic-linker=/impostors/link -
  chmod 755 "$T/impostors"/{script,script-of-script,script-of-link}
}
forms=("/proc/self/exe version" "/proc/thread-self/exe version" "/impostors/script" "/impostors/script-of-script"
  "/impostors/link version" "/impostors/script-of-link" "/impostors/loader version" "/impostors/loader-of-link version"
  "script")

# threats.md: CVE-2019-5736, the command itself
test_our_program_is_not_executed_inside() {
  local before form
  before=$(sum)
  impostors
  for form in "${forms[@]}"; do
    busybox_conf impostor "$form" "volume = $T/impostors:/impostors:ro" "env = PATH=/impostors" "userns = host" >/dev/null
    exits 126 microctr run "$T/impostor.conf"
    same "what '$form' says" "" "$out$err"
  done
  same "our program" "$before" "$(sum)"
}

# the same for exec
test_exec_does_not_execute_our_program_inside() {
  local before form
  before=$(sum)
  impostors
  microctr start "$(busybox_conf joined "sleep 1000" "volume = $T/impostors:/impostors:ro" "env = PATH=/bin:/impostors" "userns = host")"
  for form in "${forms[@]}"; do
    # shellcheck disable=SC2086  # words
    exits 126 microctr exec joined $form
    same "what '$form' says" "" "$out$err"
  done
  same "our program" "$before" "$(sum)"
}

# A program inside looks for ours in every process while exec brings 50 of them in.
hunted_by() {  # KEY=VALUE...
  local before round
  before=$(sum)
  impostors
  mkdir -m 777 "$T/out"
  microctr start "$(busybox_conf hunter "/tools/walk $(stat -c %d:%i "$BINARY") /out" "userns = host" "volume = $T/out:/out" \
    "volume = $(dirname "$(tool walk.cpp)"):/tools:ro" "volume = $T/impostors:/impostors:ro" "$@")"
  # It does look: this ends when it has seen another process.
  microctr exec hunter sh -c 'until [ -e /out/others ]; do :; done'
  for round in $(seq 50); do
    microctr exec hunter /impostors/script || true  # how it ends is the other test's
    microctr exec hunter true
  done
  [ ! -e "$T/out/reached" ] || fail "round $round: it holds our program ($(ls "$T/out" | tr '\n' ' '))"
  same "our program" "$before" "$(sum)"
}

# threats.md: CVE-2019-5736, a process inside waits for exec
test_exec_under_the_eyes_of_a_hunter() { hunted_by; }

# the same where the hunter sees all processes of the machine, the launcher and the supervisor among them
test_hunter_with_the_pid_namespace_of_the_host() { hunted_by "namespaces = mount ipc uts"; }

# rule: what the program is told is what execve tells it; the sealed program leaves no trace
test_program_is_executed_by_its_path() {
  same "name" "sh" "$(inside 'cat /proc/1/comm')"
  same "file" "/bin/sh" "$(inside 'readlink /proc/1/exe')"
  same "words" "sh -c eval \"\$SCRIPT\" " "$(inside 'tr "\0" " " </proc/1/cmdline')"
  microctr start "$(busybox_conf member "sleep 1000")"
  same "descriptors" "0 1 2 " "$(microctr exec member ls /proc/1/fd | tr '\n' ' ')"
  same "words of exec" "cat /proc/self/cmdline " "$(microctr exec member cat /proc/self/cmdline | tr '\0' ' ')"
  same "descriptors of exec" "0 1 2 3 " "$(microctr exec member ls /proc/self/fd | tr '\n' ' ')"  # 3: the directory itself
}

# rule: the search along PATH is execve's: what is not executable does not end it, and is remembered
test_search_along_the_path() {
  mkdir -p "$T/one/directory" "$T/two" "$T/three"
  echo text >"$T/one/plain"
  for name in directory plain; do printf '#!/bin/sh\necho %s\n' "$name" >"$T/two/$name"; chmod 755 "$T/two/$name"; done
  printf '#!/bin/sh\n' >"$T/three/only"
  local path="env = PATH=/nowhere:/etc/passwd:/one:/two:/three" folder
  for folder in one two three; do echo "volume = $T/$folder:/$folder"; done >"$T/folders"
  mapfile -t folders <"$T/folders"
  for name in directory plain; do
    busybox_conf search "$name" "$path" "${folders[@]}" >/dev/null
    same "the second $name" "$name" "$(microctr run "$T/search.conf")"
  done
  busybox_conf search only "$path" "${folders[@]}" >/dev/null
  exits 126 microctr run "$T/search.conf"
  same message "microctr: search: execute only: Permission denied (it is not an executable file, or is on a noexec mount)" "$err"
  busybox_conf search none "$path" "${folders[@]}" >/dev/null
  exits 127 microctr run "$T/search.conf"
  same message "microctr: search: execute none: No such file or directory (not found in the container)" "$err"
  # Who may execute it is asked for the container's user, with its capabilities.
  printf '#!/bin/sh\nid -u\n' >"$T/three/only"
  chmod 700 "$T/three/only"
  busybox_conf search only "$path" "${folders[@]}" "user = 1234" >/dev/null
  exits 126 microctr run "$T/search.conf"
  busybox_conf search only "$path" "${folders[@]}" "user = 1234" "cap_add = DAC_OVERRIDE" >/dev/null
  exits 0 microctr run "$T/search.conf"
  same user 1234 "$out"
}

# rule: a long name is a message, too
test_long_name_of_a_program() {
  local name
  name=/$(printf 'x%.0s' $(seq 200))/$(printf 'y%.0s' $(seq 200))
  name=$name$name$name/z
  busybox_conf long "$name" >/dev/null
  exits 127 microctr run "$T/long.conf"
  one_line "$err"
  mkdir -p "$T/long$(dirname "$name")"
  echo text >"$T/long$name"
  chmod 755 "$T/long$name"
  busybox_conf long "$name" "layer = $T/long" >/dev/null
  exits 126 microctr run "$T/long.conf"
  one_line "$err"
  has "microctr: long: execute /xxx" "$err"
  microctr start "$(busybox_conf longer "sleep 1000" "layer = $T/long")"
  exits 126 microctr exec longer "$name"
  one_line "$err"
}
