// What the supervisor writes and reads back: state, requests, times.
#include <gtest/gtest.h>

#include <string>

#include "launcher/base/clock_text.h"
#include "launcher/supervisor/request.h"
#include "launcher/supervisor/state_text.h"

namespace microctr {
namespace {

TEST(StateText, comes_back_as_it_was) {
  const State state{.phase = Phase::stopping,
                    .foreground = true,
                    .owner = 17,
                    .pid = 4194304,
                    .pid_started = 453318,
                    .creator = 1000,
                    .created = 1795322360,
                    .ended = 1795322361,
                    .started = 1795322350,
                    .status = 137,
                    .restarts = 12,
                    .ready = true,
                    .paused = true,
                    .stop_asked = true,
                    .health = Health::unhealthy};
  TextBuffer<1024> text;
  write_state_text(state, text);
  const auto read = parse_state(text.view());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->phase, Phase::stopping);
  EXPECT_TRUE(read->foreground);
  EXPECT_EQ(read->owner, 17);
  EXPECT_EQ(read->pid, 4194304);
  EXPECT_EQ(read->pid_started, 453318U);
  EXPECT_EQ(read->creator, 1000U);
  EXPECT_EQ(read->created, 1795322360);
  EXPECT_EQ(read->ended, 1795322361);
  EXPECT_EQ(read->started, 1795322350);
  EXPECT_EQ(read->status, 137);
  EXPECT_EQ(read->restarts, 12U);
  EXPECT_TRUE(read->ready);
  EXPECT_TRUE(read->paused);
  EXPECT_TRUE(read->stop_asked);
  EXPECT_EQ(read->health, Health::unhealthy);
}

TEST(StateText, has_one_length) {
  constexpr std::int64_t most = INT64_MAX;
  const State longest{.phase = Phase::delayed,
                      .foreground = true,
                      .owner = INT32_MAX,
                      .pid = INT32_MAX,
                      .pid_started = UINT64_MAX,
                      .creator = UINT32_MAX,
                      .created = most,
                      .ended = most,
                      .started = most,
                      .status = INT32_MIN,
                      .restarts = UINT32_MAX,
                      .ready = true,
                      .paused = true,
                      .stop_asked = true,
                      .health = Health::unhealthy};
  for (const State& state : {longest, State()}) {
    TextBuffer<1024> text;
    write_state_text(state, text);
    EXPECT_EQ(text.size(), state_text_size);
  }
}

TEST(StateText, half_written_is_not_taken) {
  TextBuffer<1024> text;
  write_state_text(State(), text);
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_state(text.view().substr(0, size))) << size;
}

StartRequest example() {
  StartRequest request;
  request.name = "web";
  request.source = "dir/web.conf";
  request.directory = "/srv/dir";
  request.defaults = "pids = 3\n";
  request.text = "command = true\n";
  (void)request.overrides.push("memory=1M");
  (void)request.overrides.push("");
  return request;
}

TEST(Request, comes_back_as_it_was) {
  char storage[4096];
  const auto bytes = encode_request(example(), storage);
  ASSERT_TRUE(bytes);
  const auto read = decode_request(bytes.value());
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value().name.view(), "web");
  EXPECT_EQ(read.value().source.view(), "dir/web.conf");
  EXPECT_EQ(read.value().directory.view(), "/srv/dir");
  EXPECT_EQ(read.value().defaults, "pids = 3\n");
  EXPECT_EQ(read.value().text, "command = true\n");
  ASSERT_EQ(read.value().overrides.size(), 2U);
  EXPECT_EQ(read.value().overrides[0].view(), "memory=1M");
}

TEST(Request, truncated_is_refused_and_never_read_beyond) {
  char storage[4096];
  const auto bytes = encode_request(example(), storage);
  ASSERT_TRUE(bytes);
  for (std::size_t size = 0; size < bytes.value().size(); ++size) {
    const std::string part(bytes.value().substr(0, size));  // on the heap, where a read beyond is seen
    EXPECT_FALSE(decode_request(part)) << size;
  }
}

TEST(Request, damaged_bytes_do_no_harm) {
  char storage[4096];
  const std::string whole(encode_request(example(), storage).value());
  std::uint32_t random = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = whole;
    for (int change = 0; change < 3; ++change) {
      random = random * 1664525U + 1013904223U;
      damaged[random % damaged.size()] = static_cast<char>(random >> 24);
    }
    (void)decode_request(damaged);
  }
}

TEST(Request, too_large_is_an_error) {
  char storage[64];
  EXPECT_FALSE(encode_request(example(), storage));
}

std::string time_text(std::int64_t seconds, std::uint32_t nanoseconds) {
  TextBuffer<64> text;
  format_time({seconds, nanoseconds}, text);
  return std::string(text.view());
}

// Expected values: date -u -d @N
TEST(ClockText, is_rfc_3339) {
  EXPECT_EQ(time_text(0, 0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(time_text(951782399, 5), "2000-02-28T23:59:59.000000005Z");
  EXPECT_EQ(time_text(951782400, 0), "2000-02-29T00:00:00.000000000Z");
  EXPECT_EQ(time_text(951868800, 999999999), "2000-03-01T00:00:00.999999999Z");
  EXPECT_EQ(time_text(1795322360, 0), "2026-11-22T04:39:20.000000000Z");
  EXPECT_EQ(time_text(4107542400, 0), "2100-03-01T00:00:00.000000000Z");
}

}  // namespace
}  // namespace microctr
