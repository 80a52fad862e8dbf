#include "launcher/supervisor/health_run.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/sys_terminal.h"
#include "launcher/container/child.h"
#include "launcher/container/join.h"
#include "launcher/container/sealed_program.h"
#include "launcher/supervisor/health_cgroup.h"
#include "launcher/supervisor/plain_line.h"
#include "launcher/supervisor/record.h"
#include "launcher/supervisor/recorded_spec.h"

namespace microctr {

namespace {

// What the process that has joined the container says, once.
struct MemberWord {
  enum class Kind : std::uint8_t {
    ended,        // the command, with `status`
    not_found,    // the command could not be executed, `text` says why
    not_started,  // we could not get so far
  };
  Kind kind = Kind::not_started;
  std::uint16_t size = 0;  // of `text`
  std::int32_t status = 0;
  char text[248] = {};

  void say(std::string_view words) {
    size = static_cast<std::uint16_t>(std::min(words.size(), sizeof text));
    std::memcpy(text, words.data(), size);
  }
};

// The last bytes of what is read from a pipe.
class Tail {
 public:
  // Takes what is there; false: the last writer has gone.
  bool take(int pipe) {
    constexpr int most_reads = 16;
    for (int count = 0; count < most_reads; ++count) {
      Bytes<4096> buffer;
      const auto size = sys::read(pipe, buffer);
      if (!size) return size.error().code == EAGAIN;
      if (size.value() == 0) return false;
      keep({buffer, size.value()});
    }
    return true;
  }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  void keep(std::string_view bytes) {
    if (bytes.size() > sizeof bytes_) bytes.remove_prefix(bytes.size() - sizeof bytes_);
    const std::size_t stays = std::min(size_, sizeof bytes_ - bytes.size());
    std::memmove(bytes_, bytes_ + size_ - stays, stays);
    std::memcpy(bytes_ + stays, bytes.data(), bytes.size());
    size_ = stays + bytes.size();
  }

  char bytes_[check_output_size];
  std::size_t size_ = 0;
};

[[noreturn]] void tell(int report, CheckResult result, TextWriter& why) {
  CheckReport word;
  word.result = result;
  word.size = static_cast<std::uint16_t>(std::min(why.size(), sizeof word.why));
  std::memcpy(word.why, why.view().data(), word.size);
  (void)sys::send(report, {reinterpret_cast<const char*>(&word), sizeof word});
  sys::exit(0);
}

[[noreturn]] void give_up(int report, const Error& error) {
  TextBuffer<sizeof CheckReport::why> why;
  format_error(error, why);
  tell(report, CheckResult::could_not_run, why);
}

[[noreturn]] void say_and_exit(int channel, const MemberWord& word) {
  (void)sys::send(channel, {reinterpret_cast<const char*>(&word), sizeof word});
  sys::exit(0);
}

// Neither our protection from memory shortage nor our limit of descriptors is the container's.
void become_ordinary() {
  Bytes<16> buffer;
  (void)sys::restore_descriptor_limit();
  const auto score = read_file(sys::working_directory, "/proc/self/oom_score_adj", buffer);
  if (score && begins_with(score.value(), '-')) {
    (void)write_value(sys::working_directory, "/proc/self/oom_score_adj", "0");
  }
}

MemberWord wait_for_member(const Launched& member, int channel) {
  MemberWord word;
  pollfd entries[2] = {{member.pidfd.get(), POLLIN, 0}, {channel, POLLIN, 0}};
  (void)sys::wait_for_any_of(entries, -1);
  if (entries[0].revents == 0) {  // our parent wants an end, or has one
    (void)sys::signal_pid(-member.pid, SIGKILL);
    (void)sys::signal_process(member.pidfd.get(), SIGKILL);
  }
  const auto ended = sys::wait_for(member.pidfd.get());
  if (!ended) return word;
  word.kind = MemberWord::Kind::ended;
  word.status = ended.value().status;
  return word;
}

// The process that joins the container: it can do nothing else afterwards.
[[noreturn]] void run_member(JoinTarget& target, int output, int channel) {
  MemberWord word;
  TextBuffer<sizeof word.text> text;
  const auto null = sys::open("/dev/null", O_RDONLY);
  if (!null || !sys::duplicate(null.value().get(), 0) || !sys::duplicate(output, 1) || !sys::duplicate(output, 2)) {
    sys::exit(125);
  }
  (void)sys::die_with_parent(SIGKILL);
  const auto joined = join(target);
  (void)sys::die_with_parent(SIGKILL);  // a new user namespace can have cleared it (prctl(2))
  if (!joined) {
    format_error(joined.error(), text);
    word.say(text.view());
    say_and_exit(channel, word);
  }
  Bytes<1024> buffer;
  bool at_exec = false;
  Fd terminal;
  const auto outcome = hear_outcome(joined.value().channel.get(), buffer, at_exec, terminal);
  if (outcome && outcome.value().runs) say_and_exit(channel, wait_for_member(joined.value(), channel));
  constexpr int set_up_failed = 125;
  const bool not_found = outcome && outcome.value().status != set_up_failed && outcome.value().code != ENOMEM &&
                         outcome.value().code != EAGAIN;
  if (not_found) word.kind = MemberWord::Kind::not_found;
  word.say(outcome ? outcome.value().text : std::string_view());
  say_and_exit(channel, word);
}

class Check {
 public:
  Check(const CheckOrder& order, int report)
      : order_(order), report_(report), record_(order.places, order.name), cgroup_(record_.text()) {}

