// The keys of supervision and logs: what is refused and how, and what contradicts what.
#include <gtest/gtest.h>

#include "tests/unit/spec_harness.h"

namespace microctr::spec_test {
namespace {

// One line of configuration and the message that it gives, behind "web.conf:1:".
struct Refused {
  const char* line;
  const char* message;
};

void expect_refused(std::initializer_list<Refused> cases) {
  for (const Refused& refused : cases) {
    EXPECT_EQ(read(refused.line)->messages(), std::string("web.conf:1:") + refused.message + "\n") << refused.line;
  }
}

std::string described(const std::string& line) {
  const auto reading = read(line);
  EXPECT_EQ(reading->messages(), "") << line;
  return describe(reading->spec).substr(sizeof "name=web\n" - 1);
}

std::string with_base(const std::string& lines) {
  const auto reading = check("command = a\nlayer = b\n" + lines);
  EXPECT_EQ(reading->valid.has_value(), reading->messages().empty());
  return reading->messages();
}

TEST(SpecSupervision, RefusesBadStarts) {
  expect_refused({
      {"init = 1", "8: init: '1' is not a switch (did you mean 'yes'?)"},
      {"autostart = off", "13: autostart: 'off' is not a switch (did you mean 'no'?)"},
      {"type = one-shot", "8: type: 'one-shot' is not known (did you mean 'oneshot'?)"},
      {"type = daemon", "8: type: 'daemon' is not known (known: service oneshot)"},
      {"after = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "9: after: too many (limit 16)"},
      {"wait_path = dev/sda1", "13: wait_path: 'dev/sda1' is not a path (begin with / , ./ or ../)"},
      {"wait_path = -/dev/sda1", "13: wait_path: a leading '-' is not possible here (remove it)"},
  });
}

TEST(SpecSupervision, RefusesBadRestarts) {
  expect_refused({
      {"restart = on_failure", "11: restart: 'on_failure' is not known (did you mean 'on-failure'?)"},
      {"restart = unless_stopped", "11: restart: 'unless_stopped' is not known (did you mean 'unless-stopped'?)"},
      {"restart = yes", "11: restart: 'yes' is not known (known: no on-failure always unless-stopped)"},
      {"restart_delay = 1", "17: restart_delay: '1' has no unit (write 1s, or ms, m or h)"},
      {"restart_max_delay = 1d",
       "21: restart_max_delay: '1d' is not a time (write a whole number with ms, s, m or h: 10s)"},
      {"restart_limit = 5", "17: restart_limit: '5' lacks the time in which they count (write 5/60s)"},
      {"restart_limit = 5/60", "19: restart_limit: '60' has no unit (write 60s, or ms, m or h)"},
      {"restart_limit = 5/", "19: restart_limit: '' is not a time (write a whole number with ms, s, m or h: 10s)"},
      {"restart_limit = five/60s", "17: restart_limit: 'five' is not a number from 0 to 1000000"},
      {"restart_limit = 0/60s", "17: restart_limit: 0 lets nothing start again (write restart = no for that)"},
      {"restart_limit = 5/0s", "19: restart_limit: nothing happens within no time (write a time: 60s)"},
      {"on_failure = rebot", "14: on_failure: 'rebot' is not known (did you mean 'reboot'?)"},
      {"on_failure = start", "14: on_failure: 'start' lacks the name of a container (write start:NAME)"},
      {"on_failure = start:", "14: on_failure: 'start' lacks the name of a container (write start:NAME)"},
      {"on_failure = reboot:now", "21: on_failure: nothing follows reboot (write reboot alone)"},
  });
}

TEST(SpecSupervision, RefusesBadReadiness) {
  expect_refused({
      {"ready = descriptor", "9: ready: 'descriptor' is not known (known: exec fd socket notify)"},
      {"ready = notfy", "9: ready: 'notfy' is not known (did you mean 'notify'?)"},
      {"ready = fd:3", "12: ready: nothing follows fd (write fd alone)"},
      {"ready = socket", "9: ready: 'socket' lacks what to connect to (write socket:/run/x.sock or socket:8080)"},
      {"ready = socket:", "9: ready: 'socket' lacks what to connect to (write socket:/run/x.sock or socket:8080)"},
      {"ready = socket:0", "16: ready: '0' is neither a port (1 to 65535) nor an absolute path inside (begin with /)"},
      {"ready = socket:run/x",
       "16: ready: 'run/x' is neither a port (1 to 65535) nor an absolute path inside (begin with /)"},
      {"ready = socket:10.0.0.1:http",
       "25: ready: 'http' is neither a port (1 to 65535) nor an absolute path inside (begin with /)"},
      {"ready = socket:localhost:80", "16: ready: 'localhost' is not an IPv4 or IPv6 address"},
      {"ready = socket::80", "16: ready: '' is not an IPv4 or IPv6 address"},
      {"ready = socket:::1:80", "16: ready: an IPv6 address needs brackets here (write socket:[::1]:80)"},
      {"ready = socket:[10.0.0.1]:80", "17: ready: '10.0.0.1' is not an IPv6 address"},
      {"ready = socket:[]:80", "17: ready: '' is not an IPv6 address"},
      {"ready = socket:[:80", "16: ready: '[' is not an IPv4 or IPv6 address"},
      {"start_timeout = 0s", "17: start_timeout: '0s' is over at once (write nothing for no limit)"},
      {"start_timeout = 2min",
       "17: start_timeout: '2min' is not a time (write a whole number with ms, s, m or h: 10s)"},
  });
  const std::string longest = "/" + std::string(106, 'x');
  EXPECT_EQ(read("ready = socket:" + longest)->messages(), "");
  EXPECT_EQ(read("ready = socket:" + longest + "x")->messages(),
            "web.conf:1:16: ready: the path is too long for a socket (limit 107 bytes)\n");
}

TEST(SpecSupervision, ReadsReadiness) {
  EXPECT_EQ(described("ready = fd"), "ready=1\n");
  EXPECT_EQ(described("ready = notify"), "ready=3\n");
  EXPECT_EQ(described("ready = socket:/run/a:b"), "ready=2\nready_socket=/run/a:b\n");
  EXPECT_EQ(described("ready = socket:8080"), "ready=2\nready_socket=8080\n");
  EXPECT_EQ(described("ready = socket:10.0.0.1:65535"), "ready=2\nready_socket=10.0.0.1:65535\n");
  EXPECT_EQ(described("ready = socket:[fd00::1]:1"), "ready=2\nready_socket=[fd00::1]:1\n");
}

TEST(SpecSupervision, RefusesBadChecks) {
  expect_refused({
      {"health_command = sh -c 'a", "24: health_command: this quote is not closed"},
      {"health_command = '' a", "18: health_command: the program's name is empty"},
      {"health_command = a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a",
       "18: health_command: too many words (limit 32)"},
      {"health_interval = 30", "19: health_interval: '30' has no unit (write 30s, or ms, m or h)"},
      {"health_retries = many", "18: health_retries: 'many' is not a number from 0 to 1000"},
  });
  EXPECT_EQ(read("health_command = " + std::string(1023, 'x'))->messages(), "");
  EXPECT_EQ(read("health_command = " + std::string(1024, 'x'))->messages(),
            "web.conf:1:18: health_command: the command is too long (limit 1024 bytes)\n");
}

TEST(SpecSupervision, RefusesBadLogs) {
  expect_refused({
      {"log = file", "7: log: 'file' lacks its path (write file:/data/web.log)"},
      {"log = file:", "7: log: 'file' lacks its path (write file:/data/web.log)"},
      {"log = file:web.log", "12: log: 'web.log' is not a path (begin with / , ./ or ../)"},
      {"log = file:-/web.log", "12: log: a leading '-' is not possible here (remove it)"},
      {"log = file:/x:1m", "15: log: '1m' is not a size (did you mean '1M'?)"},
      {"log = file:/x:1K", "15: log: '1K' is out of range (4K to 1G)"},
      {"log = file:/x:2G", "15: log: '2G' is out of range (4K to 1G)"},
      {"log = file:/x:1M:0", "18: log: '0' is not a number of files (1 to 100)"},
      {"log = file:/x:1M:101", "18: log: '101' is not a number of files (1 to 100)"},
      {"log = file:/x:1M:", "18: log: '' is not a number of files (1 to 100)"},
      {"log = file:/x:1M:2:3", "18: log: '2:3' is not a number of files (1 to 100)"},
      {"log = sylog", "7: log: 'sylog' is not known (did you mean 'syslog'?)"},
      {"log = syslog:1M", "14: log: only ring and file have a size (write syslog alone)"},
  });
}

TEST(SpecSupervision, ReadsLogs) {
  EXPECT_EQ(described("log = file:/x"), "log=1\nlog_size=1048576\nlog_path=/x\nlog_count=3\n");
  EXPECT_EQ(described("log = file:./x:4K"), "log=1\nlog_size=4096\nlog_path=/etc/microctr/containers/x\nlog_count=3\n");
  EXPECT_EQ(described("log = file:/x:1G:100"), "log=1\nlog_size=1073741824\nlog_path=/x\nlog_count=100\n");
  EXPECT_EQ(described("log = ring:64M"), "log_size=67108864\n");
  EXPECT_EQ(described("log = console"), "log=2\n");
  EXPECT_EQ(described("log = syslog"), "log=3\n");
  EXPECT_EQ(described("log = none"), "log=4\n");
  EXPECT_EQ(describe(read(ReadingInput{"log = ring", "log = file:/x:8K:2"})->spec), "name=web\n");
}

TEST(SpecSupervision, ListsAddUpAndAreEmptied) {
  EXPECT_EQ(described("after = a\nafter = b, c\nrequires = d\nwait_path = /e\nwait_path = ./f"),
            "after=a\nafter=b\nafter=c\nrequires=d\nwait_path=/e\nwait_path=/etc/microctr/containers/f\n");
  EXPECT_EQ(described("after = a b\nafter =\nrequires = d\nrequires =\nwait_path = /e\nwait_path ="), "");
}

TEST(SpecSupervision, ChecksNames) {
  EXPECT_EQ(with_base("after = web"), "web.conf:3:9: after: web cannot wait for itself (remove it)\n");
  EXPECT_EQ(with_base("requires = db web"), "web.conf:3:12: requires: web cannot wait for itself (remove it)\n");
  EXPECT_EQ(with_base("after = db\nafter = cache db"), "web.conf:4:9: after: 'db' is given twice (keep one)\n");
  EXPECT_EQ(with_base("after = db\nrequires = db"), "");
  EXPECT_EQ(with_base("after = a/b"),
            "web.conf:3:9: after: 'a/b' is not a container's name (letters, digits, '.', '_' and '-'; a letter or "
            "digit first; at most 63)\n");
  EXPECT_EQ(with_base("requires = " + std::string(63, 'x')), "");
  EXPECT_NE(with_base("requires = " + std::string(64, 'x')), "");
}

TEST(SpecSupervision, ChecksRestarts) {
  const std::string never =
      "would never happen, as it is started again without end (write restart_limit = 5/60s, or restart = no)\n";
  EXPECT_EQ(
      with_base("type = oneshot\nrestart = always"),
      "web.conf:4:11: restart: a oneshot that did its work is done (write on-failure or no, or type = service)\n");
  EXPECT_NE(with_base("type = oneshot\nrestart = unless-stopped"), "");
  EXPECT_EQ(with_base("type = oneshot\nrestart = on-failure"), "");
  EXPECT_EQ(with_base("type = oneshot"), "");
  EXPECT_EQ(with_base("restart_delay = 0s"),
            "web.conf:3:17: restart_delay: 0 would start it again without a pause (write a time: 100ms)\n");
  EXPECT_EQ(with_base("restart_delay = 2s\nrestart_max_delay = 1s"),
            "web.conf:4:21: restart_max_delay: restart_max_delay is shorter than restart_delay (write a longer one)\n");
  EXPECT_EQ(with_base("restart_delay = 61s"),
            "web.conf:3:17: restart_delay: restart_max_delay is shorter than restart_delay (write a longer one)\n");
  EXPECT_EQ(with_base("restart_delay = 1m"), "");
  EXPECT_EQ(with_base("on_failure = reboot"), "web.conf:3:14: on_failure: " + never);
  EXPECT_EQ(with_base("on_failure = reboot\nrestart = always"), "web.conf:3:14: on_failure: " + never);
  EXPECT_EQ(with_base("on_failure = reboot\nrestart = always\nrestart_limit = 5/60s"), "");
  EXPECT_EQ(with_base("on_failure = start:rescue\nrestart = no"), "");
  EXPECT_EQ(with_base("on_failure = start:web\nrestart = no"),
            "web.conf:3:14: on_failure: web has just failed (name another container)\n");
  EXPECT_EQ(with_base("on_failure = start:a/b\nrestart = no"),
            "web.conf:3:14: on_failure: 'a/b' is not a container's name (letters, digits, '.', '_' and '-'; a letter "
            "or digit first)\n");
}

TEST(SpecSupervision, ChecksReadiness) {
  EXPECT_EQ(with_base("type = oneshot\nready = fd"),
            "web.conf:4:9: ready: a oneshot is ready by its good end (remove the key, or write type = service)\n");
  EXPECT_EQ(with_base("type = oneshot\nready = exec\nstart_timeout = 5m"), "");
  EXPECT_EQ(with_base("ready = notify\ntty = yes"), "");
  EXPECT_EQ(with_base("ready = socket:/run/../x"),
            "web.conf:3:9: ready: '/run/../x' contains '..' (write the path without it)\n");
}

TEST(SpecSupervision, ChecksHealth) {
  const std::string no_check = ": there is no check (write health_command = PROGRAM too)\n";
  EXPECT_EQ(with_base("health_interval = 1m"), "web.conf:3:19: health_interval" + no_check);
  EXPECT_EQ(with_base("health_timeout = 1m"), "web.conf:3:18: health_timeout" + no_check);
  EXPECT_EQ(with_base("health_retries = 1"), "web.conf:3:18: health_retries" + no_check);
  EXPECT_EQ(with_base("health_start_period = 1m"), "web.conf:3:23: health_start_period" + no_check);
  EXPECT_EQ(with_base("health_start_period ="), "");
  const std::string base = "command = a\nlayer = b\n";
  EXPECT_EQ(check(ReadingInput{base, "health_interval = 1m"})->messages(), "") << "for those that have a check";
  EXPECT_EQ(check(ReadingInput{base, "", {"health_retries=1"}})->messages(),
            "-o health_retries=1: health_retries" + no_check);
  EXPECT_EQ(with_base("health_command = a\nhealth_interval = 1s\nhealth_timeout = 1m\nhealth_start_period = 0s"), "");
  EXPECT_EQ(with_base("health_command = a\nhealth_interval = 0s"),
            "web.conf:4:19: health_interval: 0 would check without a pause (write a time: 30s)\n");
  EXPECT_EQ(with_base("health_command = a\nhealth_timeout = 0ms"),
            "web.conf:4:18: health_timeout: no check is over at once (write a time: 5s)\n");
  EXPECT_EQ(with_base("health_command = a\nhealth_retries = 0"),
            "web.conf:4:18: health_retries: 0 would never count (write 1 for the first bad check)\n");
  EXPECT_EQ(with_base("health_command = a\ntype = oneshot"),
            "web.conf:3:18: health_command: a oneshot is not checked (remove the key, or write type = service)\n");
}

TEST(SpecSupervision, ChecksTheLog) {
  EXPECT_EQ(with_base("log = file:/data/"), "web.conf:3:7: log: '/data/' names a directory (add the file's name)\n");
  EXPECT_EQ(with_base("log = file:/" + std::string(254, 'l')), "");
  EXPECT_NE(with_base("log = file:/" + std::string(255, 'l')).find("is too long (limit 255 bytes)"), std::string::npos);
  EXPECT_EQ(with_base("log = file:/data/web.log"), "");
}

// What another front end than the reader could make.
TEST(SpecSupervision, ChecksASpecWithoutOrigins) {
  const auto reading = std::make_unique<Reading>();
  Spec& spec = reading->spec;
  spec.name = "a";
  ASSERT_TRUE(spec.command.push("a"));
  ASSERT_TRUE(spec.layers.push({"/b"}));
  ASSERT_TRUE(spec.supervision.wait_paths.push("dev"));
  spec.log = LogKind::file;
  spec.log_path = "x";
  EXPECT_FALSE(validate(spec, reading->origins, reading->diagnostics));
  EXPECT_EQ(reading->messages(),
            ": wait_path: 'dev' is not absolute (begin with /)\n"
            ": log: 'x' is not absolute (begin with /)\n");
}

}  // namespace
}  // namespace microctr::spec_test
