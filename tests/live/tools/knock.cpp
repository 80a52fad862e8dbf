// knock SOCKET ACTION...: speaks to a supervisor's control socket as nobody should.
//
//   bytes SIZE                  a message of SIZE bytes that mean nothing
//   cut SIZE                    the first SIZE bytes of a good request
//   header MAGIC VERSION COMMAND [PAYLOAD]    a request with these numbers
//   long COMMAND SIZE           a good header and SIZE bytes "x"
//   silent COUNT                COUNT connections that say nothing
//   deaf COUNT COMMAND [PAYLOAD]              COUNT requests whose answers are never read, each on its connection
//   repeat COUNT COMMAND [PAYLOAD]            COUNT requests on one connection, without reading
//
// What waits says "ready" and waits for the end of its standard input. The others print "STATUS TEXT" of the answer, or
// "closed". Status 3: the connection is refused, 4: no answer within 5 s.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

struct Header {
  std::uint32_t magic = 0x7463636d;
  std::uint16_t version = 1;
  std::uint16_t command = 0;
  std::int32_t status = 0;
};

const char* path;

int connect_once() {
  const int connection = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror("connect");
    std::exit(3);
  }
  return connection;
}

std::string request(const Header& header, const std::string& payload) {
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + payload;
}

std::string plain_request(const char* command, const std::string& payload) {
  Header header;
  header.command = static_cast<std::uint16_t>(std::atoi(command));
  return request(header, payload);
}

int say(const std::string& message) {
  const int connection = connect_once();
  if (send(connection, message.data(), message.size(), MSG_NOSIGNAL) < 0 && (errno == EPIPE || errno == ECONNRESET)) {
    std::puts("closed");
    return 0;
  }
  pollfd entry = {connection, POLLIN, 0};
  if (poll(&entry, 1, 5000) != 1) return 4;
  static char answer[128 * 1024];
  const ssize_t size = recv(connection, answer, sizeof answer - 1, 0);
  if (size < static_cast<ssize_t>(sizeof(Header))) {
    std::puts("closed");
    return 0;
  }
  Header header;
  std::memcpy(&header, answer, sizeof header);
  answer[size] = '\0';
  std::printf("%d %s\n", header.status, answer + sizeof header);
  return 0;
}

int wait_for_end() {
  std::puts("ready");
  std::fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 2;
  path = words[1];
  const std::string action = words[2];
  const auto number = static_cast<std::size_t>(std::atoi(words[3]));
  const std::string payload = count > 5 ? words[5] : "";
  if (action == "bytes") return say(std::string(number, '\xa5'));
  if (action == "cut") return say(plain_request("2", "web").substr(0, number));
  if (action == "header") {
    Header header;
    header.magic = static_cast<std::uint32_t>(std::strtoul(words[3], nullptr, 0));
    header.version = static_cast<std::uint16_t>(std::atoi(words[4]));
    header.command = static_cast<std::uint16_t>(std::atoi(words[5]));
    return say(request(header, count > 6 ? words[6] : ""));
  }
  if (action == "long")
    return say(plain_request(words[3], std::string(static_cast<std::size_t>(std::atoi(words[4])), 'x')));
  const std::string message = action == "silent" ? "" : plain_request(words[4], payload);
  const int one = action == "repeat" ? connect_once() : -1;
  for (std::size_t turn = 0; turn < number; ++turn) {
    const int connection = action == "repeat" ? one : connect_once();
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    if (!message.empty() && send(connection, message.data(), message.size(), flags) < 0 && errno != EPIPE &&
        errno != ECONNRESET && errno != EAGAIN)
      return 1;
  }
  return wait_for_end();
}
