// What containers use, as `stats` and `top` show it: one sample of each, as a row of a table or as JSON.
//
// Percent is the share of one processor; of `stats` since the start, of `top` since the last round. The last column is
// the largest share of the last 10 s in which something had to wait: for the processor, memory or the disk.
#pragma once

#include "launcher/base/text.h"
#include "launcher/cli/names.h"
#include "launcher/supervisor/state.h"
#include "launcher/supervisor/stats.h"

namespace microctr {

// What is known of one container at one moment.
struct Sample {
  State state;
  Stats stats;
  std::uint64_t uptime_ms = 0;
  std::uint64_t percent = unknown_count;  // of one processor, in hundredths
};

// Of one processor; `elapsed_ms` is not 0.
constexpr std::uint64_t share_of(std::uint64_t usage_us, std::uint64_t elapsed_ms) {
  return usage_us * 10 / elapsed_ms;
}

// False: it does not run.
bool take_sample(const Places& places, CString name, Sample& sample);

void add_heading(TextWriter& text);
void add_row(TextWriter& text, CString name, const Sample& sample);
void print_row(CString name, const Sample& sample);
void print_json_sample(CString name, const Sample& sample, bool first);

// Those that the command line names, or all.
class Wanted {
 public:
  explicit Wanted(const Invocation& invocation)
      : invocation_(invocation), all_(invocation.arguments.empty() ? &recorded_names(invocation.places) : nullptr) {}

  bool is_named() const { return all_ == nullptr; }
  std::size_t size() const { return all_ != nullptr ? all_->count : invocation_.arguments.size(); }
  CString at(std::size_t index) const { return all_ != nullptr ? all_->at(index) : invocation_.arguments[index]; }

 private:
  const Invocation& invocation_;
  const Names* all_;
};

}  // namespace microctr
