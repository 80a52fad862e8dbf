#include "launcher/container/name_texts.h"

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/plan/plan.h"

namespace microctr {

namespace {

// Not on the stack: pages are touched as they fill.
char hosts_storage[limits::names_file];
char resolver_storage[limits::names_file];
char upstream_storage[limits::names_file];
char text_storage[limits::names_text];

Result<std::string_view> finished(const TextWriter& text, CString path) {
  static_assert(limits::names_text == 256 * 1024, "the message names it");
  if (text.overflowed()) return fail(EFBIG, "write (limit 262144 bytes)"_p, path);
  return text.view();
}

}  // namespace

Result<std::string_view> NameTexts::need(HostFile& file, CString path, std::span<char> storage) {
  if (file.read) return file.text;
  const auto text = read_file(sys::working_directory, path, storage);
  // One that is missing or may not be read says nothing; a part of one could say something else than the whole.
  if (!text && text.error().code == EFBIG) return text.error().doing("read the host's"_p);
  if (text) file.text = text.value();
  file.read = true;
  return file.text;
}

Result<void> NameTexts::need_register(const Spec& spec) {
  if (register_read_ || (followed_by_names(spec) & follows_register) == 0) return {};
  entries_ = TRY(Register::read(runtime_));
  register_read_ = true;
  return {};
}

Result<std::string_view> NameTexts::hosts(const Spec& spec, std::span<const InterfaceState> state) {
  TRY(need_register(spec));
  NameSources sources{.spec = spec, .entries = entries_, .state = state};
  if (shares_host_network(spec)) sources.hosts = TRY(need(hosts_, "/etc/hosts", hosts_storage));
  TextWriter text(text_storage);
  write_hosts(sources, text);
  return finished(text, "/etc/hosts");
}

Result<std::string_view> NameTexts::resolver(const Spec& spec, std::span<const Address> gateways) {
  TRY(need_register(spec));
  NameSources sources{.spec = spec, .entries = entries_, .gateways = gateways};
  const bool as_the_host = spec.network.dns.empty();
  if (as_the_host) sources.resolver = TRY(need(resolver_, "/etc/resolv.conf", resolver_storage));
  TextWriter text(text_storage);
  if (!write_resolver(sources, text) && !shares_host_network(spec)) {
    // As systemd-resolved writes it, for whoever cannot ask it itself.
    sources.upstream = TRY(need(upstream_, "/run/systemd/resolve/resolv.conf", upstream_storage));
    text.clear();
    write_resolver(sources, text);
  }
  return finished(text, "/etc/resolv.conf");
}

}  // namespace microctr
