// A phrase as a person reads it.
#pragma once

#include <string>

#include "launcher/base/text.h"

namespace microctr {

inline std::string plain(Phrase phrase) {
  TextBuffer<1024> text(phrase);
  return std::string(text.view());
}

}  // namespace microctr
