// Tells the init above us how we are, by its NOTIFY_SOCKET (sd_notify(3)): ready, reloading, stopping, a status line.
//
// A message that cannot be sent at once is an error and nothing more: the loop of a supervisor waits for nobody. Each
// goes through a socket of its own, since that init may have bound its own anew.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

class NotifyClient {
 public:
  // The value of NOTIFY_SOCKET: a path, or "@" and an abstract name; empty: every message is sent to nobody.
  explicit NotifyClient(CString address) : address_(address) {}

  bool is_wanted() const { return !address_.empty(); }

  Result<void> ready() const { return send("READY=1\n"); }
  Result<void> reloading() const;  // to be followed by `ready`
  Result<void> stopping() const { return send("STOPPING=1\n"); }
  Result<void> status(std::string_view text) const;  // one line, of which the first 200 bytes are sent

 private:
  Result<void> send(std::string_view message) const;

  CString address_;
};

}  // namespace microctr
