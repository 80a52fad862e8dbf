#include "launcher/spec/validate.h"

#include "launcher/spec/check.h"

namespace microctr {

void Check::fault(Key key, Phrase pattern, std::string_view subject, std::string_view more) const {
  diagnostics.report_key(key_name(key), origins.of(key), pattern, subject, more);
}

// Shorter calls at the many places.
[[gnu::noinline]] void Check::fault(Key key, Phrase pattern) const { fault(key, pattern, {}, {}); }
[[gnu::noinline]] void Check::fault(Key key, Phrase pattern, std::string_view subject) const {
  fault(key, pattern, subject, {});
}

void Check::fault(Key key, std::size_t index, Phrase pattern, std::string_view subject, std::string_view more) const {
  diagnostics.report_key(key_name(key), origins.of(key, index), pattern, subject, more);
}

void Check::missing(Phrase pattern) const { diagnostics.report(origins.file(), pattern); }

std::optional<ValidSpec> validate(const Spec& spec, const Origins& origins, Diagnostics& diagnostics) {
  const std::size_t faults_before = diagnostics.count();
  const Check check{spec, origins, diagnostics};
  check_identity(check);
  check_process(check);
  check_root(check);
  check_mounts(check);
  check_limits(check);
  check_capabilities(check);
  check_network(check);
  if (diagnostics.count() != faults_before) return {};
  return ValidSpec(spec);
}

}  // namespace microctr
