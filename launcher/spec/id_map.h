// The maps of ids of a user namespace (user_namespaces(7)): which id of the host stands for one inside.
//
// Pure. A map is a list of ranges that do not overlap. It must not know where ranges come from: spec, or the pool of
// `userns = auto`.
#pragma once

#include <optional>
#include <span>

#include "launcher/base/text.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct IdMaps {
  FixedVector<IdRange, limits::id_ranges> users;
  FixedVector<IdRange, limits::id_ranges> groups;

  bool empty() const { return users.empty(); }
};

// Ids that one container gets of the pool, from 0 inside on: what images and distributions use, nobody (65534)
// included.
inline constexpr std::uint32_t id_range_size = 65536;

// The host's id for `inside`; nothing where it is not mapped.
std::optional<std::uint32_t> outside_of(std::span<const IdRange> map, std::uint32_t inside);

// Whether the map gives the id `outside` of the host to somebody inside.
bool reaches(std::span<const IdRange> map, std::uint32_t outside);

// The last id inside of the range that 0 is in.
std::uint32_t last_of_first_range(std::span<const IdRange> map);

// As /proc/PID/uid_map takes it: "0 1000 1", a line for each range.
void write_id_map(std::span<const IdRange> map, TextWriter& text);

}  // namespace microctr
