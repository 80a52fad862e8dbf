// A test's body in a process of its own, which may change its namespaces.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace microctr {

// Runs `body` there; its exit status. 128: it was killed.
template <typename Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace microctr
