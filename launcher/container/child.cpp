#include "launcher/container/child.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

// Nothing that the caller or we had open may reach the container (CVE-2024-21626).
Result<void> take_streams(const Streams& streams, int channel) {
  if (streams.input != 0) TRY(sys::duplicate(streams.input, 0));
  if (streams.output != 1) TRY(sys::duplicate(streams.output, 1));
  if (streams.error != 2) TRY(sys::duplicate(streams.error, 2));
  if (channel != channel_number) TRY(sys::duplicate_closing(channel, channel_number));
  return sys::close_from(channel_number + 1);
}

// One byte opens the gate; end of file means that the launcher is gone, and then so are we.
Result<void> wait_at_gate() {
  char byte;
  if (TRY(sys::receive(channel_number, {&byte, 1})) != 1) return fail(EPIPE, "wait at the gate"_p);
  return {};
}

// The container shall not outlive its launcher. A change of identity clears the signal (prctl(2)), so this comes
// after it; and the launcher may have died before, which the announcement finds out.
Result<void> die_with_launcher(const NameHashes& names) {
  TRY(sys::die_with_parent(SIGKILL));
  return announce_exec(channel_number, names);
}

}  // namespace

void report_and_exit(int channel, const Step* step, const Error& error) {
  constexpr int set_up_failed = 125;
  const std::int32_t status = step == nullptr ? set_up_failed : exit_status_of(*step, error.code);
  Bytes<1024> report;
  std::memcpy(report, &status, sizeof status);
  TextWriter text(report + sizeof status, sizeof report - sizeof status);
  format_failure(step, error, text);
  (void)sys::send(channel, {report.data(), sizeof status + text.size()});
  sys::exit(status);
}

void become_container(const LaunchContext& context, int channel) {
  const Plan& plan = context.plan;
  Inside inside{.context = context, .plan = plan};

  if (const auto taken = take_streams(context.streams, channel); !taken) sys::exit(125);
  if (const auto opened = wait_at_gate(); !opened) sys::exit(125);
  sys::set_umask(0);  // modes are given exactly; the container's own umask is one of the last steps

  for (const Step& step : plan.steps) {
    if (step.side != Side::inside) continue;
    if (step.op == Op::execute) {
      if (const auto bound = die_with_launcher(inside.names); !bound)
        report_and_exit(channel_number, &step, bound.error());
    }
    // The last step, execute, returns only when it has failed.
    if (const auto done = do_inside_step(inside, step); !done) report_and_exit(channel_number, &step, done.error());
  }
  sys::exit(125);
}

}  // namespace microctr
