// WORD: pushes a line into the terminal that standard input is.
#include "attack.h"

ATTACK(tiocsti) { return verdict("TIOCSTI", ioctl(0, 0x5412 /* TIOCSTI */, "x")); }
