// Wall-clock time as text: RFC 3339 in UTC with nanoseconds, as in the log format of the container world (CRI).
#pragma once

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

// "2026-11-22T03:25:08.000000001Z"; proleptic Gregorian calendar, any year from 1970 on.
void format_time(const sys::WallTime& time, TextWriter& text);

}  // namespace microctr
