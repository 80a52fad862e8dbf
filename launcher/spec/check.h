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
  void fault(Key key, Phrase pattern) const;
  void fault(Key key, Phrase pattern, std::string_view subject) const;
  void fault(Key key, Phrase pattern, std::string_view subject, std::string_view more) const;
  void fault(Key key, std::size_t index, Phrase pattern, std::string_view subject = {},
             std::string_view more = {}) const;
  // Something that no line says.
  void missing(Phrase pattern) const;
};

void check_identity(const Check& check);
void check_process(const Check& check);
void check_root(const Check& check);
void check_mounts(const Check& check);
void check_limits(const Check& check);
void check_capabilities(const Check& check);
void check_network(const Check& check);

}  // namespace microctr
