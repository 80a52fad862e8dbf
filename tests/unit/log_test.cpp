// Logs: entries, files that make room, sinks, streams, evidence.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "image_scratch.h"
#include "launcher/base/sys.h"
#include "launcher/cli/log_chain.h"
#include "launcher/cli/log_printer.h"
#include "launcher/supervisor/evidence.h"
#include "launcher/supervisor/log_entry.h"
#include "launcher/supervisor/log_outlets.h"
#include "launcher/supervisor/log_sink.h"
#include "launcher/supervisor/log_streams.h"

namespace microctr {
namespace {

using Lines = std::vector<std::string>;

// Each entry without its time.
Lines entries_of(const std::string& content) {
  Lines lines;
  std::size_t at = 0;
  while (at < content.size()) {
    std::size_t end = content.find('\n', at);
    if (end == std::string::npos) end = content.size();
    lines.push_back(content.substr(content.find(' ', at) + 1, end - content.find(' ', at) - 1));
    at = end + 1;
  }
  return lines;
}

// --- entries

TEST(LogEntry, comes_back_as_it_was) {
  TextBuffer<256> text;
  add_log_entry(text, "2026-11-22T03:25:08.000000001Z", {{}, Stream::error, false, "two words"});
  EXPECT_EQ(text.view(), "2026-11-22T03:25:08.000000001Z stderr P two words\n");
  const LogEntry entry = parse_log_entry(leading(text.view(), text.size() - 1));
  EXPECT_EQ(entry.time, "2026-11-22T03:25:08.000000001Z");
  EXPECT_EQ(entry.stream, Stream::error);
  EXPECT_FALSE(entry.ends_line);
  EXPECT_EQ(entry.text, "two words");
}

TEST(LogEntry, nonsense_does_no_harm) {
  for (const char* line : {"", " ", "a", "a b", "a b c", "    ", "2026 stdout F"}) (void)parse_log_entry(line);
  EXPECT_EQ(parse_log_entry("2026 microctr F x").stream, Stream::note);
}

TEST(LogEntry, lines_are_cut_at_their_ends_or_at_the_size_and_never_in_a_character) {
  std::string_view bytes = "one\n\ntwelve345678";
  EXPECT_EQ(cut_log_line(bytes, 6).text, "one");
  EXPECT_EQ(cut_log_line(bytes, 6).text, "");
  const CutLine part = cut_log_line(bytes, 6);
  EXPECT_EQ(part.text, "twelve");
  EXPECT_FALSE(part.ends_line);
  bytes = "abcd\u20acuro";  // the sign has three bytes
  EXPECT_EQ(cut_log_line(bytes, 5).text, "abcd");
  EXPECT_EQ(cut_log_line(bytes, 5).text, "\u20acur");
  bytes = "\x80\x80\x80\x80\x80\x80\x80\x80";  // no character at all
  EXPECT_EQ(cut_log_line(bytes, 4).text.size(), 4U);
}

// --- files

class LogFiles : public Scratch {
 protected:
  LogFiles() : path_text_(at("web.log")) {}
  LogShelf shelf(std::uint64_t size, std::uint32_t count) const { return {text(path_text_), size, count, 0640}; }

