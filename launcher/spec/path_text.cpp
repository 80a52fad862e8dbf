#include "launcher/spec/path_text.h"

#include "launcher/base/text.h"

namespace microctr {
namespace {

// The next component that counts; empty at the end.
std::string_view next_component(std::string_view& rest) {
  while (!rest.empty()) {
    const std::string_view component = cut(rest, '/');
    if (!component.empty() && component != ".") return component;
  }
  return {};
}

}  // namespace

bool climbs(std::string_view path) {
  while (true) {
    const std::string_view component = next_component(path);
    if (component.empty()) return false;
    if (component == "..") return true;
  }
}

bool is_root_path(std::string_view path) { return is_absolute(path) && next_component(path).empty(); }

bool is_same_path(std::string_view left, std::string_view right) {
  while (true) {
    const std::string_view component = next_component(left);
    if (component != next_component(right)) return false;
    if (component.empty()) return true;
  }
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && is_letter_or_digit(name.front()) && is_made_of(name, "._-");
}

bool is_host_name(std::string_view name, std::size_t longest, const char* others) {
  constexpr std::size_t longest_label = 63;
  if (name.empty() || name.size() > longest || name.ends_with('.')) return false;
  while (!name.empty()) {
    const std::string_view label = cut(name, '.');
    if (label.empty() || label.size() > longest_label || begins_with(label, '-') || label.ends_with('-')) return false;
    if (!is_made_of(label, others)) return false;
  }
  return true;
}

}  // namespace microctr
