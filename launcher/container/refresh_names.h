// Brings /etc/hosts and /etc/resolv.conf of a running container up to date.
//
// A file that somebody else has changed or replaced since we wrote it is theirs from then on. Only for a container
// whose program has been executed: before that, the root of its process is the host's.
#pragma once

#include <sys/types.h>

#include "launcher/container/name_texts.h"

namespace microctr {

struct RunningNames {
  NameTexts& texts;
  const Spec& spec;
  std::span<const Address> gateways;
  CString record;  // the container's directory below the runtime directory
  pid_t pid;       // its first process, which nobody has reaped
};

// What cannot be brought up to date stays as it is; the next call tries again.
void refresh_names(const RunningNames& running, NameHashes& hashes);

}  // namespace microctr
