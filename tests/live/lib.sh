# What the live tests share. A test is a function test_NAME; the comment above it names the row of the shell container
# (consh) or the rule that it proves. Sourced by tests/live/run, which calls run_tests in private namespaces.
#
# Every test gets an empty folder $T and `microctr` bound to state in it, and must leave the machine as it was: mounts,
# cgroups, links, processes and the runtime directory are compared before and after.

microctr() { "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@"; }

# conf NAME: the container's configuration from standard input; prints the file's path.
conf() { cat >"$T/$1.conf"; echo "$T/$1.conf"; }

# A BusyBox container that runs the given command line; more keys from standard input when it is not a terminal.
busybox_conf() {  # NAME COMMAND [KEY=VALUE]...
  local name=$1 command=$2
  shift 2
  { echo "layer = busybox"; echo "command = $command"; printf '%s\n' "$@"; } | conf "$name"
}

# Runs in a fresh container in the foreground and prints what it says.
inside() {  # SHELL_COMMAND [KEY=VALUE]...
  local command=$1
  shift
  { echo "layer = busybox"; echo 'command = sh -c "eval \"$SCRIPT\""'; echo "env_file = $T/inside.env"; printf '%s\n' "$@"; } |
    conf inside >/dev/null
  printf 'SCRIPT=%s\n' "$command" >"$T/inside.env"
  microctr run "$T/inside.conf" || inside_failed $?
}
# Seen by who compares the output alone.
inside_failed() { [ "$1" != 125 ] || echo "the container has not started"; return "$1"; }

# As microctr, but a program of its own when put into the background: $! is its process. bash gives a background
# process an ignored SIGINT, which env takes back.
background() {
  env --default-signal=INT,QUIT "$BINARY" --root "$T/data" --runtime-dir "$T/run" --config-dir "$T/etc" "$@" &
}

# A container that stays until it is stopped.
sleeper() {  # NAME [KEY=VALUE]...
  local name=$1
  shift
  busybox_conf "$name" "sleep 1000" "$@"
}

fail() { echo "$*" >&2; return 1; }
same() { [ "$2" = "$3" ] || fail "$1 is '$3', expected '$2'"; }
has() { case "$2" in *"$1"*) ;; *) fail "'$1' is not in: $2" ;; esac; }
has_not() { case "$2" in *"$1"*) fail "'$1' is in: $2" ;; esac; }
exits() {  # STATUS COMMAND...: runs it and compares the exit status; its output is in $out and $err
  local expected=$1 seen=0
  shift
  out=$("$@" 2>"$T/stderr") || seen=$?
  err=$(cat "$T/stderr")
  same "exit status of '$*' ($err)" "$expected" "$seen"
}
one_line() { same "number of error lines in: $1" 1 "$(printf '%s\n' "$1" | wc -l)"; }
eventually() {  # COMMAND...: succeeds within 5 s
  local tries=100
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "not within 5 s: $*"  || return 1
    sleep 0.05
  done
}
skip() { echo "$*" >"$T.skip"; exit 77; }
note() { echo " ($*)" >"$T.note"; }  # behind the test's name when it is ok

cgroup_of() {  # NAME CONTROLLER: its directory, in v1 or v2
  local legacy
  legacy=$(awk -v want="$2" '{ n = split($0, half, " - "); split(half[2], after, " "); if (after[1] == "cgroup" && ("," after[3] ",") ~ ("," want ",")) print $5 }' /proc/self/mountinfo | head -n 1)
  if [ -n "$legacy" ]; then echo "$legacy/microctr/$1"; else echo "$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)/microctr/$1"; fi
}

# The network of this namespace: links, addresses, routes and rules, switches, names of namespaces, firewall. What counts
# up or down by itself is left out: lifetimes, states that are still being found out, group memberships.
network_now() {
  ip -force -details -batch - <<'END' 2>/dev/null | grep -v valid_lft | sed -E 's/ (tentative|dadfailed)//; s/ numtx.*//'
address show
route show table all
-6 route show table all
rule show
-6 rule show
END
  (cd /proc/sys/net && grep -s . ipv4/ip_forward ipv4/conf/*/route_localnet ipv6/conf/*/{forwarding,accept_ra})
  ls -A /run/netns 2>/dev/null
  nft --stateless list ruleset 2>/dev/null
}

# What a container could leave behind.
machine() {
  echo "mounts: $(cut -d' ' -f4- /proc/self/mountinfo | sort)"
  echo "cgroups: $(find /sys/fs/cgroup -type d -name 'microctr*' 2>/dev/null | sort)"
  echo "network: $(network_now)"
  echo "processes: $(find /proc/[0-9]* -maxdepth 1 -name exe -lname "$BINARY" 2>/dev/null | sort)"
  echo "runtime: $(find "$T/run" 2>/dev/null | sort)"
}

# A container's record (state, config, log) stays until `remove`; a test ends with that.
clean_up() {
  for record in "$T"/run/containers/*/; do
    [ -d "$record" ] || continue
    microctr stop -t 100ms "$(basename "$record")"
    microctr remove "$(basename "$record")"
  done
}

is_clean() { [ "$(machine)" = "$1" ]; }

run_test() {  # FILE NAME
  local name=$2 label status=0
  label=$(basename "$1" .sh).${name#test_}
  # Nothing goes on without a folder: when the runner has been ended, it is gone, and "$T/data" would be the machine's.
  T=$(mktemp -d "$WORK/${name#test_}.XXXXXX") && [ -d "$T" ] || exit 1
  mkdir -p "$T/etc/containers"
  # A container that has ended stays so, but in the files that are about restarts.
  [ -n "${RESTARTS-}" ] || echo "restart = no" >"$T/etc/defaults.conf"
  local before
  before=$(machine)
  # Not behind `||` or `if`: bash would then ignore -e inside, and only a test's last check would count.
  (set -eu; trap - EXIT; "$name") >"$T.output" 2>&1
  status=$?
  if [ "$status" = 77 ]; then
    echo "skip $label: $(cat "$T.skip")"
  elif [ "$status" != 0 ]; then
    echo "FAIL $label: $(tail -n 5 "$T.output" | tr '\n' ' ')"
    failures=$((failures + 1))
  fi
  clean_up >/dev/null 2>&1
  if ! eventually is_clean "$before" 2>/dev/null; then
    echo "FAIL $label: left behind: $(diff <(echo "$before") <(machine) | grep '^[<>]' | tr '\n' ' ')"
    failures=$((failures + 1))
  elif [ "$status" = 0 ]; then
    echo "ok $label$(cat "$T.note" 2>/dev/null)"
  fi
  chmod -R u+rwx "$T" 2>/dev/null
  rm -rf "$T"
}

run_tests() {  # FILE
  failures=0
  . "$1"
  for name in $(sed -n 's/^\(test_[a-z0-9_]*\)() .*/\1/p' "$1"); do
    case "$name" in ${ONLY:-*}) run_test "$1" "$name" ;; esac
  done
  [ "$failures" = 0 ]
}
