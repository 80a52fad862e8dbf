// top: what containers use now, the busiest first, anew each second until a key or a signal ends it. Where there is no
// terminal, one second once.

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/cli/usage.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/own_terminal.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

// What the last round has seen of each container, so that the next one can say what it used since.
class Rounds {
 public:
  void take(const Invocation& invocation) {
    const std::uint64_t now = sys::monotonic_ms();
    const std::uint64_t elapsed_ms = began_ms_ == 0 ? 0 : now - began_ms_;
    began_ms_ = now;
    const Wanted wanted(invocation);
    count_ = 0;
    for (std::size_t index = 0; index < wanted.size() && count_ < most; ++index) {
      Row& row = rows_[count_];
      const CString name = wanted.at(index);
      row.sample = Sample();
      if (!is_name(name) || !take_sample(invocation.places, name, row.sample)) continue;
      row.name[0] = '\0';
      std::memcpy(row.name, name.c_str(), name.size() + 1);
      if (const Last* last = find(row); last != nullptr && elapsed_ms != 0) {
        row.sample.percent = share_of(row.sample.stats.cpu_usage_us - last->usage_us, elapsed_ms);
      }
      ++count_;
    }
    remember();
    sort();
  }

  std::size_t count() const { return count_; }
  CString name(std::size_t index) const { return CString::from_pointer(rows_[order_[index]].name); }
  const Sample& sample(std::size_t index) const { return rows_[order_[index]].sample; }

 private:
  static constexpr std::size_t most = 256;  // more than any screen

  struct Row {
    char name[limits::name + 1];
    Sample sample;
  };
  struct Last {
    pid_t pid;
    std::uint64_t started;
    std::uint64_t usage_us;
  };

  const Last* find(const Row& row) const {
    if (row.sample.stats.cpu_usage_us == unknown_count) return nullptr;
    for (std::size_t index = 0; index < last_count_; ++index) {
      const Last& last = last_[index];
      if (last.pid == row.sample.state.pid && last.started == row.sample.state.pid_started &&
          last.usage_us <= row.sample.stats.cpu_usage_us)
        return &last;
    }
    return nullptr;
  }

  void remember() {
    last_count_ = 0;
    for (std::size_t index = 0; index < count_; ++index) {
      const Sample& sample = rows_[index].sample;
      if (sample.stats.cpu_usage_us == unknown_count) continue;
      last_[last_count_++] = {sample.state.pid, sample.state.pid_started, sample.stats.cpu_usage_us};
    }
  }

  // The busiest first; of equals the names' order stays.
  void sort() {
    for (std::size_t index = 0; index < count_; ++index) {
      std::size_t at = index;
      for (; at > 0 && busy(rows_[index]) > busy(rows_[order_[at - 1]]); --at) order_[at] = order_[at - 1];
      order_[at] = static_cast<std::uint16_t>(index);
    }
  }
  static std::uint64_t busy(const Row& row) { return row.sample.percent == unknown_count ? 0 : row.sample.percent + 1; }

  std::uint64_t began_ms_ = 0;
  std::size_t count_ = 0;
  std::size_t last_count_ = 0;
  Row rows_[most];
  Last last_[most];
  std::uint16_t order_[most];
};

constexpr int round_ms = 1000;

// From the top left corner; each line takes the rest of the old one away, the last what is below.
void draw(const Rounds& rounds) {
  static char storage[32 * 1024];
  TextWriter screen(storage);
  const sys::WindowSize size = OwnTerminal::size();
  std::size_t left = size.rows;
  TextBuffer<512> line;
  const auto put = [&] {
    screen.add(leading(line.view(), line.size() - 1 < size.columns ? line.size() - 1 : size.columns), "\033[K");
    if (--left != 0) screen.add("\r\n");
    line.clear();
  };
  screen.add("\033[H");
  add_heading(line);
  put();
  for (std::size_t index = 0; index < rounds.count() && left > 1; ++index) {
    add_row(line, rounds.name(index), rounds.sample(index));
    put();
  }
  screen.add("\033[J");
  print(screen.view());
}

bool is_end_key(std::span<const char> keys) {
  constexpr char ctrl_c = 3;
  constexpr char ctrl_d = 4;
  for (const char key : keys) {
    if (key == 'q' || key == 'Q' || key == ctrl_c || key == ctrl_d) return true;
  }
  return false;
}

// True: nothing has asked for the end within a second.
bool wait_a_round(int signals) {
  const std::uint64_t end = sys::monotonic_ms() + round_ms;
  for (std::uint64_t now = sys::monotonic_ms(); now < end; now = sys::monotonic_ms()) {
    const auto some = sys::wait_two(0, signals, static_cast<int>(end - now));
    if (!some) return false;
    if (!some.value()) return true;
    while (const auto signal = sys::read_signal(signals)) {
      const std::uint32_t number = signal.value().ssi_signo;
      if (number == SIGWINCH) return true;
      if (number != SIGCHLD && number != SIGCONT) return false;
    }
    const auto typed = sys::poll_one(0, POLLIN, 0);
    if (!typed) return false;
    if (!typed.value()) continue;
    Bytes<64> keys;
    const auto size = sys::read(0, keys);
    if (!size || size.value() == 0 || is_end_key({keys.data(), size.value()})) return false;
  }
  return true;
}

int show_live(const Invocation& invocation, Rounds& rounds) {
  sys::block_all_signals();
  const auto signals = sys::open_signals();
  if (!signals) return complain({}, signals.error(), 1);
  OwnTerminal terminal;
  terminal.take();
  if (!terminal.is_taken()) return complain({}, fail(0, "top: the terminal is not ours"_p), 1);
  print("\033[?1049h\033[?25l");  // a screen of its own, without a cursor
  do {
    rounds.take(invocation);
    draw(rounds);
  } while (wait_a_round(signals.value().get()));
  print("\033[?25h\033[?1049l");
  return 0;
}

}  // namespace

int verb_top(const Invocation& invocation) {
  static StaticObject<Rounds> storage;  // too large for the stack
  Rounds& rounds = storage.make();
  for (const CString name : invocation.arguments) {
    if (!is_name(name) || !read_state(invocation.places, name)) return unknown_container(name);
  }
  if (!invocation.json && sys::is_terminal(0) && sys::is_terminal(1)) return show_live(invocation, rounds);
  rounds.take(invocation);
  (void)sys::sleep_ms(round_ms);
  rounds.take(invocation);
  TextBuffer<256> heading;
  add_heading(heading);
  print(invocation.json ? "[" : heading.view());
  for (std::size_t index = 0; index < rounds.count(); ++index) {
    if (invocation.json)
      print_json_sample(rounds.name(index), rounds.sample(index), index == 0);
    else
      print_row(rounds.name(index), rounds.sample(index));
  }
  if (invocation.json) print("]\n");
  return 0;
}

}  // namespace microctr
