// What the user has stopped and `restart = unless-stopped` keeps stopped: an empty file for each, on disk, so that it
// holds over a reboot. Written and removed at the user's word only.
//
//   DATA/stopped/NAME
#pragma once

#include "launcher/base/places.h"
#include "launcher/base/result.h"

namespace microctr {

bool is_marked_stopped(const Places& places, CString name);
Result<void> mark_stopped(const Places& places, CString name);
Result<void> unmark_stopped(const Places& places, CString name);  // a missing mark is success

}  // namespace microctr
