// Events as text, and what another init is told by NOTIFY_SOCKET.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <string>

#include "launcher/supervisor/event_text.h"
#include "launcher/supervisor/notify_client.h"

namespace microctr {
namespace {

std::string line_of(const Event& event) {
  TextBuffer<512> text;
  write_event(event, {1795322360, 7}, text);
  return std::string(text.view());
}

std::string detail_of(std::string_view line) {
  const auto event = parse_event(line);
  if (!event) return "not an event";
  TextBuffer<512> text;
  write_event_detail(*event, text);
  return std::string(text.view());
}

TEST(EventText, every_kind_comes_back_as_it_was) {
  for (unsigned kind = 0; kind <= static_cast<unsigned>(EventKind::unchecked); ++kind) {
    const Event event{static_cast<EventKind>(kind), "web", -3, "a\tb"};
    ASSERT_FALSE(event_name(event.kind).empty()) << kind;
    const std::string line = line_of(event);
    const auto read = parse_event(line);
    ASSERT_TRUE(read) << line;
    EXPECT_TRUE(read->is_known);
    EXPECT_EQ(read->known.kind, event.kind);
    EXPECT_EQ(read->event, event_name(event.kind));
    EXPECT_EQ(read->known.name, "web");
    EXPECT_EQ(read->known.number, -3);
    EXPECT_EQ(read->known.text, "a\tb");
    EXPECT_EQ(read->time, "2026-11-22T04:39:20.000000007Z");
  }
  EXPECT_TRUE(event_name(static_cast<EventKind>(static_cast<unsigned>(EventKind::unchecked) + 1)).empty());
}

TEST(EventText, is_one_line) {
  EXPECT_EQ(line_of({EventKind::fail, "web", 0, "first\nsecond\r"}),
            "2026-11-22T04:39:20.000000007Z\tweb\tfail\t0\tfirst second ");
}

TEST(EventText, an_event_of_a_later_supervisor_is_shown_with_its_word) {
  const auto read = parse_event("2026-11-22T04:39:20Z\tweb\tmelted\t0\tat once");
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->is_known);
  EXPECT_EQ(read->event, "melted");
  EXPECT_EQ(detail_of("T\tweb\tmelted\t0\tat once"), "at once");
}

TEST(EventText, what_is_no_event_is_refused) {
  for (const char* text :
       {"", "\t", "T\tweb", "T\tweb\t\t0\t", "T\tweb\texit\t\t", "T\tweb\texit\tx\t", "T\tweb\texit\t--1\t"})
    EXPECT_FALSE(parse_event(text)) << text;
}

TEST(EventText, details_for_people) {
  EXPECT_EQ(detail_of(line_of({EventKind::exit, "web", 137, ""})), "status 137");
  EXPECT_EQ(detail_of(line_of({EventKind::restart, "web", 500, ""})), "in 500 ms");
  EXPECT_EQ(detail_of(line_of({EventKind::kill, "web", 9, ""})), "signal KILL");
  EXPECT_EQ(detail_of(line_of({EventKind::kill, "web", 40, ""})), "signal 40");
  EXPECT_EQ(detail_of(line_of({EventKind::exit, "web", 1, "again"})), "status 1: again");
  EXPECT_EQ(detail_of(line_of({EventKind::start, "web", 0, ""})), "");
}

class Listener {
 public:
  explicit Listener(const std::string& name) : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  ~Listener() { close(socket_); }

  std::string next() {
    char buffer[512];
    const ssize_t size = recv(socket_, buffer, sizeof buffer, 0);
    return size < 0 ? "nothing" : std::string(buffer, static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

void check_messages(const std::string& name) {
  Listener listener(name);
  const NotifyClient client(CString::from_pointer(name.c_str()));
  EXPECT_TRUE(client.is_wanted());
  EXPECT_TRUE(client.ready());
  EXPECT_EQ(listener.next(), "READY=1\n");
  const std::uint64_t before = sys::monotonic_ms();
  EXPECT_TRUE(client.reloading());
  unsigned long long time = 0;
  const std::string reloading = listener.next();
  ASSERT_EQ(std::sscanf(reloading.c_str(), "RELOADING=1\nMONOTONIC_USEC=%llu\n", &time), 1) << reloading;
  EXPECT_GT(time, before * 1000);
  EXPECT_TRUE(client.status("3 containers\nrun"));
  EXPECT_EQ(listener.next(), "STATUS=3 containers run\n");
  EXPECT_TRUE(client.stopping());
  EXPECT_EQ(listener.next(), "STOPPING=1\n");
  EXPECT_EQ(listener.next(), "nothing");
}

TEST(NotifyClient, speaks_to_a_socket_with_a_path) {
  const std::string path = "/tmp/microctr-notify-" + std::to_string(getpid());
  check_messages(path);
  unlink(path.c_str());
}

TEST(NotifyClient, speaks_to_an_abstract_socket) { check_messages("@microctr-notify-" + std::to_string(getpid())); }

TEST(NotifyClient, nobody_asked) {
  const NotifyClient client({});
  EXPECT_FALSE(client.is_wanted());
  EXPECT_TRUE(client.ready());
}

TEST(NotifyClient, an_address_that_cannot_be_one_is_an_error) {
  EXPECT_EQ(NotifyClient("run/notify").ready().error().code, EAFNOSUPPORT);
  EXPECT_EQ(NotifyClient("/nowhere/notify").ready().error().code, ENOENT);
  const std::string long_name(200, 'x');
  EXPECT_EQ(NotifyClient(CString::from_pointer(("/" + long_name).c_str())).ready().error().code, ENAMETOOLONG);
}

TEST(NotifyClient, a_full_socket_is_not_waited_for) {
  const std::string name = "@microctr-notify-full-" + std::to_string(getpid());
  Listener listener(name);
  const NotifyClient client(CString::from_pointer(name.c_str()));
  bool refused = false;
  for (int count = 0; count < 10'000 && !refused; ++count) {
    const auto sent = client.ready();
    refused = !sent;
    if (refused) {
      EXPECT_EQ(sent.error().code, EAGAIN);
    }
  }
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace microctr