  std::string path_text_;
  std::uint32_t lost_ = 0;
};

TEST_F(LogFiles, rotate_in_whole_lines_and_keep_their_number) {
  LogFile file;
  ASSERT_TRUE(file.open(shelf(2048, 3)));
  for (int line = 0; line < 200; ++line) {
    ASSERT_TRUE(file.write(shelf(2048, 3), Stream::output, "line " + std::to_string(line) + "\n", lost_));
  }
  EXPECT_EQ(entries(), 3U);
  std::string all;
  for (const char* name : {"web.log.2", "web.log.1", "web.log"}) {
    EXPECT_LE(read(name).size(), 2048U);
    EXPECT_EQ(read(name).back(), '\n');
    all += read(name);
  }
  const Lines lines = entries_of(all);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    EXPECT_EQ(lines[at], "stdout F line " + std::to_string(200 - lines.size() + at));
  }
  EXPECT_GT(lines.size(), 60U);
  EXPECT_EQ(lost_, 0U);
  struct stat status = {};
  ASSERT_EQ(::stat(path_text_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_F(LogFiles, one_file_begins_anew) {
  LogFile file;
  ASSERT_TRUE(file.open(shelf(2048, 1)));
  const Fd before(::open(path_text_.c_str(), O_RDONLY | O_CLOEXEC));
  for (int line = 0; line < 60; ++line) ASSERT_TRUE(file.write(shelf(2048, 1), Stream::output, "0123456789\n", lost_));
  EXPECT_EQ(entries(), 1U);
  EXPECT_LE(read("web.log").size(), 2048U);
  EXPECT_NE(sys::status(before.get()).value().inode,
            sys::status_at(sys::working_directory, text(path_text_), 0).value().inode);
}

TEST_F(LogFiles, append_and_end_what_a_power_cut_left_half) {
  write("web.log", "2026 stdout F whole\n2026 stdout F ha");
  LogFile file;
  ASSERT_TRUE(file.open(shelf(2048, 3)));
  ASSERT_TRUE(file.write(shelf(2048, 3), Stream::error, "new\n", lost_));
  EXPECT_EQ(entries_of(read("web.log")), (Lines{"stdout F whole", "stdout F ha", "stderr F new"}));
}

TEST_F(LogFiles, rotation_goes_on_where_an_earlier_one_got_halfway) {
  write("web.log.1", "older\n");  // and PATH itself is gone
  LogFile file;
  ASSERT_TRUE(file.open(shelf(2048, 3)));
  ASSERT_EQ(::unlink(path_text_.c_str()), 0);
  for (int line = 0; line < 60; ++line) ASSERT_TRUE(file.write(shelf(2048, 3), Stream::output, "0123456789\n", lost_));
  EXPECT_TRUE(exists("web.log"));
  EXPECT_EQ(read("web.log.1"), "older\n");
}

TEST_F(LogFiles, rotation_that_fails_again_and_again_loses_no_older_file) {
  write("web.log.1", "older\n");
  LogFile file;
  ASSERT_TRUE(file.open(shelf(2048, 4)));
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  for (int line = 0; line < 60; ++line) (void)file.write(shelf(2048, 4), Stream::output, "0123456789\n", lost_);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(read("web.log.2"), "older\n");
  EXPECT_FALSE(exists("web.log.3"));
}

TEST_F(LogFiles, long_line_is_in_parts) {
  LogFile file;
  ASSERT_TRUE(file.open(shelf(16384, 2)));
  ASSERT_TRUE(file.write(shelf(16384, 2), Stream::output, std::string(5000, 'x') + "\n", lost_));
  const Lines lines = entries_of(read("web.log"));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "stdout P " + std::string(2048, 'x'));
  EXPECT_EQ(lines[2], "stdout F " + std::string(5000 - 4096, 'x'));
}

TEST_F(LogFiles, fifo_or_link_in_its_place_is_refused_and_holds_nobody) {
  ASSERT_EQ(::mkfifo(path_text_.c_str(), 0600), 0);
  LogFile file;
  EXPECT_FALSE(file.open(shelf(2048, 1)));
  ASSERT_EQ(::unlink(path_text_.c_str()), 0);
  ASSERT_EQ(::symlink("elsewhere", path_text_.c_str()), 0);
  EXPECT_FALSE(file.open(shelf(2048, 1)));
  EXPECT_FALSE(exists("elsewhere"));
}

// --- sinks

class Sinks : public Scratch {
 protected:
  Sinks() : runtime_(at("run")), data_(at("data")) {
    std::filesystem::create_directories(runtime_ + "/containers/web");
    places_.runtime = text(runtime_);
    places_.data = text(data_);
  }

  std::string runtime_;
  std::string data_;
  Places places_;
  Spec spec_;
};

TEST_F(Sinks, ring_is_two_files_in_the_record) {
  LogSink sink;
  spec_.log_size = 4096;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
  for (int line = 0; line < 100; ++line) sink.write(Stream::output, "0123456789\n");
  EXPECT_LE(read("run/containers/web/log").size() + read("run/containers/web/log.1").size(), 4096U);
  EXPECT_GT(read("run/containers/web/log.1").size(), 1024U);
  sink.close();
  const std::string before = read("run/containers/web/log");
  sink.write(Stream::output, "closed\n");
  EXPECT_EQ(read("run/containers/web/log"), before);
}

std::uint64_t written_calls() {
  std::ifstream file("/proc/self/io");
  std::string word;
  while (file >> word) {
    if (word != "syscw:") continue;
    std::uint64_t count = 0;
    file >> count;
    return count;
  }
  return 0;
}

TEST_F(Sinks, silence_costs_no_write_and_a_chunk_costs_few) {
  LogSink sink;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
  sink.write(Stream::output, "first\n");
  std::uint64_t before = written_calls();
  if (before == 0) GTEST_SKIP() << "the kernel counts no calls";
  sink.write(Stream::output, "");
  EXPECT_EQ(written_calls() - before, 0U);
  sink.write(Stream::output, "one line\n");
  EXPECT_EQ(written_calls() - before, 1U);
  before = written_calls();
  std::string chunk;
  while (chunk.size() < log_chunk - 64) chunk += std::string(60, 'x') + "\n";
  sink.write(Stream::output, chunk);
  EXPECT_LE(written_calls() - before, 6U);
}

TEST_F(Sinks, file_whose_directory_comes_late) {
  const std::string path = at("disk/web.log");
  spec_.log = LogKind::file;
  spec_.log_path = text(path);
  spec_.log_size = 65536;
  spec_.log_count = 3;
  LogSink sink;
  const auto opened = LogSink::open(sink, places_, "web", spec_, -1);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ENOENT);
  testing::internal::CaptureStderr();
  sink.write(Stream::output, "lost\nlost as well\n");
  sink.write(Stream::output, "lost too\n");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_NE(said.find("web"), std::string::npos);
  std::filesystem::create_directory(at("disk"));
  sink.write(Stream::output, "kept\n");
  EXPECT_EQ(entries_of(read("disk/web.log")),
            (Lines{"microctr F 3 entries are missing here: No such file or directory", "stdout F kept"}));
}

TEST_F(Sinks, full_disk_loses_whole_lines_and_says_how_many) {
  std::filesystem::create_directory(at("disk"));
  if (::mount("tiny", at("disk").c_str(), "tmpfs", 0, "size=8k") != 0) GTEST_SKIP() << "mount needs root";
  const std::string path = at("disk/web.log");
  spec_.log = LogKind::file;
  spec_.log_path = text(path);
  spec_.log_size = 65536;
  spec_.log_count = 1;
  testing::internal::CaptureStderr();
  {
    LogSink sink;
    EXPECT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
    write("disk/other", std::string(4096, 'x'));
    for (int chunk = 0; chunk < 10; ++chunk) {  // of which one fits in part
      std::string lines;
      for (int line = 0; line < 20; ++line) lines += "line " + std::to_string(chunk * 20 + line) + "\n";
      sink.write(Stream::output, lines);
    }
    EXPECT_EQ(read("disk/web.log").back(), '\n');
    const std::size_t kept = entries_of(read("disk/web.log")).size();
    EXPECT_GT(kept, 50U);
    EXPECT_LT(kept, 110U);
    std::filesystem::remove(at("disk/other"));
    sink.write(Stream::output, "again\n");
    const Lines lines = entries_of(read("disk/web.log"));
    EXPECT_EQ(lines.size(), kept + 2);
    EXPECT_EQ(lines.size() > kept ? lines[kept] : "",
              "microctr F " + std::to_string(200 - kept) + " entries are missing here: No space left on device");
    EXPECT_EQ(lines.back(), "stdout F again");
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_NE(said.find("No space left"), std::string::npos) << said;
  ::umount2(at("disk").c_str(), MNT_DETACH);
}

class ConsoleSinks : public Sinks {
 protected:
  ConsoleSinks() : console_(::open(at("console").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    spec_.log = LogKind::console;
  }
  Fd console_;
};

TEST_F(ConsoleSinks, pieces_become_lines_and_control_characters_nothing) {
  LogSink sink;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, console_.get()));
  sink.write(Stream::output, "one-");
  sink.write(Stream::error, "be");
  sink.write(Stream::output, "two\nthree\nfo");
  sink.write(Stream::error, "side\n");
  sink.write(Stream::output, "ur\n\x1b[2Jtab\there\r\n");
  sink.write(Stream::output, "the end");
  sink.write(Stream::error, "");
  EXPECT_EQ(read("console"), "[web] one-two\n[web] three\n[web] beside\n[web] four\n[web] ?[2Jtab\there?\n");
  sink.flush();
  EXPECT_EQ(read("console").substr(read("console").size() - 14), "[web] the end\n");
  sink.write(Stream::output, "goes on");
  sink.close();
  EXPECT_EQ(read("console").substr(read("console").size() - 14), "[web] goes on\n");
}

TEST_F(ConsoleSinks, long_line_comes_in_parts) {
  LogSink sink;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, console_.get()));
  sink.write(Stream::output, std::string(600, 'a'));
  sink.write(Stream::output, std::string(400, 'b'));
  EXPECT_EQ(read("console"), "");
  sink.write(Stream::output, std::string(1500, 'c') + "\nnext\n");
  EXPECT_EQ(read("console"), "[web] " + std::string(600, 'a') + std::string(400, 'b') + "\n[web] " +
                                 std::string(1000, 'c') + "\n[web] " + std::string(500, 'c') + "\n[web] next\n");
  sink.write(Stream::output, std::string(2000, 'd') + "\n");
  EXPECT_EQ(read("console").size(), 1007U + 1007U + 507U + 11U + 2 * 1007U);
}

