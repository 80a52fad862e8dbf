#include "launcher/base/sort.h"

#include <algorithm>
#include <cstring>

namespace microctr {

// Shell's sort: insertion over ever smaller distances.
void sort_rows(char* rows, std::size_t row_size, std::size_t count) {
  for (std::size_t distance = count / 2; distance > 0; distance /= 2) {
    for (std::size_t next = distance; next < count; ++next) {
      for (std::size_t at = next; at >= distance; at -= distance) {
        char* const left = rows + (at - distance) * row_size;
        char* const right = rows + at * row_size;
        if (std::strcmp(left, right) <= 0) break;
        std::swap_ranges(left, left + row_size, right);
      }
    }
  }
}

}  // namespace microctr
