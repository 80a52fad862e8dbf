// userns = auto[:FIRST-LAST] | host | root | map, and the lines user_map and group_map = INSIDE:OUTSIDE:COUNT.

#include "launcher/base/text.h"
#include "launcher/spec/identity.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr std::uint64_t ids_of_one = 65'536;  // that a container takes from a pool

// FIRST-LAST into `pool`.
void read_pool(const Setting& setting, std::string_view text, IdPool& pool) {
  std::string_view last_text = text;
  const auto first = parse_id(cut(last_text, '-'));
  const auto last = parse_id(last_text);
  if (!first || !last) {
    return setting.fault(text, "'@' is not a range of ids (write auto:FIRST-LAST: auto:1000000-1999999)"_p);
  }
  if (*first == 0) return setting.fault(text, "'@' contains the host's root (write a higher first id)"_p);
  if (*last < *first) return setting.fault(text, "'@' runs backwards (write the lower id first)"_p);
  if (*last - *first + 1ULL < ids_of_one) {
    return setting.fault(text, "'@' is too small: each container takes 65536 ids of it (write a higher last id)"_p);
  }
  pool = {*first, *last};
}

std::optional<std::uint32_t> read_number(const Setting& setting, std::string_view text) {
  const auto number = setting.number(text, largest_id);
  if (!number) return {};
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

void read_user_namespace(const Setting& setting) {
  Spec& spec = setting.spec;
  spec.user_namespace = UserNamespace::automatic;
  spec.id_pool = {};
  std::string_view rest = setting.value;
  const std::string_view word = cut(rest, ':');
  const auto index = setting.choice(word, "auto host root map");
  if (!index) return;
  constexpr UserNamespace kinds[] = {UserNamespace::automatic, UserNamespace::host, UserNamespace::root_map,
                                     UserNamespace::map};
  spec.user_namespace = kinds[*index];
  if (word.size() == setting.value.size()) return;
  if (spec.user_namespace != UserNamespace::automatic) {
    return setting.fault(rest, "only auto has a range (write & alone)"_p, word);
  }
  read_pool(setting, rest, spec.id_pool);
}

void read_id_map(const Setting& setting) {
  std::string_view rest = setting.value;
  const std::string_view inside_text = cut(rest, ':');
  const std::string_view outside_text = cut(rest, ':');
  if (inside_text.empty() || outside_text.empty() || rest.empty() || contains(rest, ':')) {
    return setting.fault(setting.value, "'@' is not a map (write INSIDE:OUTSIDE:COUNT: 0:100000:65536)"_p);
  }
  const auto inside = read_number(setting, inside_text);
  const auto outside = inside ? read_number(setting, outside_text) : inside;
  const auto count = outside ? read_number(setting, rest) : outside;
  if (!count) return;
  if (*count == 0) return setting.fault(rest, "a count of 0 maps nothing (write how many ids, or remove the line)"_p);
  // The id behind the last one is (uid_t)-1, which is none (user_namespaces(7)).
  if (*count > largest_id + 1 - *inside || *count > largest_id + 1 - *outside) {
    return setting.fault(setting.value, "'@' goes beyond the last id, 4294967294 (write a smaller count)"_p);
  }
  Spec& spec = setting.spec;
  auto& map = setting.key == Key::user_map ? spec.user_map : spec.group_map;
  if (!map.push({*inside, *outside, *count})) setting.too_many(limits::id_ranges);
}

}  // namespace microctr
