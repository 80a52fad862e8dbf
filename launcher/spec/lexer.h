// lexer: text becomes lines `key = value` with their places. It knows no key and no value.
//
// Pure; what it returns are views into the text. Blank lines and comments (`#` first on their line) are passed over,
// but their bytes are checked too. A byte order mark at the start and a carriage return at a line's end are accepted.
#pragma once

#include <cstdint>
#include <string_view>

#include "launcher/base/phrase.h"

namespace microctr {

struct Line {
  enum class Kind : std::uint8_t { assignment, blank, fault, end };

  Kind kind = Kind::end;
  std::uint32_t number = 0;        // from 1
  std::uint32_t column = 0;        // of the key, or of the fault; from 1, in bytes
  std::uint32_t value_column = 0;  // where the value is or would be
  std::string_view key;            // as written, without blanks around it; for a fault what stands on the line
  std::string_view value;          // without blanks around it; may be empty
  Phrase fault;                    // what is wrong and what to do
};

// One line without its end.
Line read_line(std::string_view text, std::uint32_t number);

class Lexer {
 public:
  explicit Lexer(std::string_view text);

  // The next assignment or fault; `end` behind the last.
  Line next();

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

}  // namespace microctr
