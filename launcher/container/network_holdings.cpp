#include "launcher/container/network_holdings.h"

#include "launcher/base/sys.h"

namespace microctr {

void NetworkHoldings::let_go() {
  ports.release();
  for (Fd& client : clients) {
    if (!client) continue;
    (void)sys::signal_process(client.get(), SIGTERM);
    client.close();
  }
}

}  // namespace microctr
