// Prints the monotonic clock in nanoseconds; with arguments, then becomes the command that they are.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int count, char** words) {
  struct timespec now;
  char text[32];
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int size = snprintf(text, sizeof text, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
  if (write(1, text, (size_t)size) != size) return 1;
  if (count > 1) execv(words[1], words + 1);
  return count > 1;
}
