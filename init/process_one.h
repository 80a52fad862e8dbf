// Process 1: brings the machine up, supervises its containers, brings it down.
#pragma once

namespace microctr {

[[noreturn]] void run_process_one();

}  // namespace microctr
