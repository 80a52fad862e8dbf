// What libstdc++'s headers call instead of throwing, since libstdc++ itself is not linked: a broken invariant ends the
// process at once.

#include <cstddef>

namespace std {

// NOLINTBEGIN(bugprone-reserved-identifier): the names are libstdc++'s
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { __builtin_trap(); }
[[noreturn]] void __throw_length_error(const char*) { __builtin_trap(); }
[[noreturn]] void __throw_logic_error(const char*) { __builtin_trap(); }
// NOLINTEND(bugprone-reserved-identifier)

}  // namespace std
