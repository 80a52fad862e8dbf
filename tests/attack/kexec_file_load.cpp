// Attack: loads another kernel from a file (unknown flags, so that it is refused late)
// Row: defaults
// Defence: no CAP_SYS_BOOT; the default seccomp policy
// off: open
#include "attack.h"

#ifdef SYS_kexec_file_load
ATTACK(kexec_file_load) { return reached("kexec_file_load", syscall(SYS_kexec_file_load, -1, -1, 0, "", 0x7fffffffL)); }
#else
ATTACK(kexec_file_load) { return absent("kexec_file_load"); }
#endif
