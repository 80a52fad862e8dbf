// probe: looks at the machine and fills HostFacts. Reads /proc and /sys, changes nothing, needs no privilege.
#pragma once

#include "launcher/base/arena.h"
#include "launcher/plan/host_facts.h"
#include "launcher/spec/spec.h"

namespace microctr {

// Makes `facts` anew; `arena` keeps the paths found. Error: /proc cannot be read.
Result<void> probe(const Places& places, Arena& arena, HostFacts& facts);

// Which optional layers of `spec` do not exist.
void probe_layers(const Spec& spec, HostFacts& facts);

// What its user namespace depends on (facts.ids). `arena` keeps a path. Error: a file of ids cannot be read.
Result<void> probe_ids(const Spec& spec, HostFacts& facts, Arena& arena);

// Whether the security module that gives `spec` its label is there.
void probe_labels(const Spec& spec, HostFacts& facts);

}  // namespace microctr
