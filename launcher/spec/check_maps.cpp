// user_map and group_map: that they are used, that the kernel takes them, and that they have the ids that are needed.

#include "launcher/base/text.h"
#include "launcher/spec/check.h"

namespace microctr {
namespace {

using Map = FixedVector<IdRange, limits::id_ranges>;

bool is_mapped(const Map& map, std::uint32_t id) {
  for (const IdRange& range : map) {
    if (id >= range.inside && id - range.inside < range.count) return true;
  }
  return false;
}

bool overlap(std::uint32_t left, std::uint32_t left_count, std::uint32_t right, std::uint32_t right_count) {
  return left < right ? right - left < left_count : left - right < right_count;
}

// The kernel answers EINVAL to ranges that overlap on either side (mappings_overlap()).
void check_overlaps(const Check& check, Key key, const Map& map) {
  for (std::size_t index = 0; index < map.size(); ++index) {
    const IdRange& range = map[index];
    for (std::size_t before = 0; before < index; ++before) {
      const IdRange& other = map[before];
      const bool inside = overlap(range.inside, range.count, other.inside, other.count);
      const bool outside = overlap(range.outside, range.count, other.outside, other.count);
      if (!inside && !outside) continue;
      const std::uint32_t first = inside ? range.inside : range.outside;
      TextBuffer<32> text(first);
      if (range.count > 1) text.add(" to ", first + (range.count - 1));
      check.fault_again(key, index,
                        inside ? "ids @ inside overlap those of an earlier line (at &; use others)"_p
                               : "ids @ of the host overlap those of an earlier line (at &; use others)"_p,
                        text.view(), check.origins.of(key, before));
      break;
    }
  }
}

void check_number(const Check& check, Key key, const Map& map, const Identity& identity, Phrase pattern) {
  if (!identity.name.empty() || is_mapped(map, identity.number)) return;
  check.fault(key, pattern, TextBuffer<16>(identity.number).view());
}

void check_unused(const Check& check, Key key, const Map& map) {
  if (!map.empty()) check.fault(key, 0, "is used with userns = map only (write userns = map, or remove the line)"_p);
}

}  // namespace

void check_maps(const Check& check) {
  const Spec& spec = check.spec;
  if (spec.user_namespace != UserNamespace::map) {
    check_unused(check, Key::user_map, spec.user_map);
    return check_unused(check, Key::group_map, spec.group_map);
  }
  if (spec.user_map.empty()) {
    return check.fault(Key::userns, "map needs at least one user_map (write user_map = 0:100000:65536)"_p);
  }
  check_overlaps(check, Key::user_map, spec.user_map);
  check_overlaps(check, Key::group_map, spec.group_map);
  constexpr Phrase no_root = "maps no id 0 inside, which the container is set up as (write 0:OUTSIDE:COUNT)"_p;
  if (!is_mapped(spec.user_map, 0)) check.fault(Key::user_map, no_root);
  if (!spec.group_map.empty() && !is_mapped(spec.group_map, 0)) check.fault(Key::group_map, no_root);

  const Map& groups = spec.group_map.empty() ? spec.user_map : spec.group_map;
  constexpr Phrase no_user = "user @ is not mapped (add it to user_map)"_p;
  constexpr Phrase no_group = "group @ is not mapped (add it to group_map)"_p;
  if (spec.user) check_number(check, Key::user, spec.user_map, *spec.user, no_user);
  if (spec.group) check_number(check, Key::user, groups, *spec.group, no_group);
  for (const Identity& group : spec.groups) check_number(check, Key::groups, groups, group, no_group);
}

}  // namespace microctr
