// Readiness with real pipes and sockets: this process stands for the container's first one.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "launcher/base/sys.h"
#include "launcher/container/ready_channel.h"
#include "launcher/plan/plan.h"
#include "launcher/supervisor/notify_message.h"
#include "launcher/supervisor/plain_line.h"
#include "launcher/supervisor/readiness.h"
#include "tests/unit/image_scratch.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

class Ready : public Scratch {
 protected:
  Ready() : self_(sys::open_process(::getpid()).take()) {}

  ReadinessProbe::Heard hear(std::uint64_t now = 1000) { return probe_.hear({::getpid(), self_.get()}, now, status_); }
  bool is_readable() const { return sys::poll_one(probe_.descriptor(), POLLIN, 0).value(); }

  Supervision supervision(Readiness ready) const {
    Supervision spec;
    spec.ready = ready;
    spec.ready_socket = text(socket_);
    return spec;
  }
  ReadyChannel make(Literal kind, const char* file) {
    file_ = (path_ / file).string();
    Step step{.op = Op::make_ready, .target = text(file_)};
    step.type = kind;
    auto made = make_ready_channel(step);
    EXPECT_TRUE(made);
    return made.take();
  }

  Fd self_;
  ReadinessProbe probe_;
  TextBuffer<256> status_;
  std::string file_;
  std::string socket_;
};

TEST_F(Ready, exec_is_ready_at_once) {
  ASSERT_TRUE(probe_.begin(supervision(Readiness::exec), {}));
  EXPECT_EQ(probe_.descriptor(), -1);
  EXPECT_EQ(probe_.due_ms(), UINT64_MAX);
  EXPECT_TRUE(hear().ready);
  EXPECT_FALSE(hear().ready) << "said once";
}

class ReadyPipe : public Ready {
 protected:
  void begin() {
    auto channel = make(ready_pipe_kind, "ready");
    theirs_ = std::move(channel.theirs);
    ASSERT_TRUE(probe_.begin(supervision(Readiness::descriptor), std::move(channel.ours)));
    EXPECT_FALSE(is_readable());
  }
  void say(std::string_view words) const { EXPECT_TRUE(sys::write(theirs_.get(), words)); }

  Fd theirs_;
};

TEST_F(ReadyPipe, is_ready_with_a_newline) {
  begin();
  EXPECT_FALSE(hear().ready);
  say("almost");
  EXPECT_TRUE(is_readable());
  EXPECT_FALSE(hear().ready);
  say("there\nand more");
  EXPECT_TRUE(hear().ready);
  EXPECT_TRUE(probe_.is_ready());
  EXPECT_EQ(probe_.descriptor(), -1);
}

TEST_F(ReadyPipe, closed_early_is_a_failure) {
  begin();
  say("no line");
  theirs_.close();
  EXPECT_TRUE(is_readable());
  const auto heard = hear();
  EXPECT_TRUE(heard.failed);
  TextBuffer<128> why(heard.why);
  EXPECT_NE(why.view().find("closed the descriptor of NOTIFY_FD"), std::string_view::npos);
  EXPECT_FALSE(heard.ready);
  EXPECT_EQ(probe_.descriptor(), -1);
}

TEST_F(ReadyPipe, newline_and_end_is_ready) {
  begin();
  say("\n");
  theirs_.close();
  EXPECT_TRUE(hear().ready);
}

TEST_F(ReadyPipe, outlives_its_reader) {
  begin();
  probe_.close();
  say("written while nobody reads\n");  // no SIGPIPE
  const std::string record = path_;
  ASSERT_TRUE(probe_.adopt(supervision(Readiness::descriptor), text(record), {}));
  EXPECT_TRUE(is_readable());
  EXPECT_TRUE(hear().ready);
}

TEST_F(ReadyPipe, an_adopted_one_is_waited_for) {
  begin();
  probe_.close();
  const std::string record = path_;
  ASSERT_TRUE(probe_.adopt(supervision(Readiness::descriptor), text(record), {}));
  EXPECT_FALSE(hear().ready);
  say("\n");
  EXPECT_TRUE(hear().ready);
}

TEST_F(ReadyPipe, an_adopted_one_that_has_closed_it_counts_as_ready) {
  begin();
  probe_.close();
  theirs_.close();
  const std::string record = path_;
  ASSERT_TRUE(probe_.adopt(supervision(Readiness::descriptor), text(record), {}));
  EXPECT_TRUE(hear().ready);
}

TEST_F(ReadyPipe, is_made_anew_over_that_of_an_earlier_life) {
  std::ofstream(path_ / "ready") << "a file";
  begin();
  say("\n");
  EXPECT_TRUE(hear().ready);
}

