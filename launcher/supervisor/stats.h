// What a container uses: processor, memory, processes, disk, network, and how long it had to wait for them.
//
// Read from its own cgroups (cgroup_list.h), v1 and v2 alike, and from its own network namespace. What the kernel does
// not count for this container alone is `unknown`: a number of the whole machine would be taken for the container's.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "launcher/base/cstring.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/result.h"

namespace microctr {

inline constexpr std::uint64_t unknown_count = UINT64_MAX;

struct InterfaceStats {
  char name[16] = {};  // IFNAMSIZ
  std::uint64_t received_bytes = 0;
  std::uint64_t received_packets = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t sent_packets = 0;
};

struct Pressure {  // hundredths of a percent of the last 10 s
  std::uint64_t some = unknown_count;
  std::uint64_t full = unknown_count;
};

struct Stats {
  std::uint64_t cpu_usage_us = unknown_count;
  std::uint64_t memory = unknown_count;
  std::uint64_t memory_limit = unknown_count;  // unknown: none
  std::uint64_t memory_peak = unknown_count;   // Linux 5.19 with v2
  std::uint64_t pids = unknown_count;
  std::uint64_t pids_limit = unknown_count;
  std::uint64_t read_bytes = unknown_count;
  std::uint64_t written_bytes = unknown_count;
  FixedVector<InterfaceStats, 16> interfaces;
  Pressure cpu_pressure;
  Pressure memory_pressure;
  Pressure io_pressure;
};

// `record`: the container's directory of record; `pid`: its first process, which the caller holds by a pidfd.
void read_stats(CString record, pid_t pid, Stats& stats);

// For how long a process with this start time (record.h) has been there, in milliseconds.
Result<std::uint64_t> running_ms(std::uint64_t start_ticks);

// Of files of the kernel, for read_stats.
void parse_pressure(std::string_view text, Pressure& pressure);
void parse_interfaces(std::string_view text, Stats& stats);  // /proc/PID/net/dev, without lo
void parse_unified_io(std::string_view text, Stats& stats);  // io.stat
void parse_legacy_io(std::string_view text, Stats& stats);   // blkio.throttle.io_service_bytes
std::uint64_t hundredths_of(std::string_view number);        // "12.34", "12.3456", "12"

}  // namespace microctr
