// Evidence: what a container said before it failed, on disk, so that a reboot does not erase it.
//
//   DATA/evidence/NAME.log   one entry of ours (log_entry.h, stream `microctr`): when and why; then the last 4 KB of
//   its ring
//
// Of a container with `log = ring` only: a log file is on disk already, and of what went elsewhere nothing is kept
// here. One small file for each container, replaced as a whole, and not synced: the supervisor must not wait for a
// flash, and an orderly reboot syncs. At most one in ten minutes, so that a crash loop does not wear a flash out; but
// the first since the supervisor began, and the one that makes a container fail for good, are always kept. `remove`
// removes it.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/limits.h"
#include "launcher/base/places.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"
#include "launcher/spec/spec.h"

namespace microctr {

inline constexpr std::size_t evidence_size = 4096;               // bytes of the log that are kept
inline constexpr std::uint64_t evidence_pause_ms = 10 * 60'000;  // monotonic, between two of a container

// Of one container, kept by whoever supervises it.
struct EvidenceLimit {
  std::uint64_t kept_ms = UINT64_MAX;  // monotonic; none yet
};

enum class Failing : bool { again, for_good };

// Call it when the container's output has been drained. `reason`: "exit status 3". True: it was written now; false: not
// this time.
Result<bool> keep_evidence(const Places& places, CString name, LogKind kind, std::string_view reason, Failing failing,
                           EvidenceLimit& limit);

// ENOENT: there is none.
Result<Fd> open_evidence(const Places& places, CString name);

// False: there was none.
Result<bool> remove_evidence(const Places& places, CString name);

}  // namespace microctr
