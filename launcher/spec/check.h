// Check: what validate's rooms share. Each check_* reports every contradiction of its keys and changes nothing.
//
// Lives for one call of validate; owns nothing.
#pragma once

#include <string_view>

#include "launcher/spec/diagnostic.h"
#include "launcher/spec/key.h"
#include "launcher/spec/origins.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct Check {
  const Spec& spec;
  const Origins& origins;
  Diagnostics& diagnostics;

  // "KEY: text" at the key's last line, or at entry `index` of its list.
  void fault(KeyAt key, Phrase pattern) const;
  void fault(KeyAt key, Phrase pattern, std::string_view subject) const;
  void fault(KeyAt key, Phrase pattern, std::string_view subject, std::string_view more) const;
  void fault(KeyAt key, std::size_t index, Phrase pattern, std::string_view subject = {},
             std::string_view more = {}) const;
  // The same with an earlier place as `more`.
  void fault_again(KeyAt key, std::size_t index, Phrase pattern, std::string_view subject, const Location& first) const;
  // Something that no line says.
  void missing(Phrase pattern) const;

  // As messages call it: `eth1.ip`.
  void write_name(KeyAt key, TextWriter& writer) const;

 private:
  void report(KeyAt key, const Location& where, Phrase pattern, std::string_view subject, std::string_view more) const;
};

void check_identity(const Check& check);
void check_process(const Check& check);
void check_root(const Check& check);
void check_mounts(const Check& check);
void check_limits(const Check& check);
void check_capabilities(const Check& check);
void check_devices(const Check& check);
void check_maps(const Check& check);
void check_isolation(const Check& check);
void check_network(const Check& check);
void check_supervision(const Check& check);
void check_logs(const Check& check);
// Its rooms: one interface, its addresses, published ports, names for the container's files.
void check_interface(const Check& check, std::size_t number);
void check_addresses(const Check& check, std::size_t number);
void check_publish(const Check& check);
void check_names(const Check& check);

// A place inside where something is mounted or written.
void check_target(const Check& check, Key key, std::size_t index, CString target);
// Whether `name`, a container's, can be one.
void check_container_name(const Check& check, KeyAt key, std::string_view name);

}  // namespace microctr
