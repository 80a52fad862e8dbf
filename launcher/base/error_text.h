// The words for an errno, as the C library of the target has them, for those that Linux gives to what we ask of it.
//
// The C library's own strerror brings all its others along, and a translator.
#pragma once

#include "launcher/base/text.h"

namespace microctr {

// "No such file or directory"; "error N" for one that is not in the table.
void add_error_text(TextWriter& text, int code);

}  // namespace microctr
