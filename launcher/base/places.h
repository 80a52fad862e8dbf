// Where things are kept: configuration, data that lasts, state of this boot.
//
// For root the system's directories, for anybody else those of the XDG base directory specification. `--root` and
// `--runtime-dir` replace two of them. Filled once at start-up; the text lives in argv, the environment or an arena.
#pragma once

#include "launcher/base/cstring.h"

namespace microctr {

struct Places {
  CString config;   // /etc/microctr
  CString data;     // /var/lib/microctr: layers, uppers, named volumes; survives a reboot
  CString runtime;  // /run/microctr: records, logs, control socket; 0700
};

}  // namespace microctr
