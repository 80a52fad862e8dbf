// Tells who asks whom: a server that answers each caller with its own host name and the address that it sees.
//
// Usage: who serve PORT...                     on TCP and UDP, IPv4 and IPv6; "web 192.0.2.2" for an answer
//        who ask tcp|udp ADDRESS PORT          0 answered, 1 no answer within 1 s
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <initializer_list>

static sockaddr_storage address_of(const char* text, int port) {
  sockaddr_storage storage = {};
  auto* four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(static_cast<unsigned short>(port));
  } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(static_cast<unsigned short>(port));
  } else {
    exit(2);
  }
  return storage;
}

static int size_of(const sockaddr_storage& at) {
  return at.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

static int listen_on(const char* any, int type, int port) {
  const sockaddr_storage at = address_of(any, port);
  const int file = socket(at.ss_family, type, 0);
  const int one = 1;
  setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (at.ss_family == AF_INET6) setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (file < 0 || bind(file, reinterpret_cast<const sockaddr*>(&at), size_of(at)) < 0) return -1;
  if (type == SOCK_STREAM) listen(file, 64);
  return file;
}

static int say(char* answer, size_t size, const sockaddr_storage& from) {
  char host[64] = "";
  char peer[INET6_ADDRSTRLEN] = "?";
  gethostname(host, sizeof host - 1);
  if (from.ss_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, peer, sizeof peer);
  else
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, peer, sizeof peer);
  return snprintf(answer, size, "%s %s\n", host, peer);
}

static int serve(int count, char** ports) {
  pollfd files[64] = {};
  int types[64] = {};
  int used = 0;
  for (int port = 0; port < count && used < 60; ++port) {
    for (const char* any : {"0.0.0.0", "::"}) {
      for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        const int file = listen_on(any, type, atoi(ports[port]));
        if (file < 0) continue;
        types[used] = type;
        files[used++] = {file, POLLIN, 0};
      }
    }
  }
  while (poll(files, static_cast<nfds_t>(used), -1) > 0) {
    for (int at = 0; at < used; ++at) {
      if (files[at].revents == 0) continue;
      sockaddr_storage from = {};
      socklen_t length = sizeof from;
      char answer[128];
      if (types[at] == SOCK_STREAM) {
        const int caller = accept(files[at].fd, reinterpret_cast<sockaddr*>(&from), &length);
        if (caller < 0) continue;
        const int size = say(answer, sizeof answer, from);
        if (write(caller, answer, static_cast<size_t>(size)) < 0) perror("write");
        char rest[16];
        shutdown(caller, SHUT_WR);
        if (read(caller, rest, sizeof rest) < 0) perror("read");  // the caller ends first: it has what lingers
        close(caller);
      } else if (recvfrom(files[at].fd, answer, sizeof answer, 0, reinterpret_cast<sockaddr*>(&from), &length) >= 0) {
        const int size = say(answer, sizeof answer, from);
        if (sendto(files[at].fd, answer, static_cast<size_t>(size), 0, reinterpret_cast<sockaddr*>(&from), length) < 0)
          perror("send");
      }
    }
  }
  return 1;
}

static int ask(const char* protocol, const char* host, const char* port) {
  const sockaddr_storage to = address_of(host, atoi(port));
  const int file = socket(to.ss_family, strcmp(protocol, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM, 0);
  const timeval limit = {1, 0};
  setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  char answer[128];
  if (connect(file, reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(size_of(to))) < 0) return 1;
  if (strcmp(protocol, "udp") == 0 && send(file, "?", 1, 0) < 0) return 1;
  const ssize_t size = recv(file, answer, sizeof answer, 0);
  if (size <= 0) return 1;
  return fwrite(answer, 1, static_cast<size_t>(size), stdout) == static_cast<size_t>(size) ? 0 : 1;
}

int main(int count, char** words) {
  if (count > 2 && strcmp(words[1], "serve") == 0) return serve(count - 2, words + 2);
  if (count == 5 && strcmp(words[1], "ask") == 0) return ask(words[2], words[3], words[4]);
  return 2;
}
