// Configurations: where a supervisor gets what it shall supervise. Implemented by who can read files of configurations;
// the supervisor knows only names and encoded requests (request.h).
#pragma once

#include <string_view>

#include "launcher/base/cstring.h"

namespace microctr {

class Configurations {
 public:
  // Takes one configuration: `config` is the encoded request, empty when the file of that name is not valid, which has
  // been said already. Both are valid during the call.
  class Visitor {
   public:
    virtual void visit(CString name, std::string_view config) = 0;

   protected:
    ~Visitor() = default;
  };

  // All of them, in the order of their names.
  virtual void visit_all(Visitor& visitor) = 0;

  // One of them, as it is now; nothing when there is none of that name.
  virtual void visit_one(CString name, Visitor& visitor) = 0;

  // The directory that they are in, for the next program to read.
  virtual CString directory() const = 0;

 protected:
  ~Configurations() = default;
};

}  // namespace microctr
