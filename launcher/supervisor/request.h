// A request to start a container, as it travels to the supervisor and as the record keeps it: the configuration
// texts, where they came from, and the overrides.
//
// The text itself travels, not a path: what was checked is what is started, also when the file changes meanwhile.
#pragma once

#include <span>

#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/base/text.h"
#include "launcher/spec/reader.h"

namespace microctr {

struct StartRequest {
  CString name;       // where the file does not say: its stem
  CString source;     // file name for messages
  CString directory;  // absolute, of the file
  std::string_view defaults;
  std::string_view text;
  FixedVector<CString, limits::overrides> overrides;

  ConfigSources sources() const {
    return {{"defaults.conf", defaults}, {source, text}, directory, name, overrides.view()};
  }
};

// E2BIG when it is larger than `storage`.
Result<std::string_view> encode_request(const StartRequest& request, std::span<char> storage);

// Views into `bytes`. EINVAL: not a request.
Result<StartRequest> decode_request(std::string_view bytes);

}  // namespace microctr
