// Reads bytes in every way in which the program reads netlink answers. Used by the fuzzer and by a unit test.
#pragma once

#include <linux/rtnetlink.h>

#include "launcher/net/foreign_drop.h"
#include "launcher/net/link.h"
#include "launcher/net/netlink_socket.h"

namespace microctr::netlink {

// Touches every byte of every value, down through nested attributes.
inline unsigned walk_attributes(Attributes attributes, unsigned depth) {
  unsigned sum = 0;
  while (const auto attribute = attributes.next()) {
    for (const char byte : attribute->value) sum += static_cast<unsigned char>(byte);
    sum += attribute->type + attribute->number().value_or(0) + static_cast<unsigned>(attribute->text().size());
    if (depth != 0) sum += walk_attributes(Attributes(attribute->value), depth - 1);
  }
  return sum + (attributes.malformed() ? 1 : 0);
}

inline unsigned walk_netlink(std::span<const char> bytes) {
  unsigned sum = 0;
  const auto hear = [](void* context, const Message& message) {
    auto& total = *static_cast<unsigned*>(context);
    total += walk_attributes(Attributes(message.body, sizeof(ifinfomsg)), 3);
    if (const auto chain = nf_tables::read_base_chain(message)) {
      total += chain->family + chain->hook + (is_foreign_drop(*chain) ? 1 : 0);
      for (const std::string_view text : {chain->table, chain->name, chain->type}) {
        for (const char byte : text) total += static_cast<unsigned char>(byte);
      }
    }
    if (const auto link = read_link(message)) total += link->index + static_cast<unsigned>(link->alias.size());
  };
  char storage[256];
  for (const Ending ending : {Ending::acknowledged, Ending::answered}) {
    Batch batch(storage);
    add_link_query(batch, "eth0");
    add_link_up(batch, 1);
    if (!batch.finish(1, ending)) return 0;
    Answers answers(1, batch, ending, {hear, &sum});
    const auto over = answers.take(bytes);
    if (over && over.value()) ++sum;
    if (answers.refusal()) sum += static_cast<unsigned>(answers.refusal()->code);
  }
  return sum + walk_attributes(Attributes(bytes), 4);
}

}  // namespace microctr::netlink
