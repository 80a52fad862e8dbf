# doctor, and what start says of another firewall.

# contract: doctor tries what the kernel can do, in a namespace of its own: nothing of the machine changes
test_report() {
  local report
  exits 0 microctr doctor
  report=$out
  has "privileged" "$report"
  has "ok       network = veth" "$report"
  has "ok       network = bridge" "$report"
  has "ok       nat and publish (nf_tables)" "$report"
  has "ok       layer = busybox" "$report"
  has "cgroup controller memory" "$report"
  has "ok       device filter (cgroup BPF)" "$report"
  has "ok       a user namespace for each container of root: ids of the host 1073741824-1879048191" "$report"
  same "errors" "" "$err"
}

# rule: doctor says which user namespace containers of root get, or why none
test_users() {
  mkdir -p "$T/plain/layers"
  mount -t ramfs ramfs "$T/plain"
  trap 'umount "$T/plain" /etc/subuid 2>/dev/null || true' EXIT
  exits 0 "$BINARY" --root "$T/plain/data" --runtime-dir "$T/run" doctor
  has "missing  a user namespace for each container of root: the file system cannot map ids: $T/plain/data" "$out"
  [ -e /etc/subuid ] || skip "this machine has no /etc/subuid to bind over"
  echo microctr:2000000:65536 >"$T/subuid"
  mount --bind "$T/subuid" /etc/subuid
  exits 0 microctr doctor
  has "container of root: ids of the host 2000000-2065535, groups 1073741824-1879048191" "$out"
}

# As a user: what needs root is told apart from what the kernel lacks
test_report_of_a_user() {
  local program=$T/tool
  chmod 755 "$T"
  install -m 755 "$BINARY" "$program"
  exits 0 setpriv --reuid 4242 --regid 4242 --clear-groups env -i HOME=/nonexistent XDG_RUNTIME_DIR="$T/none" "$program" doctor
  has "unprivileged" "$out"
  has "missing  networks beyond none and host: run doctor as root" "$out"
  has "missing  ids that are lent to this user (userns = map): lend them in /etc/subuid" "$out"
  has_not "container of root" "$out"
}

# What is written to a tmpfs is gone after a reboot
test_data_in_memory() {
  mkdir "$T/memory"
  mount -t tmpfs tmpfs "$T/memory"
  trap 'umount "$T/memory"' EXIT
  exits 0 "$BINARY" --root "$T/memory/data" --runtime-dir "$T/run" doctor
  has "missing  data that lasts over a reboot" "$out"
  has "--root" "$out"
}

# rule: another table's drop cannot be overridden: start and doctor say so, and go on
test_foreign_drop() {
  nft add table ip guard
  trap 'nft delete table ip guard' EXIT
  nft add chain ip guard FORWARD '{ type filter hook forward priority 0; policy drop; }'
  local rules
  rules=$(nft list table ip guard)
  exits 0 microctr doctor
  has "table ip guard, chain FORWARD drops what is forwarded" "$err"
  exits 0 microctr start "$(busybox_conf web "sleep 1000" "network = bridge" "publish = 8080:80")"
  has "microctr: web: warning: table ip guard, chain FORWARD" "$err"
  one_line "$err"
  same "its rules" "$rules" "$(nft list table ip guard)"
  # Without a policy that drops, and for what is not forwarded, nothing is said.
  exits 0 microctr start "$(busybox_conf alone "sleep 1000")"
  same "network = none" "" "$err"
  nft chain ip guard FORWARD '{ policy accept; }'
  microctr stop -t 100ms web
  exits 0 microctr start "$T/web.conf"
  same "accept" "" "$err"
}
