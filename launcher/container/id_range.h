// The ranges of ids of `userns = auto`: which container has which.
//
//   RUNTIME/ids/USER-GROUP -> NAME    a symbolic link for each range that is taken, by the first ids of it
//   RUNTIME/ids/pool -> the pool that all ranges are of, or "several"
//   RUNTIME/ids/=NAME -> USER-GROUP   the way back, so that nobody has to search among thousands
//
// A container asks for the range of the pool that its name leads to, then for the next, so that it mostly has the same
// one, also after a reboot. No id is in two ranges, also where pools of different configurations overlap. Nothing on
// disk depends on it (ids are mapped), so nothing of it is kept on disk. The link stays until the container is removed.
// Whoever calls this holds the RuntimeLock.
#pragma once

#include "launcher/net/lease.h"
#include "launcher/plan/host_facts.h"
#include "launcher/spec/id_map.h"

namespace microctr {

// Finds the range that `container` has, or takes one, and fills both maps. EUSERS: all ranges are taken; EINVAL: the
// pool holds none.
Result<void> claim_id_range(CString runtime, CString container, const IdFacts& ids, IdMaps& maps);

// Keep::no: gives back what `container` has. A missing range is success.
Result<void> release_id_range(CString runtime, CString container, Keep keep);

// Removes RUNTIME/ids when no range is taken any more.
void remove_ids_if_unused(CString runtime);

}  // namespace microctr
