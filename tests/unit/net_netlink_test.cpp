#include "launcher/net/netlink.h"

#include <gtest/gtest.h>

#include <bit>
#include <initializer_list>
#include <vector>

#include "tests/unit/net_bytes.h"

namespace microctr::netlink {
namespace {

std::string written(Batch& batch, Ending ending = Ending::acknowledged, std::uint32_t sequence = 7) {
  const auto bytes = batch.finish(sequence, ending);
  if (!bytes) return "error";
  return {bytes.value().data(), bytes.value().size()};
}

TEST(NetlinkBatch, WritesTheBytesOfOneMessage) {
  char storage[64];
  Batch batch(storage);
  batch.begin(16, NLM_F_CREATE | NLM_F_EXCL);
  batch.add_fixed(std::uint32_t{0x01020304});
  batch.add_text(3, "eth0");
  batch.add_number(4, std::uint32_t{5});
  const std::string expected = message(
      16, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, 7,
      bytes_of(std::uint32_t{0x01020304}) + attribute(3, {"eth0", 5}) + attribute(4, bytes_of(std::uint32_t{5})));
  std::string actual = written(batch);
  ASSERT_EQ(actual.size(), expected.size());
  const std::uint32_t port = 4711;  // the kernel fills it in
  std::memcpy(actual.data() + offsetof(nlmsghdr, nlmsg_pid), &port, sizeof port);
  EXPECT_EQ(actual, expected);
}

TEST(NetlinkBatch, GoldenBytesOnLittleEndian) {
  if constexpr (std::endian::native != std::endian::little) GTEST_SKIP();
  char storage[64];
  Batch batch(storage);
  batch.begin(0x10, 0);
  const std::size_t nested = batch.begin_nested(18 | NLA_F_NESTED);
  batch.add(1, "veth");
  batch.add(2, "x");
  batch.end_nested(nested);
  const unsigned char expected[] = {
      36, 0, 0,  0,    0x10, 0,   5,   0,   7, 0, 0, 0, 0, 0, 0, 0,  // length, type, REQUEST|ACK, sequence, port
      20, 0, 18, 0x80,                                               // nested
      8,  0, 1,  0,    'v',  'e', 't', 'h',                          //
      5,  0, 2,  0,    'x',  0,   0,   0,                            // padding is zero and not part of the length
  };
  EXPECT_EQ(written(batch), std::string(reinterpret_cast<const char*>(expected), sizeof expected));
}

TEST(NetlinkBatch, NumbersMessagesAndAsksForTheLastAnswerOnly) {
  char storage[128];
  Batch batch(storage);
  for (std::uint16_t type = 20; type < 23; ++type) batch.begin(type, 0);
  const std::string bytes = written(batch, Ending::acknowledged, 0xffff'ffff);
  EXPECT_EQ(batch.awaited(), 2U);
  Messages messages({bytes.data(), bytes.size()});
  EXPECT_EQ(messages.next()->sequence, 0xffff'ffffU);
  const auto second = messages.next();
  EXPECT_EQ(second->sequence, 0U);
  EXPECT_EQ(second->flags, NLM_F_REQUEST);
  EXPECT_EQ(messages.next()->flags, NLM_F_REQUEST | NLM_F_ACK);
  EXPECT_FALSE(messages.next());
  EXPECT_FALSE(messages.malformed());
  EXPECT_EQ(batch.message(1)->type, 21);
  EXPECT_FALSE(batch.message(3));
}

TEST(NetlinkBatch, AwaitsTheMessageThatAskedItself) {  // the end of an nf_tables batch is not acknowledged
  char storage[128];
  Batch batch(storage);
  batch.begin(20, 0);
  batch.begin(21, NLM_F_ACK);
  batch.begin(22, 0);
  written(batch);
  EXPECT_EQ(batch.awaited(), 1U);
  EXPECT_EQ(batch.message(2)->flags, NLM_F_REQUEST);
}

TEST(NetlinkBatch, AsksForNoAcknowledgementWhereDataAnswers) {
  char storage[32];
  Batch batch(storage);
  batch.begin(18, 0);
  written(batch, Ending::answered);
  EXPECT_EQ(batch.message(0)->flags, NLM_F_REQUEST);
}

// Every size of storage: either all of it or an error, and not one byte behind the storage (ASan).
TEST(NetlinkBatch, NeverWritesBehindItsStorageAndNeverCuts) {
  const std::size_t needed = 16 + 4 + 8 + 12 + 16;
  for (std::size_t size = 0; size <= needed; ++size) {
    std::vector<char> storage(size);
    Batch batch(storage);
    batch.begin(16, 0);
    const std::size_t nested = batch.begin_nested(1);
    batch.add(2, "abcd");
    batch.add(3, "abcde");
    batch.end_nested(nested);
    batch.begin(17, 0);
    const auto bytes = batch.finish(1, Ending::acknowledged);
    ASSERT_EQ(static_cast<bool>(bytes), size == needed) << size;
    if (!bytes) {
      EXPECT_EQ(bytes.error().code, EMSGSIZE);
    }
  }
}

TEST(NetlinkBatch, RefusesAnAttributeThatIsTooLong) {
  std::vector<char> storage(200'000);
  const std::string longest(65531, 'a');
  Batch fits(storage);
  fits.begin(16, 0);
  fits.add(1, longest);
  EXPECT_TRUE(fits.finish(1, Ending::acknowledged));
  Batch single(storage);
  single.begin(16, 0);
  single.add(1, longest + "a");
  EXPECT_FALSE(single.finish(1, Ending::acknowledged));
  Batch nested(storage);
  nested.begin(16, 0);
  const std::size_t begun = nested.begin_nested(1);
  nested.add(2, longest);
  nested.end_nested(begun);
  EXPECT_FALSE(nested.finish(1, Ending::acknowledged));
}

TEST(NetlinkBatch, RefusesNothingAndAttributesWithoutAMessage) {
  char storage[32];
  Batch none(storage);
  EXPECT_EQ(none.finish(1, Ending::acknowledged).error().code, EINVAL);
  Batch loose(storage);
  loose.add(1, "a");
  EXPECT_FALSE(loose.finish(1, Ending::acknowledged));
}

TEST(NetlinkMessages, EndAtALengthThatCannotBe) {
  const std::string good = message(16, 0, 1, "body");
  for (const std::uint32_t length : {0U, 15U, 21U, 0x7fff'ffffU, 0xffff'ffffU}) {
    std::string bad = message(17, 0, 2, "body");
    std::memcpy(bad.data(), &length, sizeof length);
    const std::string bytes = good + bad;
    const std::vector<char> exact(bytes.begin(), bytes.end());
    Messages messages(exact);
    EXPECT_EQ(messages.next()->type, 16);
    EXPECT_FALSE(messages.next());
    EXPECT_TRUE(messages.malformed()) << length;
    EXPECT_FALSE(messages.next());
  }
}

TEST(NetlinkMessages, TakeTheLastOneWithoutItsPadding) {
  std::string bytes = message(16, 0, 1, "abcde");
  bytes.resize(bytes.size() - 3);
  Messages messages({bytes.data(), bytes.size()});
  EXPECT_EQ(messages.next()->body.size(), 5U);
  EXPECT_FALSE(messages.next());
  EXPECT_FALSE(messages.malformed());
}

TEST(NetlinkMessages, EveryTruncationIsNoticed) {
  const std::string whole = message(16, 0, 1, "abcd") + message(17, 0, 2, "efgh");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    Messages messages(cut);
    while (messages.next()) {
    }
    EXPECT_EQ(messages.malformed(), size != whole.size() / 2) << size;
  }
}

TEST(NetlinkAttributes, ReadWhatWasWritten) {
  const std::string bytes = "fix_" + attribute(3 | NLA_F_NESTED, attribute(1, "in")) +
                            attribute(20, std::string_view("alias\0junk", 10)) + attribute(5, "1234") +
                            attribute(6, "12345") + attribute(7, "");
  Attributes attributes({bytes.data(), bytes.size()}, 4);
  const auto nested = attributes.next();
  EXPECT_EQ(nested->type, 3U);
  EXPECT_EQ(Attributes(nested->value).next()->text(), "in");
  EXPECT_EQ(attributes.next()->text(), "alias");
  std::uint32_t number = 0;
  std::memcpy(&number, "1234", 4);
  EXPECT_EQ(attributes.next()->number(), number);
  EXPECT_FALSE(attributes.next()->number());
  EXPECT_EQ(attributes.next()->text(), "");
  EXPECT_FALSE(attributes.next());
  EXPECT_FALSE(attributes.malformed());
}

TEST(NetlinkAttributes, EndAtALengthThatCannotBe) {
  for (const std::uint16_t length : std::initializer_list<std::uint16_t>{0, 3, 9, 65535}) {
    std::string bytes = attribute(1, "abcd");
    std::memcpy(bytes.data(), &length, sizeof length);
    const std::vector<char> exact(bytes.begin(), bytes.end());
    Attributes attributes(exact);
    EXPECT_FALSE(attributes.next());
    EXPECT_TRUE(attributes.malformed()) << length;
  }
  Attributes shorter({"abc", 3}, 4);
  EXPECT_FALSE(shorter.next());
  EXPECT_TRUE(shorter.malformed());
}

TEST(NetlinkFixed, NeedsAllItsBytes) {
  EXPECT_FALSE(read_fixed<std::uint32_t>({"abc", 3}));
  EXPECT_TRUE(read_fixed<std::uint32_t>({"abcd", 4}));
}

}  // namespace
}  // namespace microctr::netlink
