// One ICMP echo over the unprivileged kind of socket (icmp(7), ping_group_range).
//
// Usage: ping ADDRESS          0 answered, 1 no answer within 2 s, 2 no such socket
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(int count, char** words) {
  if (count != 2) return 2;
  sockaddr_in to4 = {};
  sockaddr_in6 to6 = {};
  to4.sin_family = AF_INET;
  to6.sin6_family = AF_INET6;
  const bool six = strchr(words[1], ':') != nullptr;
  if (inet_pton(six ? AF_INET6 : AF_INET, words[1], six ? static_cast<void*>(&to6.sin6_addr) : &to4.sin_addr) != 1)
    return 2;
  const int file = six ? socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6) : socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
  if (file < 0) {
    perror("socket");
    return 2;
  }
  const timeval limit = {2, 0};
  setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  unsigned char echo[8] = {static_cast<unsigned char>(six ? ICMP6_ECHO_REQUEST : ICMP_ECHO)};
  const sockaddr* to = six ? reinterpret_cast<const sockaddr*>(&to6) : reinterpret_cast<const sockaddr*>(&to4);
  if (sendto(file, echo, sizeof echo, 0, to, six ? sizeof to6 : sizeof to4) < 0) {
    perror("send");
    return 1;
  }
  unsigned char answer[64];
  if (recv(file, answer, sizeof answer, 0) < 0) {
    perror("receive");
    return 1;
  }
  return answer[0] == (six ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) ? 0 : 1;
}
