#include "launcher/spec/identity.h"

#include "launcher/base/text.h"

namespace microctr {

std::optional<std::uint32_t> parse_id(std::string_view text) {
  const auto number = parse_number(text, largest_id);
  if (!number) return {};
  return static_cast<std::uint32_t>(*number);
}

bool is_account_name(std::string_view name) {
  constexpr std::size_t longest = 32;
  if (name.empty() || name.size() > longest) return false;
  const char first = name.front();
  return is_made_of(name, "_.-") && first != '.' && first != '-' && (first < '0' || first > '9');
}

}  // namespace microctr
