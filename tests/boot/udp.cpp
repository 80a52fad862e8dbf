// Asks and answers over UDP inside the boot test's machine, whose BusyBox cannot.
//
//   udp serve PORT            answers every datagram with "seen ADDRESS", the asker's as it arrived; IPv4 and IPv6
//   udp ask ADDRESS PORT      sends one and prints the answer; 1 when none comes within a second, 2 when it is refused
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

namespace {

struct Place {
  sockaddr_storage storage = {};
  socklen_t size = sizeof storage;

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
};

int fail(const char* what) {
  perror(what);
  return 2;
}

Place place_of(const char* address, int port) {
  Place place;
  auto* four = reinterpret_cast<sockaddr_in*>(&place.storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&place.storage);
  if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(static_cast<in_port_t>(port));
    place.size = sizeof *four;
  } else if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(static_cast<in_port_t>(port));
    place.size = sizeof *six;
  }
  return place;
}

int serve(int port) {
  Place own = place_of("::", port);
  int server = socket(AF_INET6, SOCK_DGRAM, 0);
  if (server < 0) {  // IPv6 is off
    own = place_of("0.0.0.0", port);
    server = socket(AF_INET, SOCK_DGRAM, 0);
  }
  if (bind(server, own.generic(), own.size) != 0) return fail("bind");
  while (true) {
    char question[64];
    Place asker;
    if (recvfrom(server, question, sizeof question, 0, asker.generic(), &asker.size) < 0) return fail("recvfrom");
    char address[INET6_ADDRSTRLEN] = "";
    const void* bytes = asker.storage.ss_family == AF_INET
                            ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(&asker.storage)->sin_addr)
                            : &reinterpret_cast<sockaddr_in6*>(&asker.storage)->sin6_addr;
    inet_ntop(asker.storage.ss_family, bytes, address, sizeof address);
    char answer[128];
    constexpr char mapped[] = "::ffff:";  // how an IPv6 socket sees IPv4
    const bool is_mapped = strncmp(address, mapped, sizeof mapped - 1) == 0;
    const int size = snprintf(answer, sizeof answer, "seen %s\n", address + (is_mapped ? sizeof mapped - 1 : 0));
    if (sendto(server, answer, static_cast<size_t>(size), 0, asker.generic(), asker.size) < 0) perror("sendto");
  }
}

// Connected: an answer from another address or port than the one that was asked is not heard.
int ask(const char* address, int port) {
  Place server = place_of(address, port);
  const int asker = socket(server.storage.ss_family, SOCK_DGRAM, 0);
  if (asker < 0 || connect(asker, server.generic(), server.size) != 0) return fail("connect");
  if (send(asker, "?", 1, 0) != 1) return fail("send");
  pollfd wait = {asker, POLLIN, 0};
  if (poll(&wait, 1, 1000) != 1) {
    fprintf(stderr, "no answer within a second\n");
    return 1;
  }
  char answer[128];
  const ssize_t size = recv(asker, answer, sizeof answer, 0);
  if (size < 0) return fail("recv");
  fwrite(answer, 1, static_cast<size_t>(size), stdout);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && strcmp(arguments[1], "serve") == 0) return serve(atoi(arguments[2]));
  if (count == 4 && strcmp(arguments[1], "ask") == 0) return ask(arguments[2], atoi(arguments[3]));
  fprintf(stderr, "usage: %s serve PORT | ask ADDRESS PORT\n", arguments[0]);
  return 2;
}
