# A policy of one's own: it is for the container's program, and need allow nothing of what starts it.

# with_policy LINE...: writes it and prints the key.
with_policy() {
  printf '%s\n' "$@" >"$T/policy"
  echo "seccomp = $T/policy"
}
policy_run() {  # COMMAND [KEY=VALUE]...
  local command=$1
  shift
  microctr run "$(busybox_conf filtered "$command" "seccomp = $T/policy" "$@")"
}

# The least with which a program runs, in docs/seccomp.md.
documented() { sed -n '/^# Nothing but this/,/^```/p' "$(dirname "${BASH_SOURCE[0]}")/../../docs/seccomp.md" | grep -v '^```'; }

# rule: the documented example starts, in each kind of user namespace, and with `default = kill`
test_least_policy() {
  local users
  documented >"$T/policy"
  microctr check "$(busybox_conf checked true "seccomp = $T/policy")"
  for users in auto host root; do
    exits 0 policy_run true "userns = $users"
    same "what $users says" "" "$err"
    exits 1 policy_run false "userns = $users" "user = 0"
  done
  sed -i 's/^default = .*/default = kill/' "$T/policy"
  exits 0 policy_run true
  exits 0 policy_run true "userns = host"
}

# What is asked for with a command that cannot be executed: 126 and 127, also where the filter forbids all words.
test_failed_exec_with_policy() {
  local default users calls="execve, execveat, fcntl, exit_group"
  # What the sanitizers do by themselves.
  if grep -q __asan_init "$BINARY"; then calls="$calls, mmap, munmap, madvise, getpid, gettid, futex, sigaltstack"; fi
  mkdir "$T/volume"
  printf '\1\2\3' >"$T/volume/noise"
  printf '#!/none\n' >"$T/volume/script"
  chmod 755 "$T/volume/"*
  for default in errno:EPERM kill; do
    with_policy "base = none" "default = $default" "allow = $calls" >/dev/null
    exits 127 policy_run nothing
    has "not found in the container" "$err"
    exits 126 policy_run /etc
    has "it is not an executable file" "$err"
    for users in auto host; do
      [ "$default-$users" = kill-host ] && continue  # the sealed program tries to tell
      exits 126 policy_run /volume/noise "volume = $T/volume:/volume" "userns = $users"
      exits 126 policy_run /volume/script "volume = $T/volume:/volume" "userns = $users"
    done
  done
  with_policy "errno = mount" >/dev/null
  exits 126 policy_run /volume/script "volume = $T/volume:/volume"
  has "its interpreter or loader is missing" "$err"
}

# A call that only the start needs is the start's: its settings hold.
test_policy_without_the_calls_of_the_start() {
  with_policy "errno = umask, rt_sigprocmask, chdir, getcwd, prctl, capset, setgroups, setresuid, setresgid, sendto" \
    "errno = recvfrom, prlimit64, rt_sigaction" >/dev/null
  exits 0 policy_run 'sh -c ">/tmp/file; stat -c %a /tmp/file; grep -e ^SigBlk -e ^NoNewPrivs /proc/self/status"'
  same "mode, signals, privileges" "644 SigBlk: 0000000000000000 NoNewPrivs: 1" "$(echo $out)"
  microctr start "$(busybox_conf kept "sleep 1000" "seccomp = $T/policy")"
  same "mode in exec" "644" "$(microctr exec kept sh -c '>/tmp/file; stat -c %a /tmp/file')"
}

# rule: what would keep the command from being executed is refused with its name, and nothing is started
test_policy_that_cannot_start() {
  local call
  for call in execve exit_group; do
    with_policy "errno = $call" >/dev/null
    exits 125 policy_run true
    has "the system call policy refuses $call" "$err"
    one_line "$err"
  done
  for call in execveat fcntl; do
    with_policy "errno = $call" >/dev/null
    exits 125 policy_run true "userns = host"
    has "the system call policy refuses $call" "$err"
  done
  for call in umask rt_sigprocmask sendto; do
    with_policy "kill = $call" >/dev/null
    exits 125 policy_run true "no_new_privileges = no"
    has "the system call policy refuses $call: Operation not permitted (without no_new_privileges our last steps" "$err"
  done
  with_policy "errno = mount" >/dev/null
  exits 0 policy_run true "no_new_privileges = no"
}
