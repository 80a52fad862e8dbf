// validate: the only maker of a ValidSpec. Pure: it looks at the Spec alone, never at the machine.
#pragma once

#include <optional>

#include "launcher/spec/diagnostic.h"
#include "launcher/spec/origins.h"
#include "launcher/spec/spec.h"

namespace microctr {

// A Spec without contradiction, complete enough to be planned. It refers to the Spec, which must outlive it.
class ValidSpec {
 public:
  const Spec& operator*() const { return *spec_; }
  const Spec* operator->() const { return spec_; }

 private:
  friend std::optional<ValidSpec> validate(const Spec&, const Origins&, Diagnostics&);
  explicit ValidSpec(const Spec& spec) : spec_(&spec) {}

  const Spec* spec_;
};

// Checks what belongs together across keys (contract.md). Each fault becomes a Diagnostic at the key's place; nothing
// is returned when there was one.
std::optional<ValidSpec> validate(const Spec& spec, const Origins& origins, Diagnostics& diagnostics);

}  // namespace microctr
