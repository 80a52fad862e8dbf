#include "launcher/spec/validate.h"

#include <gtest/gtest.h>

#include "tests/unit/spec_harness.h"

namespace microctr::spec_test {
namespace {

const std::string base = "command = a\nlayer = b\n";  // lines 1 and 2 of what the tests add to

std::string messages_of(const std::string& text) {
  const auto reading = check(text);
  EXPECT_EQ(reading->valid.has_value(), reading->count() == 0);
  return reading->messages();
}

std::string with_base(const std::string& text) { return messages_of(base + text); }

TEST(SpecValidate, AcceptsTheLeast) {
  const auto reading = check(base);
  ASSERT_TRUE(reading->valid) << reading->messages();
  EXPECT_EQ(&**reading->valid, &reading->spec);
  EXPECT_EQ((*reading->valid)->name.view(), "web");
}

TEST(SpecValidate, AcceptsAHostService) { EXPECT_EQ(messages_of("command = ntpd -n\nrootfs = /\nnamespaces =\n"), ""); }

TEST(SpecValidate, NeedsACommandAndARoot) {
  EXPECT_EQ(messages_of(""),
            "web.conf: no command is given (write command = PROGRAM ARGUMENTS)\n"
            "web.conf: no root is given (write layer = busybox, or rootfs = DIRECTORY)\n");
  EXPECT_EQ(messages_of("command =\nlayer = a\nlayer =\n"),
            "web.conf: no command is given (write command = PROGRAM ARGUMENTS)\n"
            "web.conf: no root is given (write layer = busybox, or rootfs = DIRECTORY)\n");
}

TEST(SpecValidate, ChecksTheName) {
  const std::string rule = " is not a container's name (letters, digits, '.', '_' and '-'; a letter or digit first)\n";
  for (const char* name : {"../x", "a/b", ".a", "-a", "_a", "a b"}) {
    EXPECT_EQ(with_base("name = " + std::string(name)), "web.conf:3:8: name: '" + std::string(name) + "'" + rule);
  }
  EXPECT_EQ(with_base("name = " + std::string(63, 'a')), "");
  EXPECT_EQ(with_base("name = " + std::string(64, 'a')),
            "web.conf:3:8: name: '" + std::string(64, 'a') + "' is too long (limit 63 bytes)\n");
  EXPECT_EQ(check(ReadingInput{base, "", {}, "a b"})->messages(), "web.conf: name: 'a b'" + rule);
  EXPECT_EQ(check(ReadingInput{base, "", {}, ""})->messages(), "web.conf: name: ''" + rule);
}

TEST(SpecValidate, ChecksHostNames) {
  const std::string label(63, 'a');
  for (const std::string& name : {std::string("a"), std::string("a-1.b.c"), std::string("1"), label,
                                  "A" + std::string(31, 'b') + "." + std::string(31, 'c')}) {
    EXPECT_EQ(with_base("hostname = " + name), "");
  }
  const std::string rule =
      "' is not a host name (labels of letters, digits and '-' between dots, 63 bytes each, 64 in all)\n";
  for (const std::string& name : {std::string("-a"), std::string("a-"), std::string("a_b"), std::string("a..b"),
                                  std::string(".a"), std::string("a."), std::string("a.-b"), std::string("a b"),
                                  label + "a", std::string(32, 'a') + "." + std::string(32, 'a')}) {
    EXPECT_EQ(with_base("hostname = " + name), "web.conf:3:12: hostname: '" + name.substr(0, 64) + rule);
  }
  EXPECT_EQ(with_base("domainname = a_b"), "web.conf:3:14: domainname: 'a_b" + rule);
}

TEST(SpecValidate, AHostNameNeedsItsNamespace) {
  const std::string rest = " would rename the host without a uts namespace (add uts to namespaces, or remove it)\n";
  EXPECT_EQ(with_base("namespaces = mount\nhostname = a"), "web.conf:4:12: hostname:" + rest);
  EXPECT_EQ(with_base("namespaces = mount\ndomainname = a"), "web.conf:4:14: domainname:" + rest);
}

TEST(SpecValidate, ChecksAccounts) {
  const std::string rule =
      "' is neither a number nor a name (letters, digits, '_', '.' and '-'; a letter or '_' first; at most 32)\n";
  EXPECT_EQ(with_base("user = _www.a-1:0\ngroups = audio 44"), "");
  EXPECT_EQ(with_base("user = " + std::string(32, 'a')), "");
  EXPECT_EQ(with_base("user = 1www"), "web.conf:3:8: user: '1www" + rule);
  EXPECT_EQ(with_base("user = www:-1"), "web.conf:3:8: user: '-1" + rule);
  EXPECT_EQ(with_base("user = a b"), "web.conf:3:8: user: 'a b" + rule);
  EXPECT_EQ(with_base("user = " + std::string(33, 'a')), "web.conf:3:8: user: '" + std::string(33, 'a') + rule);
  EXPECT_EQ(with_base("groups = a/b"), "web.conf:3:10: groups: 'a/b" + rule);
}

TEST(SpecValidate, ChecksPathsInside) {
  EXPECT_EQ(with_base("workdir = /a/../b\nmanifest = /etc/m"), "");
  EXPECT_EQ(with_base("workdir = a"), "web.conf:3:11: workdir: 'a' is not absolute (begin with /)\n");
  EXPECT_EQ(with_base("manifest = m"), "web.conf:3:12: manifest: 'm' is not an absolute path inside (begin with /)\n");
  EXPECT_EQ(with_base("manifest = /a/../m"),
            "web.conf:3:12: manifest: '/a/../m' contains '..' (write the path without it)\n");
  EXPECT_EQ(with_base("volume = a:b"), "web.conf:3:10: volume: 'b' is not an absolute path inside (begin with /)\n");
  EXPECT_EQ(with_base("volume = a:/b\nvolume = a:/b/../c"),
            "web.conf:4:10: volume: '/b/../c' contains '..' (write the path without it)\n");
  EXPECT_EQ(with_base("volume = a://."), "web.conf:3:10: volume: cannot be the root itself (name a path below /)\n");
  EXPECT_EQ(with_base("tmpfs = tmp"), "web.conf:3:9: tmpfs: 'tmp' is not an absolute path inside (begin with /)\n");
  EXPECT_EQ(with_base("tmpfs = /"), "web.conf:3:9: tmpfs: cannot be the root itself (name a path below /)\n");
}

TEST(SpecValidate, ChecksTheRoot) {
  EXPECT_EQ(with_base("rootfs = /r"), "web.conf:3:10: rootfs: cannot be used together with layer (keep one)\n");
  EXPECT_EQ(messages_of("command = a\nrootfs = /r\nupper = tmpfs"),
            "web.conf:3:9: upper: has no meaning with rootfs, which has no overlay (remove it)\n");
  EXPECT_EQ(messages_of("command = a\nrootfs = /r\nupper = none"),
            "web.conf:3:9: upper: has no meaning with rootfs, which has no overlay (remove it)\n");
  EXPECT_EQ(check(ReadingInput{"command = a\nrootfs = /r\nupper =", "upper = persistent"})->messages(), "");
  EXPECT_EQ(messages_of("command = a\nrootfs = /r\nread_only = yes\nvolume = /a:/b"), "");
  EXPECT_EQ(with_base("read_only = yes\nupper = persistent"), "");
  EXPECT_EQ(with_base("upper = tmpfs:0"),
            "web.conf:3:9: upper: a size of 0 holds nothing (write tmpfs:16M, or none)\n");
  EXPECT_EQ(with_base("tmpfs = /a:0"), "web.conf:3:9: tmpfs: a size of 0 holds nothing (write a size)\n");
  EXPECT_EQ(with_base("layer = b"), "web.conf:3:9: layer: 'b' is given twice (keep one)\n");
  EXPECT_EQ(with_base("layer = /b\nlayer = //b/"), "web.conf:4:9: layer: '//b/' is given twice (keep one)\n");
}

TEST(SpecValidate, RootKeysNeedAMountNamespace) {
  const std::string advice = " needs a mount namespace (add mount to namespaces, or remove the key)\n";
  const std::string service = "command = a\nnamespaces = pid\n";
  EXPECT_EQ(messages_of(service + "layer = b"), "web.conf:3:9: layer:" + advice);
  EXPECT_EQ(messages_of(service + "rootfs = /r"), "web.conf:3:10: rootfs: other than /" + advice);
  EXPECT_EQ(messages_of(service + "rootfs = //"), "");
  EXPECT_EQ(messages_of(service + "rootfs = /\nvolume = a:/b"), "web.conf:4:10: volume:" + advice);
  EXPECT_EQ(messages_of(service + "rootfs = /\ntmpfs = /b"), "web.conf:4:9: tmpfs:" + advice);
  EXPECT_EQ(messages_of(service + "rootfs = /\nread_only = yes"), "web.conf:4:13: read_only:" + advice);
  EXPECT_EQ(messages_of(service + "rootfs = /\nmanifest = /m"), "web.conf:4:12: manifest:" + advice);
}

TEST(SpecValidate, RefusesTwoMountsOnOnePlace) {
  EXPECT_EQ(with_base("volume = a:/b\nvolume = c:/b/"),
            "web.conf:4:10: volume: '/b/' is mounted on already (first at web.conf:3:10; keep one)\n");
  EXPECT_EQ(with_base("tmpfs = /b\nvolume = c:/./b"),
            "web.conf:3:9: tmpfs: '/b' is mounted on already (first at web.conf:4:10; keep one)\n");
  EXPECT_EQ(with_base("tmpfs = /b\ntmpfs = /c\ntmpfs = /b"),
            "web.conf:5:9: tmpfs: '/b' is mounted on already (first at web.conf:3:9; keep one)\n");
  EXPECT_EQ(with_base("volume = a:/b\ntmpfs = /b/c\nvolume = a:/c"), "");
}

TEST(SpecValidate, ChecksLimits) {
  const std::string zero = ": 0 would let nothing run (write a larger one, or remove the key)\n";
  EXPECT_EQ(with_base("memory = 0"), "web.conf:3:10: memory" + zero);
  EXPECT_EQ(with_base("memory_high = 0K"), "web.conf:3:15: memory_high" + zero);
  EXPECT_EQ(with_base("pids = 0"), "web.conf:3:8: pids" + zero);
  EXPECT_EQ(with_base("cpus = 0%"), "web.conf:3:8: cpus" + zero);
  EXPECT_EQ(with_base("cpu_weight = 0"), "web.conf:3:14: cpu_weight: must be from 1 to 10000\n");
  EXPECT_EQ(with_base("cpu_weight = 1\nmemory = 1\npids = 1\ncpus = 0.001"), "");
  EXPECT_EQ(with_base("cpu_weight = 10000"), "");
  EXPECT_EQ(with_base("memory_swap = 0"),
            "web.conf:3:15: memory_swap: counts beyond memory, which has no limit (write memory = SIZE too)\n");
  EXPECT_EQ(with_base("memory_swap = 0\nmemory = 1M"), "");
}

TEST(SpecValidate, AReaperIsAProcessToo) {
  EXPECT_EQ(with_base("init = yes\npids = 1"),
            "web.conf:4:8: pids: the reaper of init = yes is a process too (write 2 or more)\n");
  EXPECT_EQ(with_base("init = yes\npids = 2"), "");
}

TEST(SpecValidate, ChecksTheCgroupPath) {
  const std::string rule = "' has an empty, '.' or '..' component, or a blank (write a plain path below the root)\n";
  EXPECT_EQ(with_base("cgroup = a/b..c/..."), "");
  for (const char* path : {"..", "a/../b", "a/..", ".", "a//b", "a/", "a b/c"}) {
    EXPECT_EQ(with_base("cgroup = " + std::string(path)), "web.conf:3:10: cgroup: '" + std::string(path) + rule);
  }
  // What ends a field of the journal.
  EXPECT_NE(with_base("cgroup = a\tb"), "");
}

TEST(SpecValidate, ChecksCapabilities) {
  EXPECT_EQ(with_base("cap_add = NET_RAW CHOWN\ncap_drop = KILL, NET_RAW"),
            "web.conf:4:12: cap_drop: NET_RAW is in cap_add too (keep one)\n");
  EXPECT_EQ(with_base("cap_drop = ALL\ncap_add = NET_RAW"), "");
  EXPECT_EQ(with_base("cap_add = ALL\ncap_drop = NET_RAW"), "");
  EXPECT_EQ(with_base("cap_add = ALL\ncap_drop = all"), "web.conf:4:12: cap_drop: ALL is in cap_add too (keep one)\n");
}

TEST(SpecValidate, BlamesTheLastPlace) {
  EXPECT_EQ(check(ReadingInput{base, "pids = 0"})->messages(),
            "defaults.conf:1:8: pids: 0 would let nothing run (write a larger one, or remove the key)\n");
  EXPECT_EQ(check(ReadingInput{base, "", {"pids=0"}})->messages(),
            "-o pids=0: pids: 0 would let nothing run (write a larger one, or remove the key)\n");
}

// What another front end than the reader could make: no place is known, and no path was checked.
TEST(SpecValidate, ChecksASpecWithoutOrigins) {
  const auto reading = std::make_unique<Reading>();
  Spec& spec = reading->spec;
  spec.name = "a";
  ASSERT_TRUE(spec.command.push("a"));
  spec.rootfs = "relative";
  ASSERT_TRUE(spec.layers.push({"relative"}));
  ASSERT_TRUE(spec.layers.push({"na/me", true}));
  spec.resources.cpu_weight.value = 10'001;
  ASSERT_TRUE(spec.volumes.push({"relative", "/a"}));
  ASSERT_TRUE(spec.volumes.push({"na/me", "/b", true}));
  EXPECT_FALSE(validate(spec, reading->origins, reading->diagnostics));
  EXPECT_EQ(reading->messages(),
            ": rootfs: cannot be used together with layer (keep one)\n"
            ": rootfs: 'relative' is not absolute (begin with /)\n"
            ": layer: 'relative' is neither an absolute path nor a name\n"
            ": layer: 'na/me' is neither an absolute path nor a name\n"
            ": volume: 'relative' is neither an absolute path nor a name\n"
            ": volume: 'na/me' is neither an absolute path nor a name\n"
            ": cpu_weight: must be from 1 to 10000\n");
}

TEST(SpecValidate, DoesNotCountEarlierFaults) {
  auto reading = read(base);
  reading->diagnostics.add({}, "something else");
  EXPECT_TRUE(validate(reading->spec, reading->origins, reading->diagnostics));
}

}  // namespace
}  // namespace microctr::spec_test
