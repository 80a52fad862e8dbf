#include "launcher/container/launch.h"

#include "launcher/base/error_text.h"
#include "launcher/base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>

#include <cstring>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/container/cgroup.h"
#include "launcher/container/child.h"
#include "launcher/container/host_step.h"
#include "launcher/container/network.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/container/sealed_program.h"
#include "launcher/container/stage.h"
#include "launcher/container/terminal.h"
#include "launcher/plan/explain.h"

namespace microctr {

namespace {

Result<void> kill_and_reap(const sys::Child& child) {
  TRY(sys::signal_process(child.pidfd.get(), SIGKILL));
  TRY(sys::wait_for(child.pidfd.get()));
  return {};
}

Result<void> do_host_steps(LaunchContext& context) {
  RuntimeLock lock = std::move(context.lock);
  if (!lock) lock = TRY(RuntimeLock::acquire(context.facts.places.runtime));
  for (const Step& step : context.plan.steps) {
    if (step.side != Side::host || step.op == Op::clone) continue;
    context.failed = &step;
    TRY(do_host_step(context, step));
  }
  context.failed = nullptr;
  return {};
}

// The kernel takes most of the time for a network namespace. The process makes these by itself, before it waits at the
// gate, while we do what needs none of them.
constexpr std::uint64_t later_namespaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

// What a process makes is charged to its cgroup, and a network namespace is some 100 KiB of the kernel's memory: under
// a small limit the launcher makes them.
std::uint64_t later_namespaces_of(const Plan& plan, const Step& clone) {
  constexpr std::uint64_t small_limit = 1024 * 1024;
  if (plan.spec->resources.memory.value.value_or(UINT64_MAX) < small_limit) return 0;
  return clone.flags & later_namespaces;
}

bool needs_network(Op op) {
  return op == Op::allow_ping || op == Op::create_link || op == Op::name_network || op == Op::configure_network ||
         op == Op::start_dhcp;
}

enum class Part : std::uint8_t { without_network, network, beside };

Part part_of(const Step& step) {
  if (step.side == Side::beside) return Part::beside;
  return needs_network(step.op) ? Part::network : Part::without_network;
}

Result<void> do_gate_steps(LaunchContext& context, const sys::Child& child, Part part) {
  for (const Step& step : context.plan.steps) {
    if ((step.side != Side::gate && step.side != Side::beside) || part_of(step) != part) continue;
    context.failed = &step;
    TRY(do_gate_step(context, step, child.pid));
  }
  context.failed = nullptr;
  return {};
}

const Step& clone_step(const Plan& plan) {
  for (const Step& step : plan.steps) {
    if (step.op == Op::clone) return step;
  }
  __builtin_unreachable();  // make_plan adds it to every plan
}

// Whether the process has its namespaces; else its report is on the channel, or its end. It needs a millisecond or two;
// one that was born into a frozen cgroup must not hold the supervisor.
Result<bool> hear_namespaces(const sys::Child& child, int channel) {
  constexpr int most_ms = 10'000;
  char word[2];
  // An end before it has a table of its own does not show on the channel, which is open in ours.
  if (!TRY(sys::wait_two(channel, child.pidfd.get(), most_ms)))
    return fail(ETIMEDOUT, "wait for the namespaces of the process"_p, {}, "is the cgroup above it frozen?"_p);
  const auto size = sys::peek(channel, word);
  if (!size && size.error().code == EAGAIN) return false;
  if (TRY(size) != sizeof namespaces_made) return false;
  TRY(sys::receive(channel, word));
  return true;
}

Result<void> open_gate(int channel) {
  const char open = 1;
  TRY(sys::send(channel, {&open, 1}));
  return {};
}

struct Networks {
  Fd there;
  Fd home;
};

// A process that is born in another network namespace than ours: we enter it for the moment, so that it also holds
// where the child gets a user namespace of its own, from which it could not enter it any more. The caller keeps
// `networks`: a child that shares our table of descriptors must not close them.
Result<sys::Child> clone_into(const Plan& plan, const Step& step, std::uint64_t flags, int cgroup, Networks& networks) {
  if (step.number == 0) {
    if (step.source.empty()) return sys::clone(flags, cgroup);
    return fail(ESRCH, "join the network of container"_p, step.source, "it must run first: microctr start it"_p);
  }
  networks.there = TRY(open_network_of(plan.network_of));
  networks.home = TRY(sys::open("/proc/self/ns/net", O_RDONLY));
  TRY(sys::set_namespace(networks.there.get(), CLONE_NEWNET));
  auto child = sys::clone(flags, cgroup);
  if (child && child.value().pid == 0) return child;
  const auto back = sys::set_namespace(networks.home.get(), CLONE_NEWNET);
  if (back) return child;
  if (child) (void)kill_and_reap(child.value());
  return back.failed();
}

// Whether a step of ours has failed because the process is on its way out: its own word says more then. Its namespaces
// are gone before its descriptors are closed.
Result<bool> is_by_its_end(const Error& error, int channel) {
  constexpr int most_ms = 1'000;
  const bool misses_it = error.code == ENOENT || error.code == ESRCH || error.code == EPIPE || error.code == ECONNRESET;
  return misses_it && TRY(sys::poll_one(channel, POLLRDHUP, most_ms));
}

// What is lent to the process while it is born comes back on every path.
class Birth {
 public:
  explicit Birth(LowDescriptors* low) : low_(low) {}
  ~Birth() { end(); }
  Birth(const Birth&) = delete;
  Birth& operator=(const Birth&) = delete;

