#include "launcher/spec/validate.h"

#include "launcher/spec/check.h"

namespace microctr {

void Check::write_name(KeyAt key, TextWriter& writer) const {
  const auto& interfaces = spec.network.interfaces;
  const bool is_known = key.interface < interfaces.size();
  write_key_name(key.key, is_known ? interfaces[key.interface].name.view() : first_interface, writer);
}

void Check::report(KeyAt key, const Location& where, Phrase pattern, std::string_view subject,
                   std::string_view more) const {
  TextBuffer<64> name;
  write_name(key, name);
  diagnostics.report_key(name.text(), where, pattern, subject, more);
}

void Check::fault(KeyAt key, Phrase pattern, std::string_view subject, std::string_view more) const {
  report(key, origins.of(key), pattern, subject, more);
}

// Shorter calls at the many places.
[[gnu::noinline]] void Check::fault(KeyAt key, Phrase pattern) const { fault(key, pattern, {}, {}); }
[[gnu::noinline]] void Check::fault(KeyAt key, Phrase pattern, std::string_view subject) const {
  fault(key, pattern, subject, {});
}

void Check::fault(KeyAt key, std::size_t index, Phrase pattern, std::string_view subject, std::string_view more) const {
  report(key, origins.of(key, index), pattern, subject, more);
}

void Check::fault_again(KeyAt key, std::size_t index, Phrase pattern, std::string_view subject,
                        const Location& first) const {
  TextBuffer<128> place;
  format_location(first, place);
  fault(key, index, pattern, subject, place.view());
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
  check_devices(check);
  check_maps(check);
  check_isolation(check);
  check_network(check);
  check_supervision(check);
  check_logs(check);
  if (diagnostics.count() != faults_before) return {};
  return ValidSpec(spec);
}

}  // namespace microctr
