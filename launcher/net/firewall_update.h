// Brings the register's lines into the firewall.
//
// What the firewall must have is what the register says; so a table that somebody has deleted is built anew from it,
// for all containers at once. The caller holds the RuntimeLock.
#pragma once

#include "launcher/net/firewall.h"
#include "launcher/net/register.h"

namespace microctr {

// Bytes for all that one container has there: limits::ports take 20 KB.
inline constexpr std::size_t firewall_change_storage = 32 * 1024;

enum class Table : bool { exists, is_new };

// Adds what the lines of `container` say. Builds the table when it is new, or when it is not there.
Result<void> open_firewall(CString container, Table table, const Register& entries);

// The first half of closing: writes down what goes with `container`, while the register still has its lines. What
// another container has too stays.
void note_removals(CString container, const Register& entries, FirewallTransaction& removals);

// The second half, when its lines have gone: carries the removals out, or takes the whole table away when nothing is
// left for it. A table that is not there, or not as it should be, is success; it is built anew when it is needed.
Result<void> close_firewall(FirewallTransaction& removals, const Register& entries);

}  // namespace microctr
