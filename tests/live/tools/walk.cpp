// A hostile program: looks at every process that it can see, for a way to the file DEVICE:INODE, and takes it. Writes
// "others" into the folder OUT when it has seen a process beside itself, "reached" when it holds that file, "written"
// when it has written to it. Ends never.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

static std::string out;
static unsigned long long device, inode;

static void note(const char* word) { close(open((out + "/" + word).c_str(), O_WRONLY | O_CREAT, 0666)); }

// An O_PATH descriptor can wait until nobody executes the file any more, which makes ETXTBSY go away.
static void keep_trying(int held) {
  const std::string path = "/proc/self/fd/" + std::to_string(held);
  for (int tries = 0; tries < 100000; ++tries) {
    const int file = open(path.c_str(), O_WRONLY | O_APPEND);
    if (file < 0) continue;
    if (write(file, "\n", 1) == 1) note("written");
    close(file);
    return;
  }
}

static void look_at(const std::string& path) {
  const int file = open(path.c_str(), O_PATH);
  if (file < 0) return;
  struct stat status;
  if (fstat(file, &status) == 0 && status.st_dev == device && status.st_ino == inode) {
    note("reached");
    keep_trying(file);
  }
  close(file);
}

static void look_through(const std::string& directory) {
  DIR* entries = opendir(directory.c_str());
  if (entries == nullptr) return;
  while (const dirent* entry = readdir(entries)) {
    if (entry->d_name[0] != '.') look_at(directory + "/" + entry->d_name);
  }
  closedir(entries);
}

int main(int count, char** arguments) {
  if (count != 3 || std::sscanf(arguments[1], "%llu:%llu", &device, &inode) != 2) return 2;
  out = arguments[2];
  const std::string own = std::to_string(getpid());
  while (true) {
    DIR* processes = opendir("/proc");
    while (const dirent* entry = readdir(processes)) {
      if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || own == entry->d_name) continue;
      const std::string process = std::string("/proc/") + entry->d_name;
      look_at(process + "/exe");
      look_through(process + "/fd");
      note("others");
    }
    closedir(processes);
  }
}
