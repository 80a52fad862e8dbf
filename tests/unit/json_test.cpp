// Strings in JSON: what is written is UTF-8 and nothing else, whatever came in.
#include <gtest/gtest.h>

#include "launcher/cli/json.h"

namespace microctr {
namespace {

std::string written(std::string_view value) {
  TextBuffer<256> text;
  Json(text).string({}, value);
  return std::string(text.view());
}

TEST(Json, escapes_what_must_be_escaped) {
  EXPECT_EQ(written("plain \u20ac"), "\"plain \u20ac\"");
  EXPECT_EQ(written("a\"b\\c\n\x1f"), "\"a\\\"b\\\\c\\u000a\\u001f\"");
}

TEST(Json, what_is_no_utf8_becomes_a_replacement_character) {
  EXPECT_EQ(written("a\xff"
                    "b"),
            "\"a\ufffd"
            "b\"");
  EXPECT_EQ(written("cut \xe2\x82"), "\"cut \ufffd\ufffd\"");
}

}  // namespace
}  // namespace microctr
