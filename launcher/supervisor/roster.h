// Roster: the containers that a supervisor knows, each in a place of its own for as long as it is known.
//
// A place is made when it is first needed, so that a supervisor without containers touches no memory for them. An entry
// may be known by name only, because others name it in `after` or `requires`. It owns every Container; it knows nothing
// of what is done with them.
#pragma once

#include <optional>

#include "launcher/base/fd.h"
#include "launcher/supervisor/evidence.h"
#include "launcher/supervisor/health_checker.h"
#include "launcher/supervisor/life.h"
#include "launcher/supervisor/log_sink.h"
#include "launcher/supervisor/log_streams.h"
#include "launcher/supervisor/readiness.h"
#include "launcher/supervisor/session.h"

namespace microctr {

// What of a Spec is needed while its container is not being started.
struct Upkeep {
  ServiceType type = ServiceType::service;
  RestartPolicy restart = RestartPolicy::on_failure;
  FailureAction on_failure = FailureAction::none;
  Readiness ready = Readiness::exec;
  LogKind log = LogKind::ring;
  bool autostart = true;
  bool waits_for_paths = false;
  int stop_signal = 15;
  std::uint32_t restart_limit = 0;
  std::uint32_t failure_start = 0;  // for FailureAction::start
  std::uint64_t restart_delay_ms = 0;
  std::uint64_t restart_max_delay_ms = 0;
  std::uint64_t restart_window_ms = 0;
  std::uint64_t start_timeout_ms = 0;
  std::uint64_t stop_timeout_ms = 0;
  FixedVector<std::uint16_t, limits::dependencies> after;  // places
  FixedVector<std::uint16_t, limits::dependencies> required;
};

struct Container {
  bool used = false;        // the place is taken
  bool known = false;       // `upkeep` is that of a configuration
  bool configured = false;  // which is one of the directory's
  bool seen = false;        // still there, on the way through a reload
  bool wanted = false;      // shall be started when all are known
  bool foreign = false;     // adopted: not our child
  bool terminal = false;    // streams.output is the master of its terminal
  bool typed = false;       // clients wait until it takes their input
  bool told = false;        // that it waits
  bool drops = false;       // its first start has failed, and who wanted it knows: nothing of it stays
  Life life = Life::done;
  std::uint64_t file = 0;  // of the directory: hash of its stem, which may be another than the name
  Session session;
  LogSink log;
  LogStreams streams;
  EvidenceLimit evidence;
  ReadinessProbe probe;
  HealthChecker checker;
  Upkeep upkeep;
  std::uint64_t due_ms = UINT64_MAX;  // when the time of its state is over
  std::uint64_t began_ms = 0;         // its start, or its process's
  std::uint64_t window_began_ms = 0;  // of restart_limit
  std::uint32_t window_restarts = 0;

  CString name() const { return session.name(); }
  FirstProcess first() const { return {session.state.pid, session.pidfd.get()}; }
};

class Roster {
 public:
  std::uint32_t size() const { return size_; }  // places that have ever been used
  Container& operator[](std::uint32_t place) { return *at(place); }
  const Container& operator[](std::uint32_t place) const { return *at(place); }

  std::optional<std::uint32_t> find(std::string_view name) const;
  // Finds it, or takes a place for it: where all are taken, that of one that has ended, that no file of the directory
  // configures and nobody names. Nothing: all limits::containers are still needed.
  std::optional<std::uint32_t> obtain(std::string_view name);
  // The place is free, unless others name it: then it is known by name only.
  void forget(std::uint32_t place);

 private:
  Container* at(std::uint32_t place) const { return reinterpret_cast<Container*>(const_cast<char*>(storage_[place])); }

  alignas(Container) char storage_[limits::containers][sizeof(Container)];
  std::uint32_t size_ = 0;
};

}  // namespace microctr
