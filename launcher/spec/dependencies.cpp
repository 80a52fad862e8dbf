#include "launcher/spec/dependencies.h"

#include <cstring>

#include "launcher/base/hash.h"

namespace microctr {
namespace {

enum Visit : std::uint8_t { unseen, on_the_path, done };

std::uint32_t short_hash(std::string_view name) { return static_cast<std::uint32_t>(fold_hash(hash_of(name))); }

}  // namespace

Dependencies::Index Dependencies::find(std::string_view name) const {
  const std::uint32_t hash = short_hash(name);
  for (Index index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].hash == hash && this->name(index) == name) return index;
  }
  return none;
}

Dependencies::Index Dependencies::find_or_add(std::string_view name) {
  const Index found = find(name);
  if (found != none || name.size() > limits::name) return found;
  Node node = {};
  std::memcpy(node.name, name.data(), name.size());
  node.hash = short_hash(name);
  node.failure_start = none;
  return nodes_.push(node) ? static_cast<Index>(nodes_.size() - 1) : none;
}

void Dependencies::link(Node& node, std::string_view name, Bond bond) {
  const auto on = static_cast<std::uint16_t>(find(name));
  for (Link& known : node.links) {
    if (known.on != on) continue;
    if (bond == Bond::requires_) known.bond = bond;
    return;
  }
  (void)node.links.push({on, bond});  // there is room for both lists
}

Dependencies::Index Dependencies::add(const Spec& spec) {
  const Supervision& supervision = spec.supervision;
  const std::size_t before = nodes_.size();
  const Index index = find_or_add(spec.name);
  bool has_room = index != none;
  for (const CString name : supervision.after) has_room = has_room && find_or_add(name) != none;
  for (const CString name : supervision.requires_) has_room = has_room && find_or_add(name) != none;
  const bool starts = has_room && supervision.on_failure == FailureAction::start;
  const Index failure_start = starts ? find_or_add(supervision.failure_start) : none;
  if (!has_room || (starts && failure_start == none)) {
    nodes_.shrink(before);
    return none;
  }
  Node& node = nodes_[index];
  node.known = true;
  node.failure_start = failure_start;
  node.links.clear();
  for (const CString name : supervision.after) link(node, name, Bond::after);
  for (const CString name : supervision.requires_) link(node, name, Bond::requires_);
  return index;
}

void Dependencies::remove(Index index) {
  nodes_[index].known = false;
  nodes_[index].failure_start = none;
  nodes_[index].links.clear();
}

bool Dependencies::waits_for(Index index, Index on) const {
  for (const Link& link : nodes_[index].links) {
    if (link.on == on) return true;
  }
  return false;
}

Dependencies::Index Dependencies::missing(Index index) const {
  for (const Link& link : nodes_[index].links) {
    if (link.bond == Bond::requires_ && !is_known(link.on)) return link.on;
  }
  const Index start = nodes_[index].failure_start;
  return start != none && !is_known(start) ? start : none;
}

// In depth, without recursion: a chain may be as long as there are containers. An edge back to the path is a circle,
// and every circle has one.
void Dependencies::visit_all_below(Index start, void* context, Found found) {
  const auto enter = [this](Index index) {
    nodes_[index].visit = on_the_path;
    nodes_[index].next_link = 0;
    (void)path_.push(static_cast<std::uint16_t>(index));
  };
  enter(start);
  while (!path_.empty()) {
    Node& node = nodes_[path_.back()];
    if (node.next_link == node.links.size()) {
      node.visit = done;
      if (node.known) (void)order_.push(path_.back());
      path_.shrink(path_.size() - 1);
      continue;
    }
    const std::uint16_t on = node.links[node.next_link++].on;
    if (nodes_[on].visit == unseen) {
      enter(on);
    } else if (nodes_[on].visit == on_the_path) {
      std::size_t first = path_.size() - 1;
      while (path_[first] != on) --first;
      found(context, *this, path_.view().subspan(first));
    }
  }
}

std::span<const std::uint16_t> Dependencies::order(void* context, Found found) {
  order_.clear();
  path_.clear();
  for (Node& node : nodes_) node.visit = unseen;
  for (Index index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].visit == unseen) visit_all_below(index, context, found);
  }
  return order_.view();
}

void write_circle(const Dependencies& dependencies, Dependencies::Circle circle, TextWriter& text) {
  constexpr std::size_t shown = 8;
  for (std::size_t at = 0; at < circle.size(); ++at) {
    if (at == shown) {
      text.add(", ..., ", circle.size(), " in all"_p);
      return;
    }
    const Dependencies::Index next = circle[(at + 1) % circle.size()];
    Bond bond = Bond::after;
    for (const Dependencies::Link& link : dependencies.links(circle[at])) {
      if (link.on == next) bond = link.bond;
    }
    text.add(at == 0 ? "" : ", ", dependencies.name(circle[at]), bond == Bond::after ? " is after " : " requires ",
             dependencies.name(next));
  }
}

}  // namespace microctr
