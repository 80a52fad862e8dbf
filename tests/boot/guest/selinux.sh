#!/bin/sh
# Runs in the machine: microctr is process 1; the kernel was told to use SELinux instead of AppArmor, without enforcing.
# The policy, compiled on the host, has no label but those of process 1 and of container_t.
. /report/common.sh
label=system_u:system_r:container_t:s0

label_of() { tr -d '\0' <"/proc/$1/attr/current"; }

check_load() {
  mount -t selinuxfs selinuxfs /sys/fs/selinux
  dd if=/report/policy of=/sys/fs/selinux/load bs=64K 2>/dev/null  # in one write
  same "label of process 1" system_u:system_r:kernel_t:s0 "$(label_of 1)"
  same enforcing 0 "$(cat /sys/fs/selinux/enforce)"
}
check_label() {
  conf labelled "sh -c \"tr -d '\\\\0' </proc/self/attr/current\"" "selinux_label = $label"
  same label "$label" "$(microctr run /tmp/conf/labelled.conf)"
}
check_label_without_privilege() {
  conf user "cat /proc/self/attr/current" "selinux_label = $label" "user = 1000" "cap_drop = ALL"
  same label "$label" "$(microctr run /tmp/conf/user.conf | tr -d '\0')"
}
check_exec() {
  conf long "sleep 1000" "selinux_label = $label"
  launch long
  same "label of exec" "$label" "$(microctr exec long cat /proc/self/attr/current | tr -d '\0')"
  same "label of the first process" "$label" "$(microctr exec long cat /proc/1/attr/current | tr -d '\0')"
}
check_unknown_label() {
  conf unknown true "selinux_label = system_u:system_r:other_t:s0"
  status=0
  words=$(microctr run /tmp/conf/unknown.conf 2>&1) || status=$?
  same status 125 "$status"
  words_have "$words" "take on the selinux label system_u:system_r:other_t:s0" "does not have this label"
}
check_others_have_none() { same label "$(label_of 1)" "$(microctr exec web cat /proc/self/attr/current | tr -d '\0')"; }
check_apparmor_is_refused() {
  conf other true "apparmor = some-profile"
  words=$(microctr run /tmp/conf/other.conf 2>&1) && return 1
  words_have "$words" "security=apparmor"
}

report /report/selinux.sh
microctr poweroff
