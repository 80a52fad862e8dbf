// What somebody wrote before the `=`: a key of the table, one of an interface (`eth1.ip`), or a mistake to explain.
//
// Pure. It must not know what was read so far; whether the interface exists already is the reader's business.
#pragma once

#include <optional>
#include <string_view>

#include "launcher/spec/diagnostic.h"
#include "launcher/spec/key.h"

namespace microctr {

struct WrittenKey {
  Key key;
  std::string_view interface;  // its name inside; empty for a key that is not an interface's
};

// Nothing after it was reported at `where` why not.
std::optional<WrittenKey> resolve_key(std::string_view written, const Location& where, Diagnostics& diagnostics);

}  // namespace microctr
