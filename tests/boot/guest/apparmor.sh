#!/bin/sh
# Runs in the machine: microctr is process 1; the kernel has AppArmor, its default security module. The profile
# microctr-test has been compiled on the host: it forbids to write below /tmp/forbidden.
. /report/common.sh

mount -t securityfs securityfs /sys/kernel/security

label() { cat /proc/self/attr/current; }
confined="cat /proc/self/attr/current; touch /tmp/free/a && echo free; mkdir -p /tmp/forbidden; touch /tmp/forbidden/a || echo forbidden"

check_profile_must_be_loaded() {
  conf unloaded "true" "apparmor = microctr-test"
  status=0
  words=$(microctr run /tmp/conf/unloaded.conf 2>&1) || status=$?
  same status 125 "$status"
  words_have "$words" "apparmor_parser"
}
check_load() {
  same "label of process 1" unconfined "$(cat /proc/1/attr/current)"
  cat /report/profile >/sys/kernel/security/apparmor/.load
  grep -q '^microctr-test (enforce)' /sys/kernel/security/apparmor/profiles
}
check_profile() {
  conf confined "sh -c \"$confined\"" "apparmor = microctr-test" "tmpfs = /tmp/free:64K"
  same "what it says" "microctr-test (enforce) free forbidden" "$(microctr run /tmp/conf/confined.conf 2>/dev/null | xargs)"
}
check_profile_without_privilege() {
  conf user "cat /proc/self/attr/current" "apparmor = microctr-test" "user = 1000" "cap_drop = ALL"
  same label "microctr-test (enforce)" "$(microctr run /tmp/conf/user.conf)"
}
check_exec() {
  conf long "sleep 1000" "apparmor = microctr-test"
  launch long
  same "label of exec" "microctr-test (enforce)" "$(microctr exec long cat /proc/self/attr/current)"
  same "label of the first process" "microctr-test (enforce)" "$(microctr exec long cat /proc/1/attr/current)"
}
check_others_have_none() { same label unconfined "$(microctr exec web cat /proc/self/attr/current)"; }
check_selinux_is_refused() {
  conf other true "selinux_label = system_u:system_r:container_t"
  words=$(microctr run /tmp/conf/other.conf 2>&1) && return 1
  words_have "$words" "security=selinux"
}

# --- what a kernel of this age has beside it
check_clocks() {
  conf later "cut -d. -f1 /proc/uptime" "time_offset = 1000d"
  status=0
  words=$(microctr run /tmp/conf/later.conf 2>&1) || status=$?
  if [ -e /proc/self/ns/time ]; then
    [ "$words" -gt 86400000 ]
  else
    same status 125 "$status"
    words_have "$words" CONFIG_TIME_NS
  fi
}
check_limits_above_the_launcher() {  # for exec too, which is in the user namespace before its child exists
  conf limits "sleep 1000" "ulimit = nofile=700:900" "oom_score_adj = -5"
  (
    # shellcheck disable=SC3045  # BusyBox has it
    ulimit -n 500
    launch limits
    same "of exec" "700 900 -5" "$(inside limits sh -c 'ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj' | xargs)"
  )
}
check_hidden_paths() {
  files=
  hidden=
  for file in kcore keys timer_list; do
    [ -e "/proc/$file" ] || continue  # 32-bit ARM has no kcore
    files="$files /proc/$file"
    hidden="$hidden${hidden:+ }1:3"
  done
  words_have "$files" keys timer_list
  case "$(uname -m)" in arm*) ;; *) words_have "$files" kcore ;; esac
  conf hidden "sh -c \"stat -c %t:%T$files; ls -A /sys/firmware; echo h >/proc/sysrq-trigger\""
  status=0
  words=$(microctr run /tmp/conf/hidden.conf 2>&1) || status=$?
  same status 1 "$status"
  same "files" "$hidden" "$(echo "$words" | grep -x 1:3 | xargs)"
  same "lines" "$(($(echo "$hidden" | wc -w) + 1))" "$(echo "$words" | wc -l)"
  words_have "$words" "Read-only file system"
}

report /report/apparmor.sh
microctr poweroff
