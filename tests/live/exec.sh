# exec: another command in a running container. On a terminal: terminal.sh; beside the container's own cgroups: cgroup.sh.

has_line() { grep -qxF -- "$2" "$1"; }

test_exec() {
  printf 'FROM_FILE=file\n' >"$T/exec.env"
  sleeper guest "hostname = guest-box" "env = FROM_CONF=conf" "env_file = $T/exec.env" "workdir = /tmp" >/dev/null
  microctr start "$T/guest.conf"
  same "host name" guest-box "$(microctr exec guest hostname)"
  same "working directory" /tmp "$(microctr exec guest pwd)"
  same "first process" "sleep 1000" "$(microctr exec guest cat /proc/1/cmdline | tr '\0' ' ' | sed 's/ $//')"
  same "input" through "$(echo through | microctr exec -i guest cat)"
  same "environment of the configuration" conf "$(microctr exec guest sh -c 'echo $FROM_CONF')"
  same "environment of env_file" file "$(microctr exec guest sh -c 'echo $FROM_FILE')"
  same "words" "a b -c d" "$(microctr exec guest echo a b -c d)"
  same "words after --" "-n x" "$(microctr exec guest -- printf '%s %s\n' -n x)"
  exits 5 microctr exec guest sh -c 'echo o; echo e >&2; exit 5'
  same output o "$out"
  same error e "$err"
  exits 127 microctr exec guest nothing-of-that-name
  one_line "$err"
  exits 126 microctr exec guest /etc/passwd
  one_line "$err"
  exits 126 microctr exec guest /etc
  one_line "$err"
  exits 2 microctr exec guest
  one_line "$err"
  same "descriptors" "0 1 2" "$(echo $(microctr exec guest sh -c 'ls /proc/$$/fd; true'))"
  same "namespaces" "$(microctr exec guest readlink /proc/1/ns/{cgroup,ipc,mnt,net,pid,uts,user})" \
    "$(microctr exec guest readlink /proc/self/ns/{cgroup,ipc,mnt,net,pid,uts,user})"
  same "cgroup" "$(microctr exec guest cat /proc/1/cgroup)" "$(microctr exec guest cat /proc/self/cgroup)"
  same "privileges" "$(microctr exec guest grep -E '^(Cap|NoNewPrivs|Groups)' /proc/1/status)" \
    "$(microctr exec guest grep -E '^(Cap|NoNewPrivs|Groups)' /proc/self/status)"
  microctr stop guest
  exits 1 microctr exec guest true
  one_line "$err"
  has "not running" "$err"
}

test_exec_as_user() {
  sleeper nobodys "user = nobody" "groups = 44,45" >/dev/null
  microctr start "$T/nobodys.conf"
  same "groups" "Groups: 44 45" "$(echo $(microctr exec nobodys grep ^Groups /proc/self/status))"
  same "user" "$(microctr exec nobodys grep -E '^(Uid|Gid|Groups|Cap)' /proc/1/status)" \
    "$(microctr exec nobodys grep -E '^(Uid|Gid|Groups|Cap)' /proc/self/status)"
}

test_exec_signals() {
  sleeper host-of-exec >/dev/null
  microctr start "$T/host-of-exec.conf"
  background exec host-of-exec sh -c 'trap "exit 21" TERM; echo ready; while true; do sleep 1000 & wait; done' >"$T/said"
  program=$!
  eventually has_line "$T/said" ready
  kill -TERM "$program"
  code=0
  wait "$program" || code=$?
  same status 21 "$code"
  # It ends with its container.
  background exec host-of-exec sh -c 'echo ready; sleep 1000' >"$T/said"
  program=$!
  eventually has_line "$T/said" ready
  microctr stop host-of-exec
  code=0
  wait "$program" || code=$?
  same status 137 "$code"
}

# Who joins has the variables of the start, also when their file has changed or gone.
test_exec_has_the_environment_of_the_start() {
  echo "SECRET=one" >"$T/secret.env"
  exits 0 microctr start "$(busybox_conf kept "sleep 1000" "env_file = $T/secret.env")"
  same "mode" 600 "$(stat -c %a "$T/run/containers/kept/environment")"
  echo "SECRET=two" >"$T/secret.env"
  # shellcheck disable=SC2016
  exits 0 microctr exec kept sh -c 'echo $SECRET'
  same "variable" one "$out"
  rm "$T/secret.env"
  exits 0 microctr exec kept true
  # A terminal brings a variable of its own.
  # shellcheck disable=SC2016
  has one "$(microctr exec -t kept sh -c 'echo $SECRET' </dev/null)"
  exits 0 microctr stop -t 100ms kept
  exits 0 microctr remove kept
}
