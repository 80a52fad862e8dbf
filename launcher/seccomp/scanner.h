// The value of a line of a policy file as words and signs. It knows no meaning of them.
#pragma once

#include <string_view>

#include "launcher/base/text.h"

namespace microctr::seccomp {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // The next word (letters, digits, '_' and ':'), operator ("==", "<=", "&") or other character; empty at the end, and
  // then where the end is.
  std::string_view next();
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

bool is_word(std::string_view token);

}  // namespace microctr::seccomp
