// NameFollower: hears when something changes that the /etc/hosts and /etc/resolv.conf of running containers are made
// of: the register of the networks and the host's /etc/resolv.conf, wherever that leads.
//
// Owned by whoever owns sessions, and open only while one of them needs it. It never blocks and never wakes up without
// a change in a watched directory. What is done about a change is follow_session's.
#pragma once

#include <array>

#include "launcher/container/name_texts.h"
#include "launcher/supervisor/session.h"

namespace microctr {

class NameFollower {
 public:
  // Error: the kernel's limit of watches is reached; containers then keep what they were started with.
  Result<void> open(const Places& places);
  void close() { watcher_.close(); }
  bool is_open() const { return static_cast<bool>(watcher_); }
  int descriptor() const { return watcher_.get(); }

  // What has changed since the last call: follows_register, follows_resolver.
  unsigned take_changes();

 private:
  static constexpr std::size_t most_links = 8;

  void watch_resolver();
  unsigned change_of(std::string_view name) const;

  Fd watcher_;
  std::array<std::uint64_t, most_links> names_ = {};  // hashes of the names on the way to the host's resolv.conf
};

// Something has changed that `session` follows: its files are brought up to date, now or when it runs.
void follow_session(const Places& places, NameTexts& texts, Session& session);

// The same for one that runs and is the only one.
void refresh_session(const Places& places, Session& session);

}  // namespace microctr
