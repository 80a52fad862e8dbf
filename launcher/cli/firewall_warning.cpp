#include "launcher/cli/firewall_warning.h"

#include <algorithm>

#include "launcher/base/log.h"
#include "launcher/net/foreign_drop.h"
#include "launcher/spec/network_mode.h"

namespace microctr {

void warn_of_drop(CString name) {
  TextBuffer<256> where;
  const auto found = find_foreign_drop(where);
  if (!found || !found.value()) return;
  log_error(name, "warning: "_p, where.view(),
            " drops what is forwarded, and no rule of ours can overrule it (allow the bridge there)"_p);
}

bool is_forwarded(const Network& network) {
  return !network.publish.empty() || std::ranges::any_of(network.interfaces, is_masqueraded);
}

}  // namespace microctr
