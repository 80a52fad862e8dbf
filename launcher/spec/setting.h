// Setting: one `key = value` on its way into a Spec, with all that reading the value needs.
//
// Lives for one line; owns nothing. Its helpers turn parts of the value into values and report what is wrong at the
// part's own column. It must not know which keys there are: that is read_*.cpp, one file for each group of keys.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "launcher/base/arena.h"
#include "launcher/spec/diagnostic.h"
#include "launcher/spec/key.h"
#include "launcher/spec/number.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct HostPath {
  CString path;           // absolute
  bool optional = false;  // written with a leading '-'
};

struct Setting {
  Key key;
  std::uint8_t interface;  // number of the interface that the key is about
  CString name;            // of the key, for messages
  std::string_view value;  // a single key's initial value where the line has none
  Location where;          // of `value`
  CString directory;       // relative host paths are below it; empty: they are refused
  Arena& arena;
  Spec& spec;
  Diagnostics& diagnostics;
  std::size_t& entry;  // of a list: which one the value becomes; set where it takes the place of an earlier one

  // Reports "KEY: ..." at `part`, a view into `value` and the pattern's subject.
  void fault(std::string_view part, Phrase pattern) const;
  void fault(std::string_view part, Phrase pattern, std::string_view more) const;
  // "KEY 'part' is not known (did you mean 'x'?)"; `choices` is a word list.
  void unknown(std::string_view part, Literal choices) const;
  // "too many X (limit N)".
  void too_many(std::size_t limit) const;
  // The interface of `interface`, for a key that has one.
  Interface& link() const { return spec.network.interfaces[interface]; }

  // Each returns nothing after it has reported why.
  std::optional<CString> keep(std::string_view text) const { return join({text}); }
  std::optional<CString> join(std::initializer_list<std::string_view> parts) const;
  std::optional<unsigned> choice(std::string_view part, Literal choices) const;
  std::optional<bool> yes_or_no(std::string_view part) const;
  std::optional<std::uint64_t> size(std::string_view part) const;
  std::optional<std::uint64_t> time(std::string_view part) const;  // milliseconds
  std::optional<std::uint64_t> number(std::string_view part, std::uint64_t largest) const;
  std::optional<std::uint32_t> octal(std::string_view part, std::uint32_t largest) const;
  std::optional<HostPath> host_path(std::string_view part) const;
  std::optional<CString> needed_path(std::string_view part) const;  // the same without a leading '-'
};

// The next word of `rest` between blanks or commas; empty at the end.
std::string_view next_item(std::string_view& rest);

// One function for each group of keys that is supported; a list's value is not empty.
void read_identity(const Setting& setting);
void read_process(const Setting& setting);
void read_root(const Setting& setting);
void read_device(const Setting& setting);
void read_namespaces(const Setting& setting);
void read_user_namespace(const Setting& setting);
void read_id_map(const Setting& setting);
void read_time_offset(const Setting& setting);
void read_resources(const Setting& setting);
void read_required(const Setting& setting);
void read_security(const Setting& setting);
void read_sysctl(const Setting& setting);
void read_ulimit(const Setting& setting);
void read_label(const Setting& setting);
void read_network(const Setting& setting);
void read_publish(const Setting& setting);
void read_supervision(const Setting& setting);
void read_restart(const Setting& setting);
void read_ready(const Setting& setting);
void read_health(const Setting& setting);
void read_logs(const Setting& setting);

}  // namespace microctr
