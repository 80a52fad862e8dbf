// What a process does with signals, as /proc/PID/status tells it.
#pragma once

#include <cstdint>
#include <optional>

#include "launcher/base/cstring.h"

namespace microctr {

struct SignalSets {  // bit N-1: signal N
  std::uint64_t blocked = 0;
  std::uint64_t ignored = 0;
  std::uint64_t caught = 0;
};

// Of `process`, a number or "self". Nothing: there is no such process, or no /proc.
std::optional<SignalSets> signal_sets_of(CString process);

}  // namespace microctr
