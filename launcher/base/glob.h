// Patterns for one name, as glob(7) describes them: * ? [abc] [a-z] [!a-z], and a backslash before what shall stand for
// itself. A dot at the beginning of a name is matched by a dot only. Pure; a slash is a character like any other, so
// the caller takes paths apart.
#pragma once

#include <string_view>

namespace microctr {

// Whether it has a character that makes it more than a name.
bool has_wildcard(std::string_view name);

bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace microctr
