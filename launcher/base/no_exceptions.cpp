// What libstdc++'s headers call instead of throwing, since libstdc++ itself is not linked: a broken invariant ends the
// process at once.

#include <cstddef>

namespace std {

[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { __builtin_trap(); }
[[noreturn]] void __throw_length_error(const char*) { __builtin_trap(); }
[[noreturn]] void __throw_logic_error(const char*) { __builtin_trap(); }

}  // namespace std
