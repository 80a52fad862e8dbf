# For the boot test: everything but writing below /tmp/forbidden. Compiled on the host with apparmor_parser, which needs no
# kernel for that.
profile microctr-test flags=(attach_disconnected) {
  file,
  capability,
  network,
  signal,
  ptrace,
  deny /tmp/forbidden/** w,
}