TEST_F(ConsoleSinks, who_began_first_makes_room_for_others) {
  std::vector<std::unique_ptr<LogSink>> sinks;
  for (std::size_t at = 0; at <= held_lines; ++at) {
    sinks.push_back(std::make_unique<LogSink>());
    const std::string name = "c" + std::to_string(at);
    ASSERT_TRUE(LogSink::open(*sinks.back(), places_, text(name), spec_, console_.get()));
    sinks.back()->write(Stream::output, "begin");
  }
  EXPECT_EQ(read("console"), "[c0] begin\n");
  sinks[0]->write(Stream::output, "-end\n");
  sinks[1]->write(Stream::output, "-end\n");
  EXPECT_EQ(read("console"), "[c0] begin\n[c0] -end\n[c1] begin-end\n");
}

TEST_F(ConsoleSinks, machine_without_one) {
  LogSink sink;
  EXPECT_FALSE(LogSink::open(sink, places_, "web", spec_, -1));
  sink.write(Stream::output, "nowhere\n");
}

class SyslogSinks : public Sinks {
 protected:
  SyslogSinks() : path_text_(at("log")) {
    spec_.log = LogKind::syslog;
    set_system_log(text(path_text_));
  }
  void start_daemon() {
    daemon_ = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path_text_.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    ::unlink(path_text_.c_str());
    ASSERT_EQ(::bind(daemon_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  std::string heard() const {
    char buffer[4096];
    const ssize_t size = ::recv(daemon_.get(), static_cast<char*>(buffer), sizeof buffer, 0);
    return size < 0 ? "" : std::string(static_cast<char*>(buffer), static_cast<std::size_t>(size));
  }

  std::string path_text_;
  Fd daemon_;
};

TEST_F(SyslogSinks, message_for_each_line) {
  start_daemon();
  LogSink sink;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
  sink.write(Stream::output, "early\n");
  sink.set_process(42);
  sink.write(Stream::error, "be");
  sink.write(Stream::output, "one\nt");
  sink.write(Stream::error, "side\n");
  sink.write(Stream::output, "wo\n");
  EXPECT_EQ(heard(), "<30>web: early");
  EXPECT_EQ(heard(), "<30>web[42]: one");
  EXPECT_EQ(heard(), "<27>web[42]: beside");
  EXPECT_EQ(heard(), "<30>web[42]: two");
  EXPECT_EQ(heard(), "");
}

TEST_F(SyslogSinks, daemon_that_is_replaced_or_away) {
  testing::internal::CaptureStderr();
  LogSink sink;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
  sink.write(Stream::output, "nobody\nlistens\n");
  start_daemon();
  sink.write(Stream::output, "first\n");
  EXPECT_EQ(heard(), "<27>web: 2 messages are missing here: No such file or directory");
  EXPECT_EQ(heard(), "<30>web: first");
  start_daemon();  // another one
  sink.write(Stream::output, "second\n");
  EXPECT_EQ(heard(), "<30>web: second");
  daemon_.close();
  sink.write(Stream::output, "gone\n");
  start_daemon();
  sink.write(Stream::output, "back\n");
  EXPECT_EQ(heard(), "<27>web: 1 messages are missing here: Connection refused");
  EXPECT_EQ(heard(), "<30>web: back");
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

TEST_F(SyslogSinks, daemon_that_does_not_read_holds_nobody) {
  start_daemon();
  testing::internal::CaptureStderr();
  LogSink sink;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
  std::string lines;
  for (int line = 0; line < 2000; ++line) lines += "x\n";
  for (int chunk = 0; chunk < 10; ++chunk) sink.write(Stream::output, lines);
  std::size_t count = 0;
  while (!heard().empty()) ++count;
  EXPECT_LT(count, 20000U);
  sink.write(Stream::output, "after\n");
  EXPECT_EQ(heard(), "<27>web: " + std::to_string(20000 - count) +
                         " messages are missing here: Resource temporarily unavailable");
  EXPECT_EQ(heard(), "<30>web: after");
  testing::internal::GetCapturedStderr();
}

TEST_F(SyslogSinks, slow_daemon_gets_one_moment_for_all_lines_that_come_together) {
  start_daemon();
  testing::internal::CaptureStderr();
  LogSink sink;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
  std::atomic<bool> reads = true;
  std::thread daemon([&] {
    for (; reads; std::this_thread::sleep_for(std::chrono::milliseconds(2))) (void)heard();
  });
  std::string lines;
  for (int line = 0; line < 1500; ++line) lines += "x\n";
  const std::uint64_t began = sys::monotonic_ms();
  sink.write(Stream::output, lines);
  EXPECT_LT(sys::monotonic_ms() - began, 500U);
  reads = false;
  daemon.join();
  testing::internal::GetCapturedStderr();
}

TEST_F(Sinks, none_is_nothing) {
  LogSink sink;
  spec_.log = LogKind::none;
  ASSERT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
  sink.write(Stream::output, "nothing\n");
  EXPECT_FALSE(exists("run/containers/web/log"));
}

// --- streams

class StreamsOfRecord : public Scratch {
 protected:
  std::string record_ = path_.string();
  char buffer_[log_chunk];
};

TEST_F(StreamsOfRecord, writer_survives_the_end_of_its_reader) {
  LogStreams ours;
  std::array<Fd, 3> theirs;
  ASSERT_TRUE(make_streams(text(record_), ours, theirs));
  ASSERT_EQ(::write(theirs[1].get(), "first\n", 6), 6);
  EXPECT_EQ(take_chunk(ours.output, buffer_), "first\n");
  ours = {};
  ASSERT_EQ(::write(theirs[1].get(), "alone\n", 6), 6) << "no EPIPE";
  ASSERT_EQ(::write(theirs[2].get(), "error\n", 6), 6);
  ASSERT_TRUE(reopen_streams(text(record_), ours));
  EXPECT_EQ(take_chunk(ours.output, buffer_), "alone\n");
  EXPECT_EQ(take_chunk(ours.error, buffer_), "error\n");
  EXPECT_EQ(take_chunk(ours.output, buffer_), "");
  EXPECT_TRUE(ours.output) << "its writer is still there";
  theirs[1].close();
  EXPECT_EQ(take_chunk(ours.output, buffer_), "");
  EXPECT_FALSE(ours.output) << "the end is taken once";
}

TEST_F(StreamsOfRecord, theirs_blocks_and_ours_does_not) {
  LogStreams ours;
  std::array<Fd, 3> theirs;
  ASSERT_TRUE(make_streams(text(record_), ours, theirs));
  for (const Fd& fifo : {std::cref(theirs[1]), std::cref(theirs[2])}) {
    EXPECT_EQ(::fcntl(fifo.get(), F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_RDWR);
  }
  EXPECT_EQ(::fcntl(ours.output.get(), F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_RDONLY | O_NONBLOCK);
  EXPECT_TRUE(sys::poll_one(ours.output.get(), POLLIN, 0) && !sys::poll_one(ours.output.get(), POLLIN, 0).value());
}

TEST_F(StreamsOfRecord, made_anew_for_each_life) {
  LogStreams ours;
  std::array<Fd, 3> theirs;
  ASSERT_TRUE(make_streams(text(record_), ours, theirs));
  ASSERT_EQ(::write(theirs[1].get(), "old\n", 4), 4);
  LogStreams newer;
  std::array<Fd, 3> inherited;
  ASSERT_TRUE(make_streams(text(record_), newer, inherited));
  EXPECT_EQ(take_chunk(newer.output, buffer_), "");
  EXPECT_EQ(take_chunk(ours.output, buffer_), "old\n");
}

TEST_F(StreamsOfRecord, reopened_where_there_are_none) {
  LogStreams ours;
  const auto opened = reopen_streams(text(record_), ours);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ENOENT);
  write("out");
  write("err");
  EXPECT_FALSE(reopen_streams(text(record_), ours)) << "a plain file is none";
}

// --- evidence

class Evidence : public Sinks {
 protected:
  void say(int lines) {
    LogSink sink;
    spec_.log_size = 8192;
    EXPECT_TRUE(LogSink::open(sink, places_, "web", spec_, -1));
    for (int line = 0; line < lines; ++line) sink.write(Stream::output, "line " + std::to_string(line) + "\n");
  }
  bool keep(Failing failing, EvidenceLimit& limit, LogKind kind = LogKind::ring) {
    const auto kept = keep_evidence(places_, "web", kind, "exit status 3", failing, limit);
    EXPECT_TRUE(kept);
    return kept && kept.value();
  }
};

TEST_F(Evidence, has_the_reason_and_the_last_whole_entries) {
  say(200);
  EvidenceLimit limit;
  ASSERT_TRUE(keep(Failing::again, limit));
  const Lines lines = entries_of(read("data/evidence/web.log"));
  ASSERT_GT(lines.size(), 50U);
  EXPECT_EQ(lines.front(), "microctr F web has failed: exit status 3; what it said before:");
  for (std::size_t at = 1; at < lines.size(); ++at) {
    EXPECT_EQ(lines[at], "stdout F line " + std::to_string(200 - lines.size() + at)) << "a whole entry";
  }
  const std::string content = read("data/evidence/web.log");
  EXPECT_EQ(content.substr(content.find('\n') + 1, 2), "20") << "and its time";
  EXPECT_EQ(lines.back(), "stdout F line 199");
  EXPECT_LE(read("data/evidence/web.log").size(), evidence_size + 512);
  EXPECT_GT(read("data/evidence/web.log").size(), evidence_size - 100);
  EXPECT_FALSE(exists("data/evidence/web.new"));
  struct stat status = {};
  ASSERT_EQ(::stat(at("data/evidence/web.log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(Evidence, crash_loop_writes_once_and_the_end_of_it_once_more) {
  say(1);
  EvidenceLimit limit;
  EXPECT_TRUE(keep(Failing::again, limit));
  say(2);
  EXPECT_FALSE(keep(Failing::again, limit));
  EXPECT_EQ(entries_of(read("data/evidence/web.log")).size(), 2U);
  EXPECT_TRUE(keep(Failing::for_good, limit));
  EXPECT_EQ(entries_of(read("data/evidence/web.log")).size(), 4U);
  EXPECT_FALSE(keep(Failing::again, limit));
  limit.kept_ms = sys::monotonic_ms() - evidence_pause_ms;  // as if it were long ago
  EXPECT_TRUE(keep(Failing::again, limit));
}

TEST_F(Evidence, without_output) {
  EvidenceLimit limit;
  EXPECT_TRUE(keep(Failing::for_good, limit));
  EXPECT_EQ(entries_of(read("data/evidence/web.log")), (Lines{"microctr F web has failed for good: exit status 3"}));
  EXPECT_TRUE(open_evidence(places_, "web"));
  EXPECT_TRUE(remove_evidence(places_, "web").value());
  EXPECT_FALSE(remove_evidence(places_, "web").value());
}

TEST_F(Evidence, only_of_a_ring) {
  EvidenceLimit limit;
  for (const LogKind kind : {LogKind::file, LogKind::console, LogKind::syslog, LogKind::none}) {
    EXPECT_FALSE(keep(Failing::for_good, limit, kind));
  }
  EXPECT_FALSE(exists("data"));
}

// --- reading

class Chain : public LogFiles {
 protected:
  // What `logs -n LINES` prints.
  Lines last(std::uint64_t lines) {
    LogChain chain;
    EXPECT_TRUE(chain.open(text(path_text_), 4));
    const LogChain::Start start = chain.find_last(lines);
    Lines found;
    for (std::size_t number = start.file + 1; number-- > 0;) {
      EntryReader reader(chain.file(number), 0);
      std::uint64_t skip = number == start.file ? start.skip : 0;
      std::string_view line;
      while (reader.next(line).value()) {
        const LogEntry entry = parse_log_entry(line);
        if (skip == 0)
          found.emplace_back(entry.text);
        else if (entry.ends_line)
          --skip;
      }
    }
    return found;
  }
};

TEST_F(Chain, last_lines_are_found_across_files) {
  write("web.log.2", "1 stdout F a\n2 stdout F b\n3 stdout P c\n");
  write("web.log.1", "4 stdout F d\n5 stdout F e\n");
  write("web.log", "6 stdout F f\n7 stdout P g\n");
  EXPECT_EQ(last(0), Lines());
  EXPECT_EQ(last(1), (Lines{"g"}));
  EXPECT_EQ(last(2), (Lines{"f", "g"}));
  EXPECT_EQ(last(3), (Lines{"e", "f", "g"}));
  EXPECT_EQ(last(4), (Lines{"c", "d", "e", "f", "g"})) << "a line that begins in an older file";
  EXPECT_EQ(last(5), (Lines{"b", "c", "d", "e", "f", "g"}));
  EXPECT_EQ(last(100), (Lines{"a", "b", "c", "d", "e", "f", "g"}));
}

// As when room was made while they were opened one after the other.
TEST_F(Chain, file_that_moves_meanwhile_is_read_once) {
  write("web.log", "1 stdout F a\n");
  ASSERT_EQ(::link(path_text_.c_str(), at("web.log.1").c_str()), 0);
  write("web.log.2", "0 stdout F z\n");
  EXPECT_EQ(last(100), (Lines{"z", "a"}));
}

TEST_F(Chain, half_an_entry_is_read_when_it_is_whole) {
  write("web.log", "1 stdout F a\n2 stdout F hal");
  const Fd file(::open(path_text_.c_str(), O_RDONLY | O_CLOEXEC));
  EntryReader reader(file.get(), 0);
  std::string_view line;
  ASSERT_TRUE(reader.next(line).value());
  EXPECT_FALSE(reader.next(line).value());
  EXPECT_EQ(reader.offset(), 13U);
  std::ofstream(path_text_, std::ios::app) << "f\n";
  ASSERT_TRUE(reader.next(line).value());
  EXPECT_EQ(line, "2 stdout F half");
}

TEST_F(Chain, newer_file_is_the_next_one) {
  write("web.log.2", "a\n");
  write("web.log.1", "b\n");
  write("web.log", "c\n");
  const auto content = [](const Fd& file) {
    char buffer[8];
    return std::string(static_cast<char*>(buffer), sys::read_at(file.get(), buffer, 0).value());
  };
  const Fd oldest = open_newer(text(path_text_), 3, -1).take();
  EXPECT_EQ(content(oldest), "a\n");
  const Fd middle = open_newer(text(path_text_), 3, oldest.get()).take();
  EXPECT_EQ(content(middle), "b\n");
  const Fd newest = open_newer(text(path_text_), 3, middle.get()).take();
  EXPECT_EQ(content(newest), "c\n");
  EXPECT_FALSE(open_newer(text(path_text_), 3, newest.get()).take());
  ASSERT_EQ(::unlink(at("web.log.2").c_str()), 0);
  EXPECT_EQ(content(open_newer(text(path_text_), 3, oldest.get()).take()), "b\n") << "what it has lost, it has lost";
}

std::string printed(LogPrinter::Form form, const Lines& lines, std::string* error = nullptr) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  LogPrinter printer(form);
  for (const std::string& line : lines) printer.print(parse_log_entry(line));
  printer.finish();
  const std::string said = testing::internal::GetCapturedStderr();
  if (error != nullptr) *error = said;
  return testing::internal::GetCapturedStdout();
}

TEST(LogPrinter, lines_and_times) {
  const Lines lines = {"1 stdout P a", "2 stderr F e", "3 stdout F b", "4 microctr F note"};
  std::string error;
  EXPECT_EQ(printed(LogPrinter::Form::plain, lines, &error), "ab\n");
  EXPECT_EQ(error, "e\nmicroctr: note\n");
  EXPECT_EQ(printed(LogPrinter::Form::timed, lines, &error), "1 ab\n");
  EXPECT_EQ(error, "2 e\n4 microctr: note\n");
}

TEST(LogPrinter, json) {
  EXPECT_EQ(printed(LogPrinter::Form::json, {"1 stdout P a\"\\", "2 stdout F \x01\xff\u20ac"}),
            "{\"time\":\"1\",\"stream\":\"stdout\",\"text\":\"a\\\"\\\\\\u0001\ufffd\u20ac\"}\n");
  EXPECT_EQ(printed(LogPrinter::Form::json, {"1 stdout P a", "2 stderr F e", "3 stdout F b", "4 stdout P end"}),
            "{\"time\":\"1\",\"stream\":\"stdout\",\"text\":\"a\",\"partial\":true}\n"
            "{\"time\":\"2\",\"stream\":\"stderr\",\"text\":\"e\"}\n"
            "{\"time\":\"3\",\"stream\":\"stdout\",\"text\":\"b\"}\n"
            "{\"time\":\"4\",\"stream\":\"stdout\",\"text\":\"end\",\"partial\":true}\n");
}

}  // namespace
}  // namespace microctr
