// Times commands as whole processes, from before fork() to after the end is seen, in turn: A B C, C B A, A B C …
//
// Usage: stopwatch ROUNDS WARM-UP SETTLE-MS COMMANDS     prints `ROUND COMMAND NANOSECONDS PAGE-FAULTS` for each counted run
//
// COMMANDS is a file with one command in each line, its words separated by single blanks; commands are counted from 0.
// Between two runs, which is not timed, the links that a run leaves to the end of its network namespace are waited for,
// and then SETTLE-MS milliseconds more, in which the kernel takes the rest of the namespace down.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_commands = 16, most_words = 64 };

static char* commands[most_commands][most_words + 1];

static void die(const char* what) {
  fprintf(stderr, "stopwatch: %s: %s\n", what, strerror(errno));
  exit(1);
}

static unsigned count_links(void) {
  struct if_nameindex* const links = if_nameindex();
  if (links == NULL) die("list the links");
  unsigned count = 0;
  while (links[count].if_index != 0) ++count;
  if_freenameindex(links);
  return count;
}

static void sleep_ms(long milliseconds) {
  const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

static void settle(unsigned links, long milliseconds) {
  for (int tries = 0; count_links() > links; ++tries) {
    if (tries == 5000) {
      fprintf(stderr, "stopwatch: a link is still there after 5 s\n");
      exit(1);
    }
    sleep_ms(1);
  }
  sleep_ms(milliseconds);
}

static int read_commands(const char* path) {
  FILE* const file = fopen(path, "r");
  if (file == NULL) die(path);
  int count = 0;
  char* line = NULL;
  size_t room = 0;
  while (count < most_commands && getline(&line, &room, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    int words = 0;
    for (char* word = strtok(line, " "); word != NULL && words < most_words; word = strtok(NULL, " ")) {
      commands[count][words++] = word;
    }
    if (words > 0) ++count;
    line = NULL;  // the words stay
    room = 0;
  }
  fclose(file);
  return count;
}

static void run(char** command, long long* nanoseconds, long* faults) {
  struct timespec begin;
  struct timespec end;
  struct rusage usage;
  int status = 0;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    execv(command[0], command);
    _exit(127);
  }
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) die("wait4");
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  if (status != 0) {
    fprintf(stderr, "stopwatch: %s ended with status %#x\n", command[0], (unsigned)status);
    exit(1);
  }
  *nanoseconds = (end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec;
  *faults = usage.ru_minflt;
}

int main(int count, char** arguments) {
  if (count != 5) {
    fprintf(stderr, "usage: stopwatch ROUNDS WARM-UP SETTLE-MS COMMANDS\n");
    return 2;
  }
  const int rounds = atoi(arguments[1]);
  const int warm_up = atoi(arguments[2]);
  const long settling = atol(arguments[3]);
  const int known = read_commands(arguments[4]);
  const unsigned links = count_links();
  for (int round = -warm_up; round < rounds; ++round) {
    for (int turn = 0; turn < known; ++turn) {
      const int which = round & 1 ? known - 1 - turn : turn;
      long long nanoseconds = 0;
      long faults = 0;
      run(commands[which], &nanoseconds, &faults);
      if (round >= 0) printf("%d %d %lld %ld\n", round, which, nanoseconds, faults);
      settle(links, settling);
    }
  }
  return 0;
}
