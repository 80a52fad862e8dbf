// Who waits for whom among containers: `after`, `requires` and `on_failure = start:NAME`, as numbers instead of names.
//
// A container is known once it was added; one that others only name has a number too, and is not known. Numbers stay
// the same until `clear`. Pure, in fixed storage: a page of memory for twenty containers. It must not know whether
// anything runs; whoever starts and stops asks `links` and `order`.
#pragma once

#include <cstdint>
#include <span>

#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/base/text.h"
#include "launcher/spec/spec.h"

namespace microctr {

enum class Bond : std::uint8_t {
  after,      // waits until the other is up, where that one is started at all
  requires_,  // and is not started without it
};

class Dependencies {
 public:
  using Index = std::uint32_t;
  static constexpr Index none = UINT32_MAX;

  struct Link {
    std::uint16_t on;  // an Index
    Bond bond;
  };
  using Circle = std::span<const std::uint16_t>;  // each waits for the next, and the last for the first

  void clear() { nodes_.clear(); }

  // Makes the container known, or (again) what it says now. `none`: too many (limits::containers, with those that are
  // only named); nothing is changed then.
  Index add(const Spec& spec);
  // Its configuration is gone; others may go on to name it.
  void remove(Index index);

  Index find(std::string_view name) const;  // `none` when nobody has named it
  std::size_t size() const { return nodes_.size(); }
  bool is_known(Index index) const { return nodes_[index].known; }
  CString name(Index index) const { return CString::from_pointer(nodes_[index].name); }
  // Whom it waits for, each once.
  std::span<const Link> links(Index index) const { return nodes_[index].links.view(); }
  bool waits_for(Index index, Index on) const;
  Index failure_start(Index index) const { return nodes_[index].failure_start; }  // or `none`

  // The first one that it requires, or starts on a failure, and that is not known; `none` when there is none. One that
  // it is only `after` need not exist.
  Index missing(Index index) const;

  // All known containers, each behind all that it waits for; stop them in the reverse order. Where some wait for each
  // other in a circle, `found` is called for it. The circles that it is called for are not all there may be, but
  // without the containers in them there is no other. Valid until the next call of anything that is not const.
  using Found = void (*)(void* context, const Dependencies& dependencies, Circle circle);
  std::span<const std::uint16_t> order(void* context, Found found);

 private:
  struct Node {
    char name[limits::name + 1];
    std::uint32_t hash;  // of the name
    Index failure_start;
    bool known;
    std::uint8_t visit;      // of `order`
    std::uint8_t next_link;  // the same
    FixedVector<Link, 2 * limits::dependencies> links;
  };
  static_assert(limits::containers <= UINT16_MAX);

  Index find_or_add(std::string_view name);
  void link(Node& node, std::string_view name, Bond bond);
  void visit_all_below(Index start, void* context, Found found);

  FixedVector<Node, limits::containers> nodes_;
  FixedVector<std::uint16_t, limits::containers> order_;
  FixedVector<std::uint16_t, limits::containers> path_;  // of `order`: where it is
};

// "web requires db, db is after cache, cache requires web"; of a long circle the beginning and its length.
void write_circle(const Dependencies& dependencies, Dependencies::Circle circle, TextWriter& text);

}  // namespace microctr