class Notify : public Ready {
 protected:
  void begin() {
    auto channel = make(notify_socket_kind, "notify");
    EXPECT_FALSE(channel.theirs);
    ASSERT_TRUE(probe_.begin(supervision(Readiness::notify), std::move(channel.ours)));
  }
  bool send(const std::string& message) const {
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, file_.c_str(), sizeof address.sun_path - 1);
    const auto* const name = reinterpret_cast<const sockaddr*>(&address);
    const bool sent = ::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL, name, sizeof address) >= 0;
    ::close(socket);
    return sent;
  }
};

TEST_F(Notify, hears_ready_and_status) {
  begin();
  EXPECT_FALSE(is_readable());
  EXPECT_TRUE(send("STATUS=loading\t\x1b[31m10%"));
  EXPECT_TRUE(is_readable());
  auto heard = hear();
  EXPECT_FALSE(heard.ready);
  EXPECT_TRUE(heard.status);
  EXPECT_EQ(status_.view(), "loading [31m10%");
  EXPECT_TRUE(send("MAINPID=1\nREADY=1\nSTATUS=up"));
  heard = hear();
  EXPECT_TRUE(heard.ready);
  EXPECT_EQ(status_.view(), "up");
  EXPECT_GE(probe_.descriptor(), 0) << "it goes on to hear the status";
  EXPECT_TRUE(send("READY=1\nSTATUS="));
  heard = hear();
  EXPECT_FALSE(heard.ready) << "said once";
  EXPECT_TRUE(heard.status);
  EXPECT_EQ(status_.view(), "");
}

TEST_F(Notify, everybody_inside_may_write) {
  begin();
  struct stat status = {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0666U);
}

