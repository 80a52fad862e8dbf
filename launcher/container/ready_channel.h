// ReadyChannel: what a container says on that it is ready (Readiness::descriptor and notify); made in its record by the
// step make_ready.
//
//   pipe    RECORD/ready: a FIFO, whose end the program inherits as descriptor 3. It holds that end open for reading as
//           well, so that it neither ends nor fails when we die, and a later supervisor opens ours again.
//   socket  RECORD/notify: a datagram socket (sd_notify(3)). It dies with us; the next one cannot be put in its place.
//
// Nothing is read here: supervisor/readiness.h.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

struct Step;

struct ReadyChannel {
  Fd ours;    // to be read, non-blocking
  Fd theirs;  // of a pipe
};

Result<ReadyChannel> make_ready_channel(const Step& step);

// Ours of the pipe in `record`, for a container that an earlier supervisor has started.
Result<Fd> open_ready_pipe(CString record);

}  // namespace microctr
