#include "launcher/spec/sysctl_path.h"

namespace microctr {

void write_sysctl_path(std::string_view key, TextWriter& path) {
  const std::size_t dot = position(key, '.');
  const bool is_dotted = dot < position(key, '/');
  for (const char character : key) {
    const bool is_separator = is_dotted && (character == '.' || character == '/');
    path.add(!is_separator ? character : character == '.' ? '/' : '.');
  }
}

bool is_sysctl_path(std::string_view path) {
  bool is_last = false;
  while (!is_last) {
    is_last = !contains(path, '/');
    const std::string_view component = cut(path, '/');
    if (component.empty() || component == "." || component == "..") return false;
    for (const char character : component) {
      if (static_cast<unsigned char>(character) <= ' ' || character == 0x7f) return false;
    }
  }
  return true;
}

}  // namespace microctr