  bool shares() const { return low_ != nullptr; }
  void end() {
    if (shares()) low_->take_back();
  }

  Result<void> lend(Inherited& inherited) {
    if (!shares()) return {};
    Streams& streams = inherited.streams;
    for (int* const number :
         {&streams.input, &streams.output, &streams.error, &inherited.channel, &inherited.sealed, &inherited.ready}) {
      TRY(low_->lend(*number));
    }
    inherited.end = low_->end();
    return {};
  }

 private:
  LowDescriptors* low_;
};

// What has to be done before the process may go on, and then it may; and what before it may execute its program. One
// that has failed meanwhile finds the gates shut; its own word about it is on the channel.
Result<void> let_pass(LaunchContext& context, const sys::Child& child, int channel, std::uint64_t later, Birth& birth) {
  TRY(do_gate_steps(context, child, Part::without_network));
  TRY(do_stage_steps(context, child));
  if (later != 0 && !TRY(hear_namespaces(child, channel))) return {};
  birth.end();  // its end of the channel is open with it alone from here on: that tells of its end
  TRY(do_gate_steps(context, child, Part::network));
  TRY(open_gate(channel));
  auto done = do_gate_steps(context, child, Part::beside);
  if (done) done = open_gate(channel);
  if (!done && TRY(is_by_its_end(done.error(), channel))) return {};
  return done;
}

}  // namespace

Result<Launched> launch(LaunchContext& context) {
  prepare_network(context);
  context.maps = context.plan.maps;
  TRY(do_host_steps(context));

  const Step& clone = clone_step(context.plan);
  context.failed = &clone;
  Fd cgroup;
  if (!clone.target.empty()) cgroup = TRY(sys::open(clone.target, O_PATH | O_DIRECTORY));
  auto [ours, theirs] = TRY(sys::make_socket_pair(SOCK_SEQPACKET));
  const std::uint64_t later = later_namespaces_of(context.plan, clone);
  // Only one that is heard of before it goes on shares our table of descriptors: then it has its own.
  Birth birth(later != 0 ? context.low : nullptr);
  Inherited inherited = {context.streams, theirs.get(), context.sealed, context.ready.theirs.get()};
  TRY(birth.lend(inherited));
  const std::uint64_t shared = birth.shares() ? CLONE_FILES : 0;
  Networks networks;
  auto child = TRY(clone_into(context.plan, clone, (clone.flags & ~later) | shared, cgroup.get(), networks));
  if (child.pid == 0) become_container(context, inherited, clone, later);  // closes all that is not its own
  theirs.close();
  context.ready.theirs.close();
  context.failed = nullptr;

  if (const auto passed = let_pass(context, child, ours.get(), later, birth); !passed) {
    (void)kill_and_reap(child);
    return passed.failed();
  }
  return Launched{child.pid, std::move(child.pidfd), std::move(ours), std::move(context.ready.ours)};
}

static Outcome tell_reaper_fault(CString name, int code, std::span<char> buffer) {
  constexpr int set_up_failed = 125;
  TextWriter text(buffer);
  const Phrase hint = code == EAGAIN ? "a second process is one too many: see pids and ulimit nproc"_p
                                     : "init = yes needs the calls clone, wait4, kill, prctl, rt_sigprocmask and "
                                       "signalfd4: allow them in the seccomp policy"_p;
  format_failure(nullptr, Error{.code = code, .what = "start the reaper before"_p, .subject = name, .hint = hint},
                 text);
  return Outcome{.status = set_up_failed, .text = text.view()};
}

// The words that the process itself would have found, for what the sealed program could only put into a number.
static Result<Outcome> tell_sealed_word(std::span<char> buffer, std::size_t size) {
  const SealedWord word = TRY(read_sealed_word(buffer.first(size)));
  const TextBuffer<1024> name(word.name);  // the message takes the place of the word
  if (word.of_reaper) return tell_reaper_fault(name.text(), word.code, buffer);
  const Step step{.op = Op::execute, .target = name.text()};
  TextWriter text(buffer);
  format_failure(&step, {.code = word.code}, text);
  return Outcome{.status = exit_status_of(step, word.code), .code = word.code, .text = text.view()};
}

// One that has failed before it came to its last gate leaves a byte unread: the socket tells that first, and once.
static Result<Fd> receive_word(int channel, std::span<char> buffer, std::size_t& size) {
  size = 0;
  auto sent = sys::receive_descriptor(channel, buffer, size);
  if (!sent && sent.error().code == ECONNRESET) return sys::receive_descriptor(channel, buffer, size);
  return sent;
}

Result<Outcome> hear_outcome(int channel, std::span<char> buffer, bool& at_exec, Fd& terminal, NameHashes* names) {
  constexpr int set_up_failed = 125;
  std::size_t size = 0;
  Fd sent = TRY(receive_word(channel, buffer, size));
  if (size == sizeof(TerminalNotice) && buffer[0] == static_cast<char>(TerminalNotice().mark) && sent) {
    terminal = std::move(sent);
    TRY(receive_word(channel, buffer, size));
  }
  ExecNotice notice;
  if (size == sizeof notice && buffer[0] == static_cast<char>(notice.mark)) {
    std::memcpy(&notice, buffer.data(), sizeof notice);
    if (names != nullptr && !notice.names.empty()) *names = notice.names;
    at_exec = true;
    TRY(receive_word(channel, buffer, size));
  }
  if (size == 0) {
    if (at_exec) return Outcome{.runs = true};
    TextWriter text(buffer);
    text.add("the process was killed during its set-up (is the memory limit too small?)"_p);
    return Outcome{.status = set_up_failed, .text = text.view()};
  }
  std::int32_t status;
  if (size < sizeof status || size > buffer.size()) return fail(EPROTO, "hear from the process"_p);
  if (is_sealed_word(buffer.first(size))) return tell_sealed_word(buffer, size);
  std::memcpy(&status, buffer.data(), sizeof status);
  return Outcome{.status = status, .text = {buffer.data() + sizeof status, size - sizeof status}};
}

Result<void> own_streams(const Streams& streams, FifoOwner fifos, uid_t user, gid_t group) {
  constexpr std::uint64_t nameless_pipes = 0x50495045;  // PIPEFS_MAGIC
  for (const int stream : {streams.input, streams.output, streams.error}) {
    const auto status = sys::status(stream);
    if (!status || !S_ISFIFO(status.value().mode) || status.value().user == user) continue;
    if (fifos == FifoOwner::caller) {  // one with a name is somebody's file
      const auto type = sys::file_system_type(stream);
      if (!type || type.value() != nameless_pipes) continue;
    }
    TRY(sys::change_owner_of(stream, user, group));
  }
  return {};
}

int exit_status_of(const Step& step, int code) {
  constexpr int set_up_failed = 125;
  constexpr int not_executable = 126;
  constexpr int not_found = 127;
  if (step.op != Op::execute) return set_up_failed;
  return code == ENOENT ? not_found : not_executable;
}

void format_failure(const Step* step, const Error& error, TextWriter& text) {
  if (step == nullptr) {
    format_error(error, text);
    return;
  }
  describe(*step, text);
  const Phrase hint = error.hint.empty() ? hint_for(*step, error.code) : error.hint;
  text.add(": ");
  // The step has said what and on what; an error about something else, or of another kind than the kernel's, brings
  // its own words.
  const std::string_view subject = error.subject;
  const bool tells_more = !subject.empty() && subject != "." && subject != step->target && subject != step->source;
  if (tells_more) text.add(error.what, " ", subject, error.code == 0 ? "" : ": ");
  if (error.code != 0)
    add_error_text(text, error.code);
  else if (!tells_more)
    text.add(error.what);
  if (!hint.empty()) text.add(" (", hint, ")");
}

}  // namespace microctr
