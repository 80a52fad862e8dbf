#include "launcher/spec/lexer.h"

#include <gtest/gtest.h>

#include <string>

#include "launcher/base/limits.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

// "number:column:key=value@value_column" or "number:column!fault" for each line.
std::string lex(std::string_view text) {
  std::string out;
  Lexer lexer(text);
  for (Line line = lexer.next(); line.kind != Line::Kind::end; line = lexer.next()) {
    out += std::to_string(line.number) + ":" + std::to_string(line.column);
    if (line.kind == Line::Kind::fault) {
      out += "!" + std::string(plain(line.fault)) + "\n";
    } else {
      out +=
          ":" + std::string(line.key) + "=" + std::string(line.value) + "@" + std::to_string(line.value_column) + "\n";
    }
  }
  return out;
}

TEST(SpecLexer, ReadsAssignmentsWithTheirPlaces) {
  EXPECT_EQ(lex("a=1\n"), "1:1:a=1@3\n");
  EXPECT_EQ(lex("  a  =  b c \t\n"), "1:3:a=b c@9\n");
  EXPECT_EQ(lex("a = b = c"), "1:1:a=b = c@5\n");
}

TEST(SpecLexer, GivesAPlaceToAnEmptyValue) {
  EXPECT_EQ(lex("a ="), "1:1:a=@4\n");
  EXPECT_EQ(lex("a =   \n"), "1:1:a=@4\n");
}

TEST(SpecLexer, PassesOverBlankLinesAndComments) {
  EXPECT_EQ(lex("\n  \n# a = 1\n\t# b\nc=2"), "5:1:c=2@3\n");
  EXPECT_EQ(lex(""), "");
  EXPECT_EQ(lex("#"), "");
}

TEST(SpecLexer, KeepsAHashBehindAValue) { EXPECT_EQ(lex("a = 1 # x"), "1:1:a=1 # x@5\n"); }

TEST(SpecLexer, AcceptsCarriageReturnsAtLineEnds) { EXPECT_EQ(lex("a=1\r\nb=2\r\n\r\n"), "1:1:a=1@3\n2:1:b=2@3\n"); }

TEST(SpecLexer, RefusesACarriageReturnInsideALine) {
  EXPECT_EQ(lex("a=1\rb=2\n"), "1:4!control character (only tabs and line ends are allowed; remove it)\n");
}

TEST(SpecLexer, AcceptsAByteOrderMarkAtTheStartOnly) {
  EXPECT_EQ(lex("\xef\xbb\xbf"
                "a=1"),
            "1:1:a=1@3\n");
  EXPECT_EQ(lex("a=1\n\xef\xbb\xbf"
                "b=2"),
            "1:1:a=1@3\n2:1:\xef\xbb\xbf"
            "b=2@6\n");
}

TEST(SpecLexer, RefusesALineWithoutSignOrKey) {
  EXPECT_EQ(lex("memory 16M"), "1:1!no '=' in the line (write key = value)\n");
  EXPECT_EQ(lex("  = 5"), "1:3!no key before '=' (write key = value)\n");
  EXPECT_EQ(lex("="), "1:1!no key before '=' (write key = value)\n");
  EXPECT_EQ(lex(" [Service]"), "1:2!there are no sections here (remove the line)\n");
}

TEST(SpecLexer, GoesOnAfterAFault) {
  EXPECT_EQ(lex("x\na=1\n"), "1:1!no '=' in the line (write key = value)\n2:1:a=1@3\n");
}

TEST(SpecLexer, RefusesNul) {
  EXPECT_EQ(lex(std::string_view("a=1\0b\n", 6)), "1:4!NUL byte (the file is not plain text; remove it)\n");
  EXPECT_EQ(lex(std::string_view("# c\0\na=1", 8)),
            "1:4!NUL byte (the file is not plain text; remove it)\n2:1:a=1@3\n");
}

TEST(SpecLexer, AcceptsUtf8) {
  EXPECT_EQ(lex("a = gr\xc3\xbc\xc3\x9f"), "1:1:a=gr\xc3\xbc\xc3\x9f@5\n");
  EXPECT_EQ(lex("a=\xe2\x82\xac\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf"),
            "1:1:a=\xe2\x82\xac\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf@3\n");
}

TEST(SpecLexer, AcceptsTheFirstAndLastCharacterOfEachLength) {
  for (const char* bytes : {"~", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
                            "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(lex("a=" + std::string(bytes)), "1:1:a=" + std::string(bytes) + "@3\n");
  }
}

TEST(SpecLexer, RefusesWhatIsNotUtf8) {
  const std::string refused = "1:3!not UTF-8 text (save the file as UTF-8)\n";
  for (const char* bytes : {"\x80",              // continuation first
                            "\xc3",              // cut off
                            "\xc3(",             // no continuation
                            "\xc0\xaf",          // overlong '/'
                            "\xe0\x80\xaf",      // overlong
                            "\xf0\x80\x80\xaf",  // overlong
                            "\xed\xa0\x80",      // surrogate
                            "\xf4\x90\x80\x80",  // above U+10FFFF
                            "\xf5\x80\x80\x80", "\xff", "\xfe"}) {
    EXPECT_EQ(lex("a=" + std::string(bytes)), refused) << testing::PrintToString(std::string(bytes));
  }
  EXPECT_EQ(lex("\xff\xfe"
                "a"),
            "1:1!not UTF-8 text (save the file as UTF-8)\n");
}

TEST(SpecLexer, RefusesControlCharacters) {
  const std::string refused = "1:3!control character (only tabs and line ends are allowed; remove it)\n";
  for (const char* bytes : {"\x1b", "\x7f", "\x01", "\v", "\xc2\x9b"})
    EXPECT_EQ(lex("a=" + std::string(bytes)), refused);
  EXPECT_EQ(lex("a=1\t2"), "1:1:a=1\t2@3\n");
}

TEST(SpecLexer, LimitsTheLine) {
  const std::string longest = "a=" + std::string(limits::config_line - 2, 'x');
  EXPECT_EQ(lex(longest + "\nb=1"), "1:1:" + longest + "@3\n2:1:b=1@3\n");
  EXPECT_EQ(lex(longest + "x\nb=1"), "1:4097!line is too long (limit 4096 bytes)\n2:1:b=1@3\n");
  EXPECT_EQ(lex("#" + longest), "1:4097!line is too long (limit 4096 bytes)\n");
}

}  // namespace
}  // namespace microctr
