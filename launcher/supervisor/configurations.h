// Configurations: where a supervisor gets what it shall supervise. Implemented by who can read files of configurations;
// the supervisor knows only names and encoded requests (request.h).
#pragma once

#include <span>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

class Configurations {
 public:
  // Takes one configuration: `config` is the encoded request. Empty: the file cannot be used, which has been said
  // already, and `name` is its stem. Both are valid during the call.
  class Visitor {
   public:
    virtual void visit(CString name, std::string_view config) = 0;

   protected:
    ~Visitor() = default;
  };

  // All of them, in the order of their files' names. An error: what there is cannot be found out, and none was visited.
  virtual Result<void> visit_all(Visitor& visitor) = 0;

  // One of them, as it is now; nothing when there is none of that name.
  virtual void visit_one(CString name, Visitor& visitor) = 0;

  // The directory that they are in and the keys that are overridden, for the next program to read.
  virtual CString directory() const = 0;
  virtual std::span<const CString> overrides() const = 0;

 protected:
  ~Configurations() = default;
};

}  // namespace microctr
