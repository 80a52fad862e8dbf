// Attack: takes back a capability that it does not have by capset, and executes with it
// Row: capabilities
// Defence: permitted and bounding set
// off: cap_add = NET_ADMIN
#include <linux/capability.h>

#include "attack.h"

ATTACK(raise_capabilities) {
  __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  syscall(SYS_capget, &head, data);
  data[0].permitted |= 1U << CAP_NET_ADMIN;
  data[0].effective |= 1U << CAP_NET_ADMIN;
  return verdict("capset", syscall(SYS_capset, &head, data));
}
