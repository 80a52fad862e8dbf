// Fuzz target: any text through reader and validate. Nothing may crash, and a fault must have a message.
//
// The first byte chooses what the text is: a container's file, the defaults, an option, or all three.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "launcher/spec/reader.h"
#include "launcher/spec/validate.h"

namespace {

using namespace microctr;

void require(bool condition) {
  if (!condition) std::abort();
}

// What a planner may rely on.
void examine(const Spec& spec) {
  require(!spec.name.empty() && spec.name.size() <= limits::name &&
          spec.name.view().find('/') == std::string_view::npos);
  require(!spec.command.empty() && !spec.command[0].empty());
  require(spec.layers.empty() != spec.rootfs.empty());
  for (const CString word : spec.command) require(word.c_str()[word.size()] == '\0');
  for (const Volume& volume : spec.volumes) require(volume.target.view().starts_with('/'));
  for (const TmpfsMount& mount : spec.tmpfs) require(mount.target.view().starts_with('/') && mount.size > 0);
  for (const Interface& interface : spec.network.interfaces) {
    for (const Address& address : interface.addresses) require(address.prefix > 0 && address.prefix <= 128);
  }
  for (const CString variable : spec.environment) require(variable.view().find('=') != std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static char storage[128 * 1024];
  if (size == 0) return 0;
  const unsigned kind = data[0] % 4;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  Arena option_arena(storage);
  const auto option = option_arena.copy(text.substr(0, text.find('\0')));
  const std::size_t used = option_arena.used();
  Arena arena(std::span<char>(storage).subspan(used));
  const CString options[] = {option ? option.value() : CString()};

  static Spec spec;
  spec = Spec{};
  Origins origins;
  Diagnostics diagnostics;
  ConfigSources sources;
  sources.defaults = {"defaults.conf", kind == 1 || kind == 3 ? text : std::string_view()};
  sources.file = {"web.conf", kind == 0 || kind == 3 ? text : "command = a\nlayer = b\n"};
  sources.directory = "/etc/microctr/containers";
  sources.name = "web";
  if (kind >= 2) sources.overrides = options;
  read_spec(sources, arena, spec, origins, diagnostics);
  if (diagnostics.empty()) {
    const auto valid = validate(spec, origins, diagnostics);
    require(valid.has_value() == diagnostics.empty());
    if (valid) examine(spec);
  }
  require(diagnostics.empty() == diagnostics.list().empty());
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    TextBuffer<1024> line;
    format_diagnostic(diagnostic, line);
    require(!diagnostic.text.empty() && !line.overflowed());
    for (const char character : line.view()) require(static_cast<unsigned char>(character) >= ' ');
  }
  return 0;
}
