// The cgroups that a container has for itself, as the journal in its record lists them.
//
// Reads only. What the journal does not name is shared with others: a limit or a counter there is not the container's.
#pragma once

#include <string_view>

#include "launcher/base/bytes.h"
#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

class CgroupList {
 public:
  // A record without a journal has none.
  Result<void> read(CString record);

  // The next directory; empty at the end.
  std::string_view next();

 private:
  std::string_view rest_;
  Bytes<16 * 1024> buffer_;
};

}  // namespace microctr
