// The keyword table of contract.md: the one place where a config key is named.
//
// KEY(id, name, group, repeat, support, initial, description): `initial` is the value, as text, that a single key has
// when it is not given (empty: unset); reading it must make the default of Spec. `later` keys are refused. The order
// is that of the contract. `requires_` has its underscore because `requires` is a C++ keyword.
// Besides these, `cgroup.FILE` and `INTERFACE.KEY` (eth1.ip) are known as forms; written_key.h recognises them. The
// keys from `network` to `nat` are those of an interface and stay next to each other.
#pragma once

// clang-format off
#define MICROCTR_KEYS(KEY) \
  KEY(name, "name", identity, single, now, "", "name of the container; else the file's name without .conf") \
  KEY(description, "description", identity, single, now, "", "one line of text for people") \
  KEY(hostname, "hostname", identity, single, now, "", "host name inside; else the name") \
  KEY(domainname, "domainname", identity, single, now, "", "NIS domain name inside") \
  KEY(command, "command", process, single, now, "", "program and arguments; quotes, but no shell") \
  KEY(workdir, "workdir", process, single, now, "", "directory inside that the command starts in; else /") \
  KEY(user, "user", process, single, now, "", "NAME or UID, with :GROUP or :GID; else root") \
  KEY(groups, "groups", process, list, now, "", "supplementary groups, names or numbers") \
  KEY(env, "env", process, list, now, "", "NAME=VALUE for the environment") \
  KEY(env_file, "env_file", process, list, now, "", "host file with NAME=VALUE lines") \
  KEY(umask, "umask", process, single, now, "", "octal file mode mask; else 022") \
  KEY(tty, "tty", process, single, now, "no", "give the command a terminal") \
  KEY(init, "init", process, single, now, "no", "put a minimal reaper before the command") \
  KEY(layer, "layer", root, list, now, "", "root layer, bottom first: directory or store name") \
  KEY(image, "image", root, single, later, "", "image in the layer store") \
  KEY(rootfs, "rootfs", root, single, now, "", "plain directory as root, instead of layers") \
  KEY(upper, "upper", root, single, now, "tmpfs", "where writes go: tmpfs[:SIZE], persistent, a path, none") \
  KEY(read_only, "read_only", root, single, now, "no", "mount the root read-only") \
  KEY(volume, "volume", root, list, now, "", "SOURCE:TARGET[:ro,noexec]; source is a host path or a name") \
  KEY(tmpfs, "tmpfs", root, list, now, "", "TARGET[:SIZE[:MODE]], memory as a file system") \
  KEY(device, "device", root, list, now, "", \
      "[-]PATH[:TARGET][:rwm], device of the host to make visible inside; or a pattern") \
  KEY(manifest, "manifest", root, single, now, "", "file inside that tells what this container is") \
  KEY(namespaces, "namespaces", namespaces, single, now, "all", "private ones of: mount uts ipc pid network cgroup") \
  KEY(userns, "userns", namespaces, single, now, "auto", "user namespace: auto[:FIRST-LAST], host, root, map") \
  KEY(user_map, "user_map", namespaces, list, now, "", "INSIDE:OUTSIDE:COUNT, user ids with userns = map") \
  KEY(group_map, "group_map", namespaces, list, now, "", "the same for group ids; else as user_map") \
  KEY(time_offset, "time_offset", namespaces, single, now, "", "what its clocks are ahead: 30d, -1h, monotonic=1h") \
  KEY(nesting, "nesting", namespaces, single, now, "no", "allow containers inside") \
  KEY(memory, "memory", resources, single, now, "", "most memory, a size") \
  KEY(memory_required, "memory.required", required, single, now, "yes", "no: go on without this limit") \
  KEY(memory_high, "memory_high", resources, single, now, "", "memory from which it is throttled, a size") \
  KEY(memory_high_required, "memory_high.required", required, single, now, "yes", "no: go on without this limit") \
  KEY(memory_swap, "memory_swap", resources, single, now, "", "most swap beyond memory, a size") \
  KEY(memory_swap_required, "memory_swap.required", required, single, now, "yes", "no: go on without this limit") \
  KEY(cpus, "cpus", resources, single, now, "", "most processor time: 1.5 processors or 50% of one") \
  KEY(cpus_required, "cpus.required", required, single, now, "yes", "no: go on without this limit") \
  KEY(cpu_weight, "cpu_weight", resources, single, now, "", "share when processors are scarce, 1 to 10000") \
  KEY(cpu_weight_required, "cpu_weight.required", required, single, now, "yes", "no: go on without this limit") \
  KEY(cpuset, "cpuset", resources, single, now, "", "processors to run on: 0-1,3") \
  KEY(cpuset_required, "cpuset.required", required, single, now, "yes", "no: go on without this limit") \
  KEY(pids, "pids", resources, single, now, "", "most processes and threads") \
  KEY(pids_required, "pids.required", required, single, now, "yes", "no: go on without this limit") \
  KEY(io_weight, "io_weight", resources, single, later, "", "share of disk time") \
  KEY(io_weight_required, "io_weight.required", required, single, later, "yes", "no: go on without this limit") \
  KEY(io_max, "io_max", resources, list, later, "", "most disk traffic") \
  KEY(io_max_required, "io_max.required", required, single, later, "yes", "no: go on without this limit") \
  KEY(delegate, "delegate", resources, single, now, "no", "let the container manage its own cgroup") \
  KEY(cgroup, "cgroup", resources, single, now, "", "cgroup path below the root; else microctr/NAME") \
  KEY(cap_add, "cap_add", security, list, now, "", "capabilities to add, or ALL") \
  KEY(cap_drop, "cap_drop", security, list, now, "", "capabilities to drop, or ALL") \
  KEY(no_new_privileges, "no_new_privileges", security, single, now, "yes", "no gain by set-user-id programs") \
  KEY(seccomp, "seccomp", security, single, now, "default", "system call filter: default, off, or a policy file") \
  KEY(masked_path, "masked_path", security, list, now, "", "path inside to hide") \
  KEY(readonly_path, "readonly_path", security, list, now, "", "path inside to make read-only") \
  KEY(sysctl, "sysctl", security, list, now, "", "KEY=VALUE, kernel setting of its namespaces") \
  KEY(ulimit, "ulimit", security, list, now, "", "NAME=SOFT[:HARD], resource limit of the command") \
  KEY(oom_score_adj, "oom_score_adj", security, single, now, "", "-1000 (never killed for memory) to 1000 (first)") \
  KEY(apparmor, "apparmor", security, single, now, "", "AppArmor profile") \
  KEY(selinux_label, "selinux_label", security, single, now, "", "SELinux label, USER:ROLE:TYPE[:LEVEL]") \
  KEY(network, "network", network, single, now, "none", \
      "none, host, veth[:NAME], bridge, macvlan:IF, ipvlan:IF, interface:IF, container:NAME") \
  KEY(bridge, "bridge", network, single, now, "", "bridge of network = bridge; else mc0") \
  KEY(bridge_subnet, "bridge_subnet", network, list, now, "", "addresses of that bridge: 10.9.0.0/24") \
  KEY(ip, "ip", network, list, now, "", "address inside with its prefix: 10.0.0.2/24; or dhcp") \
  KEY(gateway, "gateway", network, list, now, "", "default gateway, one of each family") \
  KEY(mac, "mac", network, single, now, "", "hardware address inside; else made of the names") \
  KEY(mtu, "mtu", network, single, now, "", "largest packet, 68 to 65535 bytes") \
  KEY(nat, "nat", network, single, now, "", "rewrite outgoing addresses; else yes on a bridge of ours") \
  KEY(publish, "publish", network, list, now, "", "[HOSTIP:]HOST:CONTAINER[/tcp|/udp], ports that lead inside") \
  KEY(dns, "dns", network, list, now, "", "name server, an address") \
  KEY(dns_search, "dns_search", network, list, now, "", "search domain; . for none") \
  KEY(add_host, "add_host", network, list, now, "", "NAME:ADDRESS for /etc/hosts") \
  KEY(network_alias, "network_alias", network, list, now, "", "further name on its bridge") \
  KEY(autostart, "autostart", supervision, single, now, "yes", "start with the supervisor") \
  KEY(type, "type", supervision, single, now, "service", "service; or oneshot: does its work and ends") \
  KEY(after, "after", supervision, list, now, "", "containers that are up before, where they are started") \
  KEY(requires_, "requires", supervision, list, now, "", "the same, and not started without them") \
  KEY(wait_path, "wait_path", supervision, list, now, "", "host path that must exist before the start") \
  KEY(restart, "restart", supervision, single, now, "", \
      "no, on-failure, always or unless-stopped; else on-failure, and no for run") \
  KEY(restart_delay, "restart_delay", supervision, single, now, "1s", "time before the first restart, doubled each time") \
  KEY(restart_max_delay, "restart_max_delay", supervision, single, now, "1m", "longest time before a restart") \
  KEY(restart_limit, "restart_limit", supervision, single, now, "", "COUNT/TIME, restarts after which it has failed") \
  KEY(on_failure, "on_failure", supervision, single, now, "none", "then: none, reboot, poweroff, start:NAME") \
  KEY(ready, "ready", supervision, single, now, "exec", \
      "it is ready by: exec, fd, notify, socket:PATH, socket:[ADDRESS:]PORT") \
  KEY(start_timeout, "start_timeout", supervision, single, now, "", "longest time until it is ready; else no limit") \
  KEY(health_command, "health_command", supervision, single, now, "", "command inside that says by status 0 that all is well") \
  KEY(health_interval, "health_interval", supervision, single, now, "30s", "time between checks") \
  KEY(health_timeout, "health_timeout", supervision, single, now, "5s", "longest time of a check") \
  KEY(health_retries, "health_retries", supervision, single, now, "3", "bad checks in a row until it counts") \
  KEY(health_start_period, "health_start_period", supervision, single, now, "0s", \
      "time after the start in which a bad check does not count") \
  KEY(stop_signal, "stop_signal", supervision, single, now, "TERM", "signal that asks the command to end") \
  KEY(stop_timeout, "stop_timeout", supervision, single, now, "10s", "time until it is killed") \
  KEY(log, "log", logs, single, now, "ring:64K", \
      "where output goes: ring[:SIZE], file:PATH[:SIZE[:COUNT]], console, syslog, none")
// clang-format on
