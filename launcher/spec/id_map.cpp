#include "launcher/spec/id_map.h"

namespace microctr {

std::optional<std::uint32_t> outside_of(std::span<const IdRange> map, std::uint32_t inside) {
  for (const IdRange& range : map) {
    if (inside >= range.inside && inside - range.inside < range.count) return range.outside + (inside - range.inside);
  }
  return {};
}

bool reaches(std::span<const IdRange> map, std::uint32_t outside) {
  for (const IdRange& range : map) {
    if (outside >= range.outside && outside - range.outside < range.count) return true;
  }
  return false;
}

std::uint32_t last_of_first_range(std::span<const IdRange> map) {
  for (const IdRange& range : map) {
    if (range.inside == 0) return range.count - 1;
  }
  return 0;
}

void write_id_map(std::span<const IdRange> map, TextWriter& text) {
  for (const IdRange& range : map) {
    text.add(text.size() == 0 ? "" : "\n", range.inside, " ", range.outside, " ", range.count);
  }
}

}  // namespace microctr
