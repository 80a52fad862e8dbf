// poweroff, reboot, halt: asked of our process 1, which stops everything in order first.

#include "launcher/base/log.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/launch.h"
#include "launcher/supervisor/client.h"

namespace microctr {

namespace {

int ask(const Invocation& invocation, Command command) {
  const auto reply = ask_supervisor(invocation.places, command, {}, Absent::fail);
  if (!reply) {
    log_error({}, "no microctr runs as process 1 here"_p);
    return 1;
  }
  if (reply.value().status != 0) log_error({}, reply.value().text);
  return reply.value().status;
}

}  // namespace

int verb_poweroff(const Invocation& invocation) { return ask(invocation, Command::poweroff); }
int verb_reboot(const Invocation& invocation) { return ask(invocation, Command::reboot); }
int verb_halt(const Invocation& invocation) { return ask(invocation, Command::halt); }

}  // namespace microctr
