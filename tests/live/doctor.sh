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
  same "errors" "" "$err"
}

# As a user: what needs root is told apart from what the kernel lacks
test_report_of_a_user() {
  local program=$T/tool
  chmod 755 "$T"
  install -m 755 "$BINARY" "$program"
  exits 0 setpriv --reuid 4242 --regid 4242 --clear-groups env -i HOME=/nonexistent XDG_RUNTIME_DIR="$T/none" "$program" doctor
  has "unprivileged" "$out"
  has "missing  networks beyond none and host: run doctor as root" "$out"
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
