// Attack: connects to the abstract socket of a neighbour
// Row: defaults
// Defence: network namespace
// off: userns = host; network = host
// pair: victim
#include "attack.h"
#include "victim.h"

ATTACK(abstract_socket) {
  const sockaddr_un address = victim_address();
  const int client = socket(AF_UNIX, SOCK_STREAM, 0);
  return verdict("connect", connect(client, reinterpret_cast<const sockaddr*>(&address), victim_address_size));
}
