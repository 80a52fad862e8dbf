// explain: a plan in words. describe: one step in words, also for the message when it fails. hint_for: what to do then.
//
// Pure: text from data. Nothing here looks at the machine.
#pragma once

#include "launcher/base/text.h"
#include "launcher/plan/plan.h"

namespace microctr {

// "mount overlay on /run/microctr/containers/web"
void describe(const Step& step, TextWriter& text);

// How a step is undone, in words; empty when the end of the container's processes undoes it.
void describe_undo(const Step& step, TextWriter& text);

// What to do about `code` (errno) at `step`; empty when there is nothing better to say than the error itself.
Phrase hint_for(const Step& step, int code);

// One line for `index` (from 0) of the plan: number, who, what, and how it is undone. Ends with a newline.
void explain_step(const Plan& plan, std::size_t index, TextWriter& text);

}  // namespace microctr
