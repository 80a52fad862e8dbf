// Sorts names: rows of one size, each with a NUL-terminated text at its beginning, by the bytes of that text.
//
// In place and without recursion. For a few thousand rows at most.
#pragma once

#include <cstddef>

namespace microctr {

void sort_rows(char* rows, std::size_t row_size, std::size_t count);

template <std::size_t Rows, std::size_t Size>
void sort_rows(char (&rows)[Rows][Size], std::size_t count) {
  sort_rows(rows[0], Size, count);
}

}  // namespace microctr