TEST_F(Notify, endures_garbage) {
  begin();
  for (const std::string& message :
       {std::string(), std::string("\0\0\0", 3), std::string("READY"), std::string("READY=0"), std::string(" READY=1"),
        std::string("=\n=\n\n"), std::string(100'000, 'x'), std::string("READY=1x")}) {
    EXPECT_TRUE(send(message));
    EXPECT_FALSE(hear().ready) << message.substr(0, 20);
  }
  EXPECT_FALSE(hear().ready) << "nothing there";
  EXPECT_TRUE(send("\nREADY=1\n" + std::string(8000, 'x')));
  EXPECT_TRUE(hear().ready);
}

TEST_F(Notify, cannot_be_kept_by_another_supervisor) {
  begin();
  probe_.close();
  EXPECT_FALSE(send("READY=1")) << "refused, not hanging";
  const std::string record = path_;
  ASSERT_TRUE(probe_.adopt(supervision(Readiness::notify), text(record), {}));
  EXPECT_TRUE(hear().ready);
  EXPECT_FALSE(hear().ready);
}

TEST(NotifyMessages, are_read_by_line) {
  const auto message = read_notify_message("STATUS=a\nSTATUS=b=c\nRELOADING=1\nSTOPPING=1\nWATCHDOG=1");
  EXPECT_EQ(message.status, "b=c");
  EXPECT_TRUE(message.reloading);
  EXPECT_TRUE(message.stopping);
  EXPECT_FALSE(message.ready);
  EXPECT_FALSE(read_notify_message("STATUS").status);
}

TEST(PlainLines, obey_no_container) {
  TextBuffer<64> line;
  add_plain_line(line, "  a\r\n\x1b]0;b\x07 c\xc3\xbc\x7f\n");
  EXPECT_EQ(line.view(), "a ]0;b c??");
}

class ReadySocket : public Ready {
 protected:
  void begin(const std::string& where) {
    socket_ = where;
    ASSERT_TRUE(probe_.begin(supervision(Readiness::socket), {}));
    EXPECT_EQ(probe_.due_ms(), UINT64_MAX) << "not before its program runs";
  }
  static Fd bound(const std::string& path, int type = SOCK_STREAM) {
    Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return socket;
  }
};

TEST_F(ReadySocket, of_a_path_is_noticed_when_it_comes) {
  const std::string path = path_ / "run" / "app" / "socket";
  begin(path);
  EXPECT_FALSE(hear().ready);
  EXPECT_FALSE(is_readable());
  std::filesystem::create_directories(path_ / "run");
  EXPECT_TRUE(is_readable());
  EXPECT_FALSE(hear().ready);
  std::filesystem::create_directories(path_ / "run" / "app");
  EXPECT_TRUE(is_readable());
  EXPECT_FALSE(hear().ready);
  const Fd socket = bound(path);
  EXPECT_TRUE(is_readable());
  EXPECT_FALSE(hear().ready) << "nobody listens";
  ASSERT_EQ(::listen(socket.get(), 5), 0);
  EXPECT_LE(probe_.due_ms(), 1010U) << "which makes no event";
  EXPECT_TRUE(hear(probe_.due_ms()).ready);
  EXPECT_EQ(probe_.descriptor(), -1);
  EXPECT_EQ(probe_.due_ms(), UINT64_MAX);
}

TEST_F(ReadySocket, of_a_path_that_was_left_behind) {
  const std::string path = path_ / "socket";
  { const Fd left = bound(path); }
  begin(path);
  EXPECT_FALSE(hear().ready);
  ::unlink(path.c_str());
  const Fd socket = bound(path);
  ASSERT_EQ(::listen(socket.get(), 5), 0);
  EXPECT_TRUE(is_readable());
  EXPECT_TRUE(hear().ready);
}

TEST_F(ReadySocket, of_a_path_is_a_socket) {
  const std::string path = path_ / "socket";
  std::ofstream(path) << "no socket";
  begin(path);
  EXPECT_FALSE(hear().ready);
  ::unlink(path.c_str());
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(hear().ready) << "and nothing is opened that could hang";
  ::unlink(path.c_str());
  ASSERT_EQ(::symlink("/proc/self/fd/0", path.c_str()), 0);
  EXPECT_FALSE(hear().ready);
}

TEST_F(ReadySocket, of_every_kind) {
  for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
    const std::string path = path_ / std::to_string(type);
    const Fd socket = bound(path, type);
    EXPECT_EQ(::listen(socket.get(), 5) == 0, type != SOCK_DGRAM);
    begin(path);
    EXPECT_TRUE(hear().ready) << type;
  }
}

TEST_F(ReadySocket, whose_path_is_too_long_is_refused) {
  socket_ = "/" + std::string(107, 'x');
  EXPECT_FALSE(probe_.begin(supervision(Readiness::socket), {}));
  socket_.pop_back();
  EXPECT_TRUE(probe_.begin(supervision(Readiness::socket), {}));
}

TEST_F(ReadySocket, stops_to_try_a_path_that_is_watched) {
  begin(path_ / "socket");
  EXPECT_FALSE(hear(1000).ready);
  EXPECT_FALSE(hear(9000).ready);
  EXPECT_EQ(probe_.due_ms(), 10'000U) << "an eighth of the time";
  EXPECT_FALSE(hear(700'000).ready);
  EXPECT_EQ(probe_.due_ms(), UINT64_MAX);
}

// A port that nobody has; then somebody.
TEST_F(ReadySocket, of_a_port) {
  const Fd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  begin(std::to_string(ntohs(address.sin_port)));
  EXPECT_EQ(probe_.descriptor(), -1);
  for (int count = 0; count < 5; ++count) {
    EXPECT_FALSE(hear(1000 + static_cast<std::uint64_t>(count)).ready);
    EXPECT_NE(probe_.due_ms(), UINT64_MAX);
  }
  ASSERT_EQ(::listen(server.get(), 5), 0);
  bool ready = false;
  for (int count = 0; count < 1000 && !ready; ++count) ready = hear(2000).ready;
  EXPECT_TRUE(ready);
  EXPECT_EQ(probe_.due_ms(), UINT64_MAX);
}

TEST_F(ReadySocket, of_a_port_is_tried_less_and_less) {
  begin("1");
  EXPECT_FALSE(hear(1000).ready);
  while (probe_.due_ms() <= 1005) (void)hear(1000);
  EXPECT_EQ(probe_.due_ms(), 1010U);
  do {
    (void)hear(9000);
  } while (probe_.due_ms() <= 9005);
  EXPECT_EQ(probe_.due_ms(), 10'000U);
  do {
    (void)hear(100'001'000);
  } while (probe_.due_ms() <= 100'001'005);
  EXPECT_EQ(probe_.due_ms(), 100'061'000U) << "a minute at most";
}

TEST(ReadyPorts, are_read_strictly) {
  const auto plain = parse_ready_port("8080");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->port, 8080);
  EXPECT_EQ(plain->address.family, AF_INET);
  EXPECT_EQ(plain->address.bytes[0], 127);
  EXPECT_EQ(parse_ready_port("10.0.0.1:80")->address.bytes[0], 10);
  EXPECT_EQ(parse_ready_port("[::1]:80")->address.family, AF_INET6);
  for (const char* const bad : {"", "0", "65536", "-1", ":80", "host:80", "1.2.3:80", "[::1]", "80:", "[]:80"}) {
    EXPECT_FALSE(parse_ready_port(bad)) << bad;
  }
}

}  // namespace
}  // namespace microctr
