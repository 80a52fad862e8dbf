// notify MESSAGE: sends it to NOTIFY_SOCKET, as sd_notify(3) does. notify --listen PATH: listens there until it is
// killed.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace {

int open_at(const char* path, int type, sockaddr_un& address) {
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  return ::socket(AF_UNIX, type, 0);
}

}  // namespace

int main(int count, char** words) {
  sockaddr_un address = {};
  const auto* const name = reinterpret_cast<const sockaddr*>(&address);
  if (count == 3) {
    const int server = open_at(words[2], SOCK_STREAM, address);
    if (::bind(server, name, sizeof address) != 0 || ::listen(server, 5) != 0) return 1;
    ::pause();
    return 0;
  }
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (count != 2 || path == nullptr) return 2;
  const int client = open_at(path, SOCK_DGRAM, address);
  return ::sendto(client, words[1], std::strlen(words[1]), 0, name, sizeof address) < 0 ? 1 : 0;
}
