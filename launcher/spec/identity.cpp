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
  constexpr std::string_view characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789.-";
  if (name.empty() || name.size() > longest) return false;
  const std::string_view first = characters.substr(0, characters.find('0'));
  return first.find(name.front()) != std::string_view::npos &&
         name.find_first_not_of(characters) == std::string_view::npos;
}

}  // namespace microctr
