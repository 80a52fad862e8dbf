#include <gtest/gtest.h>

#include <linux/rtnetlink.h>

#include <random>
#include <vector>

#include "launcher/net/link.h"
#include "launcher/net/netlink_socket.h"
#include "tests/fuzz/netlink_walk.h"
#include "tests/unit/net_bytes.h"

namespace microctr::netlink {
namespace {

constexpr std::uint32_t first = 100;

// A conversation about three messages, of which the last is awaited.
class NetlinkAnswers : public testing::Test {
 protected:
  Answers about_three(Ending ending = Ending::acknowledged, Listener listener = {}) {
    for (std::uint32_t index = 1; index <= 3; ++index) add_link_up(batch_, index);
    EXPECT_TRUE(batch_.finish(first, ending));
    return Answers(first, batch_, ending, listener);
  }
  static Result<bool> take(Answers& answers, const std::string& bytes) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    return answers.take(exact);
  }

 private:
  char storage_[256];
  Batch batch_{storage_};
};

TEST_F(NetlinkAnswers, EndWithTheAwaitedAcknowledgement) {
  Answers answers = about_three();
  EXPECT_TRUE(take(answers, answer(0, first + 2)).value());
  EXPECT_FALSE(answers.refusal());
}

TEST_F(NetlinkAnswers, KeepTheFirstRefusalAndWaitForTheLast) {
  Answers answers = about_three();
  EXPECT_FALSE(take(answers, answer(ENODEV, first + 1)).value());
  EXPECT_FALSE(take(answers, answer(EEXIST, first)).value());
  EXPECT_TRUE(take(answers, answer(ENODEV, first + 2)).value());
  EXPECT_EQ(answers.refusal()->message, 0U);
  EXPECT_EQ(answers.refusal()->code, EEXIST);
}

TEST_F(NetlinkAnswers, LeaveOutStrayNumbersAndNoise) {
  Answers answers = about_three();
  EXPECT_FALSE(take(answers, answer(EPERM, first - 1)).value());
  EXPECT_FALSE(take(answers, answer(EPERM, first + 3)).value());
  EXPECT_FALSE(take(answers, answer(EPERM, 0)).value());
  EXPECT_FALSE(take(answers, message(NLMSG_NOOP, 0, first + 2, "")).value());
  EXPECT_FALSE(take(answers, "").value());
  EXPECT_FALSE(answers.refusal());
  EXPECT_TRUE(take(answers, message(NLMSG_NOOP, 0, first + 2, "") + answer(0, first + 2)).value());
}

TEST_F(NetlinkAnswers, RefuseWhatCannotBe) {
  Answers answers = about_three();
  for (const std::int32_t code : {-1, INT32_MAX, 4096}) {  // a positive result, and two beyond any errno
    EXPECT_EQ(take(answers, answer(code, first + 2)).error().code, EBADMSG) << code;
  }
}

TEST_F(NetlinkAnswers, RefuseATruncatedError) {
  Answers answers = about_three();
  EXPECT_EQ(take(answers, message(NLMSG_ERROR, 0, first, "abc")).error().code, EBADMSG);
  EXPECT_EQ(take(answers, "0123456789").error().code, EBADMSG);
}

TEST_F(NetlinkAnswers, SayThatDataWasLostOrChanged) {
  Answers answers = about_three();
  EXPECT_EQ(take(answers, message(NLMSG_OVERRUN, 0, first, "")).error().code, ENOBUFS);
  EXPECT_EQ(take(answers, message(RTM_NEWLINK, NLM_F_MULTI | NLM_F_DUMP_INTR, first, "")).error().code, EINTR);
}

TEST_F(NetlinkAnswers, HearAllPartsUntilDone) {
  unsigned heard = 0;
  const Listener listener = {[](void* context, const Message&) { ++*static_cast<unsigned*>(context); }, &heard};
  Answers answers = about_three(Ending::answered, listener);
  const std::string part = message(RTM_NEWLINK, NLM_F_MULTI, first + 2, "part");
  EXPECT_FALSE(take(answers, part + part).value());
  EXPECT_FALSE(take(answers, part).value());
  EXPECT_TRUE(take(answers, message(NLMSG_DONE, NLM_F_MULTI, first + 2, bytes_of(std::int32_t{0}))).value());
  EXPECT_EQ(heard, 3U);
  EXPECT_FALSE(answers.refusal());
}

TEST_F(NetlinkAnswers, EndWithTheDataThatWasAskedFor) {
  Answers answers = about_three(Ending::answered);
  EXPECT_FALSE(take(answers, message(RTM_NEWLINK, 0, first + 1, "data")).value());
  EXPECT_TRUE(take(answers, message(RTM_NEWLINK, 0, first + 2, "data")).value());
}

TEST_F(NetlinkAnswers, DataDoesNotEndWhatWaitsForAnAcknowledgement) {
  Answers answers = about_three();
  EXPECT_FALSE(take(answers, message(RTM_NEWLINK, 0, first + 2, "data")).value());
  EXPECT_TRUE(take(answers, answer(0, first + 2)).value());
}

// The same walk as the fuzzer's, over damaged true messages; exact storage, so that ASan sees every byte too far.
TEST(NetlinkHostile, DamagedBytesAreReadWithoutHarm) {
  char storage[512];
  Batch batch(storage);
  add_veth(batch, {{"mc-web", 5}, {"eth0", 100}, {4711}});
  add_link_alias(batch, 5, "microctr:web");
  const auto sent = batch.finish(1, Ending::acknowledged);
  ASSERT_TRUE(sent);
  const std::string seeds[] = {
      {sent.value().data(), sent.value().size()},
      answer(ENODEV, 1) + message(RTM_NEWLINK, NLM_F_MULTI, 2, std::string(16, '\1') + attribute(20, "microctr:web")),
      message(nf_tables::message_type(NFT_MSG_NEWCHAIN), NLM_F_MULTI, 2,
              std::string(4, '\1') + attribute(NFTA_CHAIN_NAME, {"forward", 8}) +
                  attribute(NFTA_CHAIN_HOOK, attribute(NFTA_HOOK_HOOKNUM, std::string_view("\0\0\0\2", 4)))),
      std::string(200, '\0'),
  };
  std::minstd_rand random(20240607);
  unsigned sum = 0;
  for (unsigned round = 0; round < 60'000; ++round) {
    std::string bytes = seeds[round % std::size(seeds)];
    for (unsigned damage = static_cast<unsigned>(random() % 8); damage != 0; --damage) {
      const std::size_t at = random() % bytes.size();
      // Small and extreme values hurt lengths most.
      const unsigned value = random() % 3 == 0 ? 0xffU : static_cast<unsigned>(random() % 40);
      bytes[at] = static_cast<char>(value);
    }
    if (random() % 2 == 0) bytes.resize(random() % (bytes.size() + 1));
    const std::vector<char> exact(bytes.begin(), bytes.end());
    sum += walk_netlink(exact);
  }
  EXPECT_NE(sum, 0U);
}

}  // namespace
}  // namespace microctr::netlink
