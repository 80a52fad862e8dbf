// What belongs together about starts, restarts, readiness, health and logs of one container. What holds between
// containers is dependencies.h.

#include "launcher/base/text.h"
#include "launcher/spec/check.h"
#include "launcher/spec/path_text.h"

namespace microctr {
namespace {

using Names = FixedVector<CString, limits::dependencies>;

// What the defaults say for all containers may be of no use to this one.
bool is_its_own(const Check& check, Key key) {
  if (!check.origins.is_set(key)) return false;
  const Location where = check.origins.of(key);
  return where.line == 0 || where.source == check.origins.file().source;
}

void check_dependencies(const Check& check, Key key, const Names& names) {
  for (std::size_t index = 0; index < names.size(); ++index) {
    const CString name = names[index];
    if (!is_plain_name(name) || name.size() > limits::name) {
      static_assert(limits::name == 63, "the message below names it");
      check.fault(key, index,
                  "'@' is not a container's name (letters, digits, '.', '_' and '-'; a letter or digit first; at most "
                  "63)"_p,
                  name);
    } else if (name == check.spec.name) {
      check.fault(key, index, "@ cannot wait for itself (remove it)"_p, name);
    }
    for (std::size_t before = 0; before < index; ++before) {
      if (names[before] != name) continue;
      check.fault(key, index, "'@' is given twice (keep one)"_p, name);
      break;
    }
  }
}

void check_wait_paths(const Check& check) {
  const auto& paths = check.spec.supervision.wait_paths;
  for (std::size_t index = 0; index < paths.size(); ++index) {
    if (!is_absolute(paths[index])) {
      check.fault(Key::wait_path, index, "'@' is not absolute (begin with /)"_p, paths[index]);
    }
  }
}

void check_restart(const Check& check) {
  const Supervision& supervision = check.spec.supervision;
  const RestartPolicy restart = supervision.restart.value_or(RestartPolicy::on_failure);
  const bool always = restart == RestartPolicy::always || restart == RestartPolicy::unless_stopped;
  if (always && supervision.type == ServiceType::oneshot) {
    check.fault(Key::restart, "a oneshot that did its work is done (write on-failure or no, or type = service)"_p);
  }
  if (supervision.restart_delay_ms == 0) {
    check.fault(Key::restart_delay, "0 would start it again without a pause (write a time: 100ms)"_p);
  }
  if (supervision.restart_max_delay_ms < supervision.restart_delay_ms) {
    check.fault(check.origins.is_set(Key::restart_max_delay) ? Key::restart_max_delay : Key::restart_delay,
                "restart_max_delay is shorter than restart_delay (write a longer one)"_p);
  }
}

void check_failure(const Check& check) {
  const Supervision& supervision = check.spec.supervision;
  if (supervision.on_failure == FailureAction::none) return;
  if (supervision.restart != RestartPolicy::no && supervision.restart_limit == 0) {
    check.fault(Key::on_failure,
                "would never happen, as it is started again without end (write restart_limit = 5/60s, or restart = "
                "no)"_p);
  }
  if (supervision.on_failure != FailureAction::start) return;
  check_container_name(check, Key::on_failure, supervision.failure_start);
  if (supervision.failure_start == check.spec.name) {
    check.fault(Key::on_failure, "@ has just failed (name another container)"_p, check.spec.name);
  }
}

void check_ready(const Check& check) {
  const Supervision& supervision = check.spec.supervision;
  if (supervision.type == ServiceType::oneshot && supervision.ready != Readiness::exec) {
    check.fault(Key::ready, "a oneshot is ready by its good end (remove the key, or write type = service)"_p);
  }
  if (supervision.ready != Readiness::socket) return;
  const CString socket = supervision.ready_socket;
  if (begins_with(socket, '/') && climbs(socket)) {
    check.fault(Key::ready, "'@' contains '..' (write the path without it)"_p, socket);
  }
}

void check_health(const Check& check) {
  const HealthCheck& health = check.spec.supervision.health;
  constexpr Phrase no_pause = "0 would check without a pause (write a time: 30s)"_p;
  if (health.interval_ms == 0) check.fault(Key::health_interval, no_pause);
  if (health.timeout_ms == 0) check.fault(Key::health_timeout, "no check is over at once (write a time: 5s)"_p);
  if (health.retries == 0) check.fault(Key::health_retries, "0 would never count (write 1 for the first bad check)"_p);
  if (!health.command.empty()) {
    if (check.spec.supervision.type != ServiceType::oneshot) return;
    return check.fault(Key::health_command, "a oneshot is not checked (remove the key, or write type = service)"_p);
  }
  for (const Key key : {Key::health_interval, Key::health_timeout, Key::health_retries, Key::health_start_period}) {
    if (is_its_own(check, key)) check.fault(key, "there is no check (write health_command = PROGRAM too)"_p);
  }
}

}  // namespace

void check_supervision(const Check& check) {
  const Supervision& supervision = check.spec.supervision;
  check_dependencies(check, Key::after, supervision.after);
  check_dependencies(check, Key::requires_, supervision.requires_);
  check_wait_paths(check);
  check_restart(check);
  check_failure(check);
  check_ready(check);
  check_health(check);
}

void check_logs(const Check& check) {
  const Spec& spec = check.spec;
  if (spec.log != LogKind::file) return;
  if (!is_absolute(spec.log_path)) return check.fault(Key::log, "'@' is not absolute (begin with /)"_p, spec.log_path);
  if (spec.log_path.view().ends_with('/')) {
    check.fault(Key::log, "'@' names a directory (add the file's name)"_p, spec.log_path);
  }
  static_assert(limits::log_path == 255, "the message below names it");
  if (spec.log_path.size() > limits::log_path)
    check.fault(Key::log, "'@' is too long (limit 255 bytes)"_p, spec.log_path);
}

}  // namespace microctr