  [[noreturn]] void run(int pidfd) {
    Workbench& bench = workbench();
    if (!read_recorded_spec(order_.places, order_.name, bench)) {
      give_up(report_, fail(EINVAL, "read the recorded configuration"_p));
    }
    JoinTarget target{bench.plan, bench.facts,      record_.text(),
                      pidfd,      order_.first.pid, bench.spec.supervision.health.command.view()};
    if (const auto ready = prepare(bench, target); !ready) give_up(report_, ready.error());
    const std::uint64_t refusals = cgroup_.count_refusals();
    watch();
    clean_up();
    const bool full = cgroup_.count_refusals() != refusals;
    cgroup_.remove();
    conclude(full);
  }

 private:
  // Up to the child that joins the container.
  Result<void> prepare(Workbench& bench, JoinTarget& target) {
    TRY(plan_request(order_.places, bench));
    TRY(read_kept_environment(bench.plan, target.record, bench.arena, target.file_environment));
    TRY(cgroup_.make(bench.plan));
    target.cgroup = cgroup_.path();
    target.ends = Ends::with_launcher;
    auto pipe = TRY(sys::make_pipe(0));
    TRY(sys::set_non_blocking(pipe.first.get()));
    auto [ours, theirs] = TRY(sys::make_socket_pair(SOCK_SEQPACKET));
    auto child = sys::clone(0);
    if (!child) {
      cgroup_.remove();
      return child.failed();
    }
    if (child.value().pid == 0) {
      ours.close();
      run_member(target, pipe.second.get(), theirs.get());
    }
    output_ = std::move(pipe.first);
    channel_ = std::move(ours);
    child_ = std::move(child.value().pidfd);
    return {};
  }

  // Until the child has said how it went, or time is over, or nobody wants to know any more.
  void watch() {
    const std::uint64_t end = sys::monotonic_ms() + order_.timeout_ms;
    bool reading = true;
    while (true) {
      const std::uint64_t now = sys::monotonic_ms();
      timed_out_ = now >= end;
      if (timed_out_) return;
      pollfd entries[3] = {{channel_.get(), POLLIN, 0}, {report_, 0, 0}, {reading ? output_.get() : -1, POLLIN, 0}};
      (void)sys::wait_for_any_of(entries, static_cast<int>(std::min<std::uint64_t>(end - now, INT32_MAX)));
      if (entries[2].revents != 0) reading = tail_.take(output_.get());
      if (entries[1].revents != 0) {
        abandoned_ = true;
        return;
      }
      if (entries[0].revents == 0) continue;
      const auto size = sys::receive(channel_.get(), {reinterpret_cast<char*>(&word_), sizeof word_});
      if (!size || size.value() != sizeof word_) word_ = {};  // it was killed
      return;
    }
  }

  void clean_up() {
    constexpr int most_ms = 1000;
    channel_.close();
    cgroup_.kill();
    auto ended = sys::poll_one(child_.get(), POLLIN, most_ms);
    if (!ended || !ended.value()) {
      (void)sys::signal_process(child_.get(), SIGKILL);
      ended = sys::poll_one(child_.get(), POLLIN, most_ms);
    }
    if (ended && ended.value()) (void)sys::wait_for(child_.get());
    (void)tail_.take(output_.get());
  }

  [[noreturn]] void conclude(bool full) {
    if (abandoned_) sys::exit(0);
    TextBuffer<sizeof CheckReport::why> why;
    if (!timed_out_ && word_.kind == MemberWord::Kind::not_started) {
      why.add(full ? Phrase("the container has reached its limit of processes or memory: "_p) : Phrase());
      why.add(word_.size == 0 ? "it was killed on its way"_p : Phrase(), std::string_view(word_.text, word_.size));
      tell(report_, CheckResult::could_not_run, why);
    }
    const bool not_found = !timed_out_ && word_.kind == MemberWord::Kind::not_found;
    const CheckEnd end{timed_out_, not_found ? 127 : word_.status, full};
    const CheckResult result = judge(end);
    if (result == CheckResult::good) tell(report_, result, why);
    if (result == CheckResult::could_not_run)
      why.add("the container has reached its limit of processes or memory meanwhile: "_p);
    if (not_found) {
      why.add(std::string_view(word_.text, word_.size));
      tell(report_, result, why);
    }
    describe(why);
    tell(report_, result, why);
  }

  void describe(TextWriter& why) const {
    if (timed_out_) {
      why.add("not done within "_p, order_.timeout_ms, " ms");
    } else if (word_.status > 128) {
      why.add("killed by signal "_p, word_.status - 128);
    } else {
      why.add("exit status "_p, word_.status);
    }
    if (tail_.view().empty()) return;
    why.add(": ");
    add_plain_line(why, tail_.view());
  }

  const CheckOrder& order_;
  int report_;
  RecordPath record_;
  HealthCgroup cgroup_;
  Fd child_;
  Fd channel_;  // of MemberWord
  Fd output_;
  Tail tail_;
  MemberWord word_;
  bool timed_out_ = false;
  bool abandoned_ = false;
};

}  // namespace

void run_check(const CheckOrder& order, int report) {
  int pidfd = order.first.pidfd;
  if (!keep_descriptors(report, pidfd)) sys::exit(125);
  forget_sealed_program();
  become_ordinary();
  Check(order, channel_number).run(pidfd);
}

}  // namespace microctr
