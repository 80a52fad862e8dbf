#include "launcher/container/child.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

Result<void> take_streams(const Streams& streams) {
  if (streams.input != 0) TRY(sys::duplicate(streams.input, 0));
  if (streams.output != 1) TRY(sys::duplicate(streams.output, 1));
  if (streams.error != 2) TRY(sys::duplicate(streams.error, 2));
  return {};
}

Result<void> make_namespaces(std::uint64_t later) {
  TRY(sys::unshare(later));
  TRY(sys::send(channel_number, {&namespaces_made, 1}));
  return {};
}

// One byte opens the gate; end of file means that the launcher is gone, and then so are we.
Result<void> wait_at_gate() {
  char byte;
  if (TRY(sys::receive(channel_number, {&byte, 1})) != 1) return fail(EPIPE, "wait at the gate"_p);
  return {};
}

// Unless a supervisor may adopt it, the container shall not outlive its launcher. A change of identity clears the
// signal (prctl(2)), so this comes after it. What the launcher does beside us is done then. One that has died before is
// found out by the announcement, so that nothing runs that nobody has written down as on its way.
Result<void> bind_to_launcher(const LaunchContext& context, const NameHashes& names) {
  if (!context.outlives_us) TRY(sys::die_with_parent(SIGKILL));
  TRY(wait_at_gate());
  return announce_exec(channel_number, names);
}

}  // namespace

// First out of each other's way.
Result<void> keep_descriptors(int channel, int& sealed, int ready) {
  constexpr int beyond = sealed_number + 1;
  for (int* const number : {&channel, &sealed, &ready}) {
    if (*number >= 0 && *number < beyond) *number = TRY(sys::duplicate_above(*number, beyond)).release();
  }
  close_descriptor(ready_number);
  if (ready >= 0) TRY(sys::duplicate(ready, ready_number));
  TRY(sys::duplicate_closing(channel, channel_number));
  close_descriptor(sealed_number);
  if (sealed >= 0) {
    TRY(sys::duplicate_closing(sealed, sealed_number));
    sealed = sealed_number;
  }
  return sys::close_from(beyond);
}

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

void become_container(const LaunchContext& context, const Inherited& inherited, const Step& clone,
                      std::uint64_t later) {
  const Plan& plan = context.plan;
  Inside inside{.context = context, .plan = plan, .sealed = inherited.sealed};

  if (inherited.end != 0) {
    if (const auto copied = sys::copy_descriptors(inherited.end); !copied)
      report_and_exit(inherited.channel, &clone, copied.error());
  }
  if (const auto taken = take_streams(inherited.streams); !taken) sys::exit(125);
  if (const auto kept = keep_descriptors(inherited.channel, inside.sealed, inherited.ready); !kept) sys::exit(125);
  if (later != 0) {
    if (const auto made = make_namespaces(later); !made) report_and_exit(channel_number, &clone, made.error());
  }
  if (const auto opened = wait_at_gate(); !opened) sys::exit(125);
  // What is not dumpable does not show its executable, which is our file, to processes that share its pid namespace
  // (CVE-2019-5736); exec makes the new program dumpable again. Not before the gate: /proc/PID then belongs to the
  // host's root, and an unprivileged launcher could not write the id maps any more. From here on the process finds
  // the files of its own /proc/self that only their owner may write (setgroups, oom_score_adj) closed; those of
  // attr/ have mode 666. Why one is missing is said by the step that needs it.
  if (plan.spec->time_offset) {
    if (auto clocks = sys::open("/proc/self/timens_offsets", O_WRONLY); clocks)
      inside.clocks = std::move(clocks.value());
  }
  if (const auto hidden = sys::set_dumpable(false); !hidden) report_and_exit(channel_number, nullptr, hidden.error());
  sys::set_umask(0);  // modes are given exactly; the container's own umask is one of the last steps

  for (const Step& step : plan.steps) {
    if (step.side != Side::inside) continue;
    if (step.op == Op::execute) {
      if (const auto bound = bind_to_launcher(context, inside.names); !bound)
        report_and_exit(channel_number, &step, bound.error());
    }
    // The last step, execute, returns only when it has failed.
    if (const auto done = do_inside_step(inside, step); !done) report_and_exit(channel_number, &step, done.error());
  }
  sys::exit(125);
}

}  // namespace microctr
