#include "tests/unit/spec_harness.h"

#include "launcher/spec/address.h"
#include "launcher/spec/network_mode.h"

namespace microctr::spec_test {
namespace {

CString terminated(const std::string& text) { return CString::from_terminated(text); }

std::string text_of(const Identity& identity) {
  return identity.name.empty() ? "#" + std::to_string(identity.number) : std::string(identity.name.view());
}

std::string text_of(const Address& address) {
  TextBuffer<64> text;
  format_address(address, text);
  return std::string(text.view()) + "/" + std::to_string(address.prefix);
}

class Description {
 public:
  void add(const std::string& field, const std::string& value) { text_ += field + "=" + value + "\n"; }
  void add(const std::string& field, CString value) {
    if (!value.empty()) add(field, std::string(value.view()));
  }
  void add(const std::string& field, const Limit& limit) {
    if (limit.value) add(field, std::to_string(*limit.value));
    if (!limit.required) add(field + ".required", std::string("no"));
  }
  template <typename T>
  void add_changed(const std::string& field, T value, T initial) {
    if (value != initial) add(field, std::to_string(static_cast<long long>(value)));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void describe_process(const Spec& spec, Description& out) {
  out.add("name", spec.name);
  out.add("description", spec.description);
  out.add("hostname", spec.hostname);
  out.add("domainname", spec.domainname);
  for (const CString word : spec.command) out.add("command", "[" + std::string(word.view()) + "]");
  out.add("workdir", spec.workdir);
  if (spec.user) out.add("user", text_of(*spec.user));
  if (spec.group) out.add("group", text_of(*spec.group));
  for (const Identity& group : spec.groups) out.add("groups", text_of(group));
  for (const CString variable : spec.environment) out.add("env", variable);
  for (const CString file : spec.environment_files) out.add("env_file", file);
  if (spec.umask) out.add("umask", std::to_string(*spec.umask));
  out.add_changed("tty", spec.terminal, false);
  out.add_changed("init", spec.init, false);
}

void describe_root(const Spec& spec, Description& out) {
  for (const Layer& layer : spec.layers) {
    out.add("layer",
            std::string(layer.name.view()) + (layer.in_store ? " store" : "") + (layer.optional ? " optional" : ""));
  }
  out.add("rootfs", spec.rootfs);
  out.add_changed("upper", spec.upper, UpperKind::tmpfs);
  out.add("upper_path", spec.upper_path);
  if (spec.upper_size) out.add("upper_size", std::to_string(*spec.upper_size));
  out.add_changed("read_only", spec.read_only, false);
  for (const Volume& volume : spec.volumes) {
    out.add("volume", std::string(volume.source.view()) + ":" + std::string(volume.target.view()) +
                          (volume.named ? " named" : "") + (volume.read_only ? " ro" : "") +
                          (volume.no_exec ? " noexec" : "") + (volume.optional ? " optional" : ""));
  }
  for (const TmpfsMount& mount : spec.tmpfs) {
    out.add("tmpfs",
            std::string(mount.target.view()) + " " + std::to_string(mount.size) + " " + std::to_string(mount.mode));
  }
  for (const DeviceLine& device : spec.devices) {
    out.add("device", std::string(device.source.view()) + (device.target.empty() ? "" : ":") +
                          std::string(device.target.view()) + " " + (device.read ? "r" : "") +
                          (device.write ? "w" : "") + (device.make ? "m" : "") + (device.optional ? " optional" : ""));
  }
  out.add("manifest", spec.manifest);
}

void describe_resources(const Resources& resources, Description& out) {
  out.add("memory", resources.memory);
  out.add("memory_high", resources.memory_high);
  out.add("memory_swap", resources.memory_swap);
  out.add("cpus", resources.cpus);
  out.add("cpu_weight", resources.cpu_weight);
  out.add("pids", resources.pids);
  out.add("cpuset", resources.cpuset);
  out.add_changed("cpuset_required", resources.cpuset_required, true);
  out.add("cgroup", resources.cgroup);
  out.add_changed("delegate", resources.delegate, false);
}

void describe_interface(const Interface& interface, Description& out) {
  const std::string prefix = interface.name == "eth0" ? "" : std::string(interface.name.view()) + ".";
  const std::string mode(mode_name(interface.mode));
  if (interface.mode != NetworkMode::none || !interface.peer.empty()) {
    out.add(prefix + "network", mode + (interface.peer.empty() ? "" : ":" + std::string(interface.peer.view())));
  }
  out.add(prefix + "bridge", interface.bridge);
  for (const Address& subnet : interface.subnets) out.add(prefix + "bridge_subnet", text_of(subnet));
  for (const Address& address : interface.addresses) out.add(prefix + "ip", text_of(address));
  if (interface.dhcp) out.add(prefix + "ip", std::string("dhcp"));
  for (const Address& gateway : interface.gateways) out.add(prefix + "gateway", text_of(gateway));
  TextBuffer<32> mac;
  if (interface.mac) format_hardware_address(*interface.mac, mac);
  out.add(prefix + "mac", mac.text());
  if (interface.mtu != 0) out.add(prefix + "mtu", std::to_string(interface.mtu));
  if (interface.nat) out.add(prefix + "nat", std::string(*interface.nat ? "yes" : "no"));
}

void describe_network(const Network& network, Description& out) {
  for (const Interface& interface : network.interfaces) describe_interface(interface, out);
  for (const Publish& publish : network.publish) {
    out.add("publish", (publish.host.family == 0 ? "" : text_of(publish.host) + " ") +
                           std::to_string(publish.host_port) + " " + std::to_string(publish.inside_port) + " " +
                           std::to_string(publish.count) + (publish.udp ? " udp" : ""));
  }
  for (const Address& server : network.dns) out.add("dns", text_of(server));
  for (const CString domain : network.dns_search) out.add("dns_search", domain);
  for (const HostName& host : network.hosts) {
    out.add("add_host", std::string(host.name.view()) + " " + text_of(host.address));
  }
  for (const CString alias : network.aliases) out.add("network_alias", alias);
}

std::string text_of(const IdRange& range) {
  return std::to_string(range.inside) + " " + std::to_string(range.outside) + " " + std::to_string(range.count);
}

void describe_maps(const Spec& spec, Description& out) {
  out.add_changed("userns", spec.user_namespace, UserNamespace::automatic);
  if (spec.id_pool.last != 0) {
    out.add("pool", std::to_string(spec.id_pool.first) + " " + std::to_string(spec.id_pool.last));
  }
  for (const IdRange& range : spec.user_map) out.add("user_map", text_of(range));
  for (const IdRange& range : spec.group_map) out.add("group_map", text_of(range));
  if (spec.time_offset) {
    out.add("time_offset",
            std::to_string(spec.time_offset->monotonic) + " " + std::to_string(spec.time_offset->boottime));
  }
  out.add_changed("nesting", spec.nesting, false);
}

void describe_isolation(const Spec& spec, Description& out) {
  out.add_changed("seccomp", spec.seccomp, SeccompPolicy::standard);
  out.add("seccomp_file", spec.seccomp_file);
  out.add_changed("default_masks", spec.default_masks, true);
  for (const CString path : spec.masked_paths) out.add("masked_path", path);
  out.add_changed("default_read_only_paths", spec.default_read_only_paths, true);
  for (const CString path : spec.read_only_paths) out.add("readonly_path", path);
  for (const Sysctl& setting : spec.sysctls) {
    out.add("sysctl", std::string(setting.path.view()) + " " + std::string(setting.value.view()));
  }
  for (const Ulimit& limit : spec.ulimits) {
    out.add("ulimit",
            std::to_string(limit.resource) + " " + std::to_string(limit.soft) + " " + std::to_string(limit.hard));
  }
  if (spec.oom_score_adj) out.add("oom_score_adj", std::to_string(*spec.oom_score_adj));
  out.add("apparmor", spec.apparmor);
  out.add("selinux_label", spec.selinux_label);
}

void describe_supervision(const Supervision& supervision, Description& out) {
  const Supervision initial;
  out.add_changed("autostart", supervision.autostart, initial.autostart);
  out.add_changed("type", supervision.type, initial.type);
  for (const CString name : supervision.after) out.add("after", name);
  for (const CString name : supervision.requires_) out.add("requires", name);
  for (const CString path : supervision.wait_paths) out.add("wait_path", path);
  if (supervision.restart) out.add("restart", std::to_string(static_cast<int>(*supervision.restart)));
  out.add_changed("restart_delay", supervision.restart_delay_ms, initial.restart_delay_ms);
  out.add_changed("restart_max_delay", supervision.restart_max_delay_ms, initial.restart_max_delay_ms);
  out.add_changed("restart_limit", supervision.restart_limit, initial.restart_limit);
  out.add_changed("restart_window", supervision.restart_window_ms, initial.restart_window_ms);
  out.add_changed("on_failure", supervision.on_failure, initial.on_failure);
  out.add("failure_start", supervision.failure_start);
  out.add_changed("ready", supervision.ready, initial.ready);
  out.add("ready_socket", supervision.ready_socket);
  out.add_changed("start_timeout", supervision.start_timeout_ms, initial.start_timeout_ms);
  const HealthCheck& health = supervision.health;
  for (const CString word : health.command) out.add("health_command", "[" + std::string(word.view()) + "]");
  out.add_changed("health_interval", health.interval_ms, initial.health.interval_ms);
  out.add_changed("health_timeout", health.timeout_ms, initial.health.timeout_ms);
  out.add_changed("health_retries", health.retries, initial.health.retries);
  out.add_changed("health_start_period", health.start_period_ms, initial.health.start_period_ms);
}

}  // namespace

std::string Reading::messages() const {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    TextBuffer<8192> line;
    format_diagnostic(diagnostic, line);
    text += std::string(line.view()) + "\n";
  }
  return text;
}

std::unique_ptr<Reading> read(const ReadingInput& input) {
  auto reading = std::make_unique<Reading>();
  // The text is copied without room behind it, so that a sanitizer sees a read past its end.
  const auto file = std::make_unique<char[]>(input.file.size());
  input.file.copy(file.get(), input.file.size());
  std::vector<CString> options;
  for (const std::string& option : input.options) options.push_back(terminated(option));
  ConfigSources sources;
  sources.defaults = {"defaults.conf", input.defaults};
  sources.file = {"web.conf", {file.get(), input.file.size()}};
  sources.directory = terminated(input.directory);
  sources.name = terminated(input.name);
  sources.overrides = options;
  read_spec(sources, reading->arena, reading->spec, reading->origins, reading->diagnostics);
  return reading;
}

std::unique_ptr<Reading> check(const ReadingInput& input) {
  auto reading = read(input);
  if (reading->diagnostics.empty()) {
    reading->valid = validate(reading->spec, reading->origins, reading->diagnostics);
  }
  return reading;
}

std::string describe(const Spec& spec) {
  Description out;
  describe_process(spec, out);
  describe_root(spec, out);
  const NamespaceSet& set = spec.namespaces;
  std::string missing;
  if (!set.mount) missing += " mount";
  if (!set.uts) missing += " uts";
  if (!set.ipc) missing += " ipc";
  if (!set.pid) missing += " pid";
  if (!set.network) missing += " network";
  if (!set.cgroup) missing += " cgroup";
  if (!missing.empty()) out.add("no namespaces", missing);
  describe_maps(spec, out);
  describe_resources(spec.resources, out);
  out.add_changed<std::uint64_t>("cap_add", spec.capabilities_added, 0);
  out.add_changed<std::uint64_t>("cap_drop", spec.capabilities_dropped, 0);
  out.add_changed("no_new_privileges", spec.no_new_privileges, true);
  describe_isolation(spec, out);
  describe_network(spec.network, out);
  describe_supervision(spec.supervision, out);
  out.add_changed("stop_signal", spec.stop_signal, 15);
  out.add_changed<std::uint64_t>("stop_timeout", spec.stop_timeout_ms, 10'000);
  out.add_changed("log", spec.log, LogKind::ring);
  out.add_changed<std::uint64_t>("log_size", spec.log_size, limits::log_default);
  out.add("log_path", spec.log_path);
  out.add_changed<std::uint32_t>("log_count", spec.log_count, 1);
  return out.text();
}

}  // namespace microctr::spec_test
