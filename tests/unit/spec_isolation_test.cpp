// The keys that separate a container from the host: how they are read, and what cannot be.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/unit/spec_harness.h"

namespace microctr::spec_test {
namespace {

const std::string base = "command = a\nlayer = b\n";  // lines 1 and 2 of what the tests add to

std::string with_base(const std::string& text) {
  const auto reading = check(base + text);
  EXPECT_EQ(reading->valid.has_value(), reading->count() == 0);
  return reading->messages();
}

// What describe() shows of a text behind `base`.
std::string described(const std::string& text) {
  const auto reading = check(base + text);
  EXPECT_EQ(reading->messages(), "") << text;
  const std::string begin = "name=web\ncommand=[a]\n";
  const std::string layer = "layer=b store\n";
  std::string shown = describe(reading->spec);
  EXPECT_EQ(shown.rfind(begin, 0), 0U);
  shown = shown.substr(begin.size());
  const std::size_t at = shown.find(layer);
  return at == std::string::npos ? shown : shown.erase(at, layer.size());
}

// Each text is one line, whose only message begins at the place.
void expect_faults(const std::vector<std::pair<std::string, std::string>>& cases) {
  for (const auto& [text, message] : cases) EXPECT_EQ(with_base(text), "web.conf:3:" + message + "\n") << text;
}

TEST(SpecDevice, IsReadInEveryForm) {
  EXPECT_EQ(described("device = /dev/ttyUSB0"), "device=/dev/ttyUSB0 rwm\n");
  EXPECT_EQ(described("device = /dev/ttyUSB0:r"), "device=/dev/ttyUSB0 r\n");
  EXPECT_EQ(described("device = -/dev/ttyUSB0:mw"), "device=/dev/ttyUSB0 wm optional\n");
  EXPECT_EQ(described("device = /dev/ttyUSB0:/dev/modem"), "device=/dev/ttyUSB0:/dev/modem rwm\n");
  EXPECT_EQ(described("device = /srv/nodes/a:/dev/modem:rw"), "device=/srv/nodes/a:/dev/modem rw\n");
  EXPECT_EQ(described("device = -/dev/gpiochip*\ndevice = /dev/snd/pcm[0-9]?:rw"),
            "device=/dev/gpiochip* rwm optional\ndevice=/dev/snd/pcm[0-9]? rw\n");
  EXPECT_EQ(described("device = ./node:/dev/x"), "device=/etc/microctr/containers/node:/dev/x rwm\n");
  EXPECT_EQ(described("device = /dev/a\ndevice =\ndevice = /dev/b"), "device=/dev/b rwm\n");
}

TEST(SpecDevice, IsRefusedWhereItIsWrong) {
  const std::string access = "' is neither a target, which begins with /, nor access (r, w and m, each at most once)";
  expect_faults({
      {"device = ttyUSB0", "10: device: 'ttyUSB0' is not a path (begin with / , ./ or ../)"},
      {"device = /dev/a:", "17: device: '" + access},
      {"device = /dev/a:rr", "17: device: 'rr" + access},
      {"device = /dev/a:rx", "17: device: 'rx" + access},
      {"device = /dev/a:/dev/b:", "24: device: '" + access},
      {"device = /dev/a:/dev/b:rwmr", "24: device: 'rwmr" + access},
      {"device = /dev/a:/dev/b:r:w", "24: device: 'r:w" + access},
      {"device = /dev/*/a", "10: device: '/dev/*/a' has a pattern before its last component (name the folders)"},
      {"device = /dev/a*:/dev/b",
       "10: device: '/dev/a*' is a pattern, whose devices keep their paths (remove the target)"},
      {"device = /dev/a:/dev/../b", "10: device: '/dev/../b' contains '..' (write the path without it)"},
      {"device = /srv/a", "10: device: '/srv/a' is not below /dev (write PATH:TARGET with a target below /dev)"},
      {"device = /dev/a:/dev/", "10: device: '/dev/' is not below /dev (write PATH:TARGET with a target below /dev)"},
      {"device = /dev/a:/devices",
       "10: device: '/devices' is not below /dev (write PATH:TARGET with a target below /dev)"},
  });
}

TEST(SpecDevice, CannotReplaceWhatEveryContainerHas) {
  for (const char* node : {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console", "fd", "stdin",
                           "stdout", "stderr", "pts", "shm", "mqueue", "pts/0", "pts/*", "shm/a", "mqueue/a/b"}) {
    EXPECT_EQ(with_base(std::string("device = /dev/") + node),
              std::string("web.conf:3:10: device: '/dev/") + node +
                  "' is there already (remove the line, or write another target)\n");
  }
  EXPECT_EQ(with_base("device = /dev/./null:/dev//null"),
            "web.conf:3:10: device: '/dev//null' is there already (remove the line, or write another target)\n");
  EXPECT_EQ(with_base("device = /dev/null:/dev/zero2\ndevice = /dev/ttyS0\ndevice = /dev/snd/null"), "");
}

TEST(SpecDevice, HasAPlaceOfItsOwn) {
  EXPECT_EQ(with_base("device = /dev/a\ndevice = /dev/b:/dev//a"),
            "web.conf:4:10: device: '/dev//a' is given already (first at web.conf:3:10; keep one)\n");
  EXPECT_EQ(with_base("namespaces = pid\ndevice = /dev/a")
                    .find("device: needs a mount namespace (add mount to namespaces, or remove the key)") !=
                std::string::npos,
            true);
}

TEST(SpecDevice, AreLimited) {
  std::string text;
  for (int number = 0; number < 33; ++number) text += "device = /dev/a" + std::to_string(number) + "\n";
  EXPECT_EQ(with_base(text), "web.conf:35:10: device: too many (limit 32)\n");
}

TEST(SpecUserNamespace, IsReadInEveryForm) {
  EXPECT_EQ(described("userns = auto"), "");
  EXPECT_EQ(described("userns = host"), "userns=1\n");
  EXPECT_EQ(described("userns = auto:1000000-1999999"), "pool=1000000 1999999\n");
  EXPECT_EQ(described("userns = auto:1-65536"), "pool=1 65536\n");
  EXPECT_EQ(described("userns = auto:4294901759-4294967294"), "pool=4294901759 4294967294\n");
  EXPECT_EQ(described("userns = map\nuser_map = 0:100000:65536\ngroup_map = 0:200000:10\ngroup_map = 10:5:1"),
            "userns=3\nuser_map=0 100000 65536\ngroup_map=0 200000 10\ngroup_map=10 5 1\n");
  const auto reading = check(ReadingInput{base + "userns =\n", "userns = auto:1000000-1999999\n"});
  EXPECT_EQ(reading->spec.id_pool.last, 0U);
}

TEST(SpecUserNamespace, IsRefusedWhereItIsWrong) {
  const std::string form = "' is not a range of ids (write auto:FIRST-LAST: auto:1000000-1999999)";
  expect_faults({
      {"userns = auto:", "15: userns: '" + form},
      {"userns = auto:5", "15: userns: '5" + form},
      {"userns = auto:a-b", "15: userns: 'a-b" + form},
      {"userns = auto:1-4294967295", "15: userns: '1-4294967295" + form},
      {"userns = auto:0-100000", "15: userns: '0-100000' contains the host's root (write a higher first id)"},
      {"userns = auto:200000-100000", "15: userns: '200000-100000' runs backwards (write the lower id first)"},
      {"userns = auto:100000-165534",
       "15: userns: '100000-165534' is too small: each container takes 65536 ids of it (write a higher last id)"},
      {"userns = host:1-99999", "15: userns: only auto has a range (write host alone)"},
      {"userns = map", "10: userns: map needs at least one user_map (write user_map = 0:100000:65536)"},
  });
}

TEST(SpecMap, IsRefusedWhereItIsWrong) {
  const std::string form = "' is not a map (write INSIDE:OUTSIDE:COUNT: 0:100000:65536)";
  const std::string number = "' is not a number from 0 to 4294967294";
  expect_faults({
      {"user_map = 0:1", "12: user_map: '0:1" + form},
      {"user_map = 0:1:", "12: user_map: '0:1:" + form},
      {"user_map = 0::1", "12: user_map: '0::1" + form},
      {"user_map = 0:1:2:3", "12: user_map: '0:1:2:3" + form},
      {"user_map = -1:1:2", "12: user_map: '-1" + number},
      {"user_map = 0:+1:2", "14: user_map: '+1" + number},
      {"group_map = 0:1:0x2", "17: group_map: '0x2" + number},
      {"group_map = 0:1:0", "17: group_map: a count of 0 maps nothing (write how many ids, or remove the line)"},
      {"user_map = 1:4294967294:2",
       "12: user_map: '1:4294967294:2' goes beyond the last id, 4294967294 (write a smaller count)"},
      {"user_map = 4294967294:1:2",
       "12: user_map: '4294967294:1:2' goes beyond the last id, 4294967294 (write a smaller count)"},
      {"user_map = 0:1:2", "12: user_map: is used with userns = map only (write userns = map, or remove the line)"},
      {"group_map = 0:1:2", "13: group_map: is used with userns = map only (write userns = map, or remove the line)"},
  });
  EXPECT_EQ(with_base("userns = map\nuser_map = 0:4294967294:1\nuser_map = 4294967294:0:1"), "");
  EXPECT_EQ(with_base("userns = map\nuser_map = 0:0:4294967294"), "");
}

TEST(SpecMap, HasNoOverlaps) {
  EXPECT_EQ(with_base("userns = map\nuser_map = 0:100000:10\nuser_map = 9:200000:10"),
            "web.conf:5:12: user_map: ids 9 to 18 inside overlap those of an earlier line (at web.conf:4:12; use "
            "others)\n");
  EXPECT_EQ(
      with_base("userns = map\nuser_map = 0:100000:10\nuser_map = 10:99991:10"),
      "web.conf:5:12: user_map: ids 99991 to 100000 of the host overlap those of an earlier line (at web.conf:4:12; "
      "use others)\n");
  EXPECT_EQ(with_base("userns = map\nuser_map = 0:1:1\ngroup_map = 0:1:2\ngroup_map = 1:9:1"),
            "web.conf:6:13: group_map: ids 1 inside overlap those of an earlier line (at web.conf:5:13; use "
            "others)\n");
  EXPECT_EQ(with_base("userns = map\nuser_map = 0:100000:10\nuser_map = 10:100010:10"), "");
  EXPECT_EQ(with_base("userns = map\nuser_map = 10:100010:10\nuser_map = 0:100000:10"), "");
  EXPECT_EQ(with_base("userns = map\nuser_map = 10:100010:10\nuser_map = 0:100000:11"),
            "web.conf:5:12: user_map: ids 0 to 10 inside overlap those of an earlier line (at web.conf:4:12; use "
            "others)\n");
}

TEST(SpecMap, HasTheIdsThatAreNeeded) {
  const std::string no_root = "maps no id 0 inside, which the container is set up as (write 0:OUTSIDE:COUNT)\n";
  EXPECT_EQ(with_base("userns = map\nuser_map = 1:100000:10"), "web.conf:4:12: user_map: " + no_root);
  EXPECT_EQ(with_base("userns = map\nuser_map = 0:1:1\ngroup_map = 1:1:1"), "web.conf:5:13: group_map: " + no_root);
  const std::string map = "userns = map\nuser_map = 0:100000:10\n";
  EXPECT_EQ(with_base(map + "user = 9:9\ngroups = 9 audio"), "");
  EXPECT_EQ(with_base(map + "user = 10"), "web.conf:5:8: user: user 10 is not mapped (add it to user_map)\n");
  EXPECT_EQ(with_base(map + "user = 9:10"), "web.conf:5:8: user: group 10 is not mapped (add it to group_map)\n");
  EXPECT_EQ(with_base(map + "groups = 10"), "web.conf:5:10: groups: group 10 is not mapped (add it to group_map)\n");
  EXPECT_EQ(with_base(map + "group_map = 0:1:1\nuser = 9:9"),
            "web.conf:6:8: user: group 9 is not mapped (add it to group_map)\n");
}

TEST(SpecTimeOffset, IsReadInEveryForm) {
  EXPECT_EQ(described("time_offset = 0"), "time_offset=0 0\n");
  EXPECT_EQ(described("time_offset = 90"), "time_offset=90 90\n");
  EXPECT_EQ(described("time_offset = +2m"), "time_offset=120 120\n");
  EXPECT_EQ(described("time_offset = -1h"), "time_offset=-3600 -3600\n");
  EXPECT_EQ(described("time_offset = monotonic=-5s boottime=30d"), "time_offset=-5 2592000\n");
  EXPECT_EQ(described("time_offset = boottime=7, monotonic=+3"), "time_offset=3 7\n");
  EXPECT_EQ(described("time_offset = boottime=7"), "time_offset=0 7\n");
  EXPECT_EQ(described("time_offset = 4611686018"), "time_offset=4611686018 4611686018\n");
  EXPECT_EQ(described("time_offset = -53375d"), "time_offset=-4611600000 -4611600000\n");
}

TEST(SpecTimeOffset, IsRefusedWhereItIsWrong) {
  const std::string form = "' is not an offset (write a whole number with s, m, h or d: 30d, -1h, monotonic=90s)";
  const std::string most = "' is too much (the kernel's clocks go to 146 years: 53375d)";
  expect_faults({
      {"time_offset = 1.5h", "15: time_offset: '1.5h" + form},
      {"time_offset = h", "15: time_offset: 'h" + form},
      {"time_offset = --1", "15: time_offset: '--1" + form},
      {"time_offset = 1ms", "15: time_offset: '1ms" + form},
      {"time_offset = 1h 2m", "15: time_offset: '1h 2m" + form},
      {"time_offset = monotonic=", "25: time_offset: '" + form},
      {"time_offset = 4611686019", "15: time_offset: '4611686019" + most},
      {"time_offset = -53376d", "15: time_offset: '-53376d" + most},
      {"time_offset = 18446744073709551615d", "15: time_offset: '18446744073709551615d" + most},
      {"time_offset = boottime=1 boottime=2", "26: time_offset: 'boottime=2' is given twice (keep one)"},
      {"time_offset = boot=1", "15: time_offset: 'boot' is not known (did you mean 'boottime'?)"},
  });
  EXPECT_EQ(check("command = a\nrootfs = /\nnamespaces =\ntime_offset = 1")->messages(),
            "web.conf:4:15: time_offset: a service of the host has its clocks (add namespaces, or remove the key)\n");
}

TEST(SpecNesting, NeedsNamespacesOfItsOwn) {
  EXPECT_EQ(described("nesting = yes"), "nesting=1\n");
  EXPECT_EQ(with_base("nesting = yes\nuserns = host"),
            "web.conf:3:11: nesting: containers inside need a user namespace of their own (write userns = auto)\n");
  for (const char* names : {"mount pid", "mount cgroup", "pid cgroup"}) {
    EXPECT_NE(
        with_base(std::string("nesting = yes\nnamespaces = ") + names)
            .find("web.conf:3:11: nesting: needs the namespaces mount, pid and cgroup (add them to namespaces)\n"),
        std::string::npos);
  }
  EXPECT_EQ(with_base("nesting = yes\nnamespaces = mount pid cgroup"), "");
}

TEST(SpecSeccomp, IsReadInEveryForm) {
  EXPECT_EQ(described("seccomp = default"), "");
  EXPECT_EQ(described("seccomp = off"), "seccomp=2\n");
  EXPECT_EQ(described("seccomp = ./web.seccomp"), "seccomp=1\nseccomp_file=/etc/microctr/containers/web.seccomp\n");
  const auto reading = check(ReadingInput{base + "seccomp = off\n", "seccomp = /policy\n"});
  EXPECT_EQ(reading->spec.seccomp_file.view(), "");
}

TEST(SpecSeccomp, IsRefusedWhereItIsWrong) {
  expect_faults({
      {"seccomp = no", "11: seccomp: 'no' is not known (did you mean 'off'?)"},
      {"seccomp = unconfined", "11: seccomp: 'unconfined' is not known (did you mean 'off'?)"},
      {"seccomp = defualt", "11: seccomp: 'defualt' is not known (did you mean 'default'?)"},
      {"seccomp = web.seccomp",
       "11: seccomp: 'web.seccomp' is neither default, off nor a path (write ./web.seccomp for a file)"},
      {"seccomp = -/policy",
       "11: seccomp: '-/policy' cannot be optional: nothing would be filtered without it (remove the '-')"},
      {"seccomp = a/b", "11: seccomp: 'a/b' is not a path (begin with / , ./ or ../)"},
  });
}

TEST(SpecPaths, AddToTheDefaultOnesUntilTheyAreEmptied) {
  EXPECT_EQ(described("masked_path = /proc/a\nmasked_path = /proc/b"), "masked_path=/proc/a\nmasked_path=/proc/b\n");
  EXPECT_EQ(described("masked_path = /proc/a\nmasked_path =\nmasked_path = /proc/b"),
            "default_masks=0\nmasked_path=/proc/b\n");
  EXPECT_EQ(described("readonly_path = /a\nreadonly_path =\nreadonly_path = /b"),
            "default_read_only_paths=0\nreadonly_path=/b\n");
}

TEST(SpecPaths, AreRefusedWhereTheyAreWrong) {
  expect_faults({
      {"masked_path = proc", "15: masked_path: 'proc' is not an absolute path inside (begin with /)"},
      {"masked_path = /a/../b", "15: masked_path: '/a/../b' contains '..' (write the path without it)"},
      {"masked_path = /", "15: masked_path: cannot be the root itself (name a path below /)"},
      {"readonly_path = -/a", "17: readonly_path: '-/a' is not an absolute path inside (begin with /)"},
      {"readonly_path = //", "17: readonly_path: cannot be the root itself (name a path below /)"},
  });
  EXPECT_EQ(check("command = a\nrootfs = /\nnamespaces = pid\nmasked_path = /a\nreadonly_path = /b")->messages(),
            "web.conf:4:15: masked_path: needs a mount namespace (add mount to namespaces, or remove the key)\n"
            "web.conf:5:17: readonly_path: needs a mount namespace (add mount to namespaces, or remove the key)\n");
}

TEST(SpecSysctl, IsReadInEveryForm) {
  EXPECT_EQ(described("sysctl = net.ipv4.ip_forward=1"), "sysctl=net/ipv4/ip_forward 1\n");
  EXPECT_EQ(described("sysctl = net.ipv4.conf.eth0/1.forwarding = 1"), "sysctl=net/ipv4/conf/eth0.1/forwarding 1\n");
  EXPECT_EQ(described("sysctl = net/ipv4/conf/eth0.1/forwarding = 1"), "sysctl=net/ipv4/conf/eth0.1/forwarding 1\n");
  EXPECT_EQ(described("sysctl = kernel.sem = 250 32000 100 128"), "sysctl=kernel/sem 250 32000 100 128\n");
  EXPECT_EQ(described("sysctl = fs.mqueue.msg_max = 100"), "sysctl=fs/mqueue/msg_max 100\n");
  EXPECT_EQ(described("sysctl = net.core.somaxconn = 100=2"), "sysctl=net/core/somaxconn 100=2\n");
  EXPECT_EQ(described("sysctl = net.a=1\nsysctl = net.b=2\nsysctl = net/a=3"), "sysctl=net/a 3\nsysctl=net/b 2\n");
  EXPECT_EQ(described("sysctl = net.a=1\nsysctl =\nsysctl = net.b=2"), "sysctl=net/b 2\n");
  EXPECT_EQ(described("sysctl = net.a=" + std::string(255, '1')), "sysctl=net/a " + std::string(255, '1') + "\n");
}

TEST(SpecSysctl, OfTheMachineIsRefused) {
  const std::string whole = "' is one of the whole machine (a container has only net., fs.mqueue. and the ipc ones)";
  const std::string host = "' is one of the whole machine, not of a network namespace (set it on the host)";
  expect_faults({
      {"sysctl = kernel.panic=1", "10: sysctl: 'kernel.panic" + whole},
      {"sysctl = kernel/core_pattern=|/x", "10: sysctl: 'kernel/core_pattern" + whole},
      {"sysctl = vm.swappiness=1", "10: sysctl: 'vm.swappiness" + whole},
      {"sysctl = fs.file-max=1", "10: sysctl: 'fs.file-max" + whole},
      {"sysctl = net=1", "10: sysctl: 'net" + whole},
      {"sysctl = net.core.rmem_max=1", "10: sysctl: 'net.core.rmem_max" + host},
      {"sysctl = net.ipv4.tcp_mem=1", "10: sysctl: 'net.ipv4.tcp_mem" + host},
      {"sysctl = net/ipv4/route/gc_thresh=1", "10: sysctl: 'net/ipv4/route/gc_thresh" + host},
      {"sysctl = kernel.hostname=a", "10: sysctl: 'kernel.hostname' has a key of its own (write hostname = NAME)"},
      {"sysctl = kernel.domainname=a",
       "10: sysctl: 'kernel.domainname' has a key of its own (write domainname = NAME)"},
      {"sysctl = kernel.shmmx=1",
       "10: sysctl: 'kernel.shmmx' is not one that a container has (did you mean 'kernel.shmmax'?)"},
      {"sysctl = shmmax=1", "10: sysctl: 'shmmax' is not one that a container has (did you mean 'kernel.shmmax'?)"},
      {"sysctl = fs.mqueue.msgmax=1",
       "10: sysctl: 'fs.mqueue.msgmax' is not one that a container has (did you mean 'fs.mqueue.msg_max'?)"},
  });
}

TEST(SpecSysctl, IsRefusedWhereItIsWrong) {
  const std::string form = " (write KEY=VALUE: net.ipv4.ip_forward=1)";
  const std::string name = "' is not a setting's name (write it as below /proc/sys: net.ipv4.ip_forward)";
  expect_faults({
      {"sysctl = net.ipv4.ip_forward", "10: sysctl: 'net.ipv4.ip_forward' has no value" + form},
      {"sysctl = net.ipv4.ip_forward=", "10: sysctl: 'net.ipv4.ip_forward=' has no value" + form},
      {"sysctl = =1", "10: sysctl: '=1' has no key" + form},
      {"sysctl = /proc/sys/net/a=1", "10: sysctl: '/proc/sys/net/a" + name},
      {"sysctl = net..a=1", "10: sysctl: 'net..a" + name},
      {"sysctl = net/../kernel/panic=1", "10: sysctl: 'net/../kernel/panic" + name},
      {"sysctl = net.a.//.kernel=1", "10: sysctl: 'net.a.//.kernel" + name},
      {"sysctl = net.a b=1", "10: sysctl: 'net.a b" + name},
      {"sysctl = net.=1", "10: sysctl: 'net." + name},
      {"sysctl = net.a=" + std::string(256, '1'),
       "16: sysctl: '" + std::string(64, '1') + "' is too long (limit 255 bytes)"},
  });
}

TEST(SpecSysctl, NeedsItsNamespace) {
  const std::string text = "sysctl = kernel.sem=1\nsysctl = net.a=1\n";
  EXPECT_EQ(with_base(text + "namespaces = mount"),
            "web.conf:3:10: sysctl: kernel/sem needs an ipc namespace (add ipc to namespaces, or remove it)\n"
            "web.conf:4:10: sysctl: net/a needs a network namespace (add network to namespaces, or remove it)\n");
  EXPECT_EQ(with_base(text + "network = host"),
            "web.conf:4:10: sysctl: net/a would change the host with network = host (remove it)\n");
  EXPECT_EQ(with_base(text + "network = container:db"),
            "web.conf:4:10: sysctl: net/a belongs to the container whose network it is (write it for db)\n");
  // The line that counts is the last one.
  EXPECT_EQ(with_base("sysctl = net.a=1\nsysctl = kernel.sem=1\nsysctl = net/a=2\nnetwork = host"),
            "web.conf:5:10: sysctl: net/a would change the host with network = host (remove it)\n");
}

TEST(SpecUlimit, IsReadInEveryForm) {
  const auto shown = [](int resource, const std::string& soft, const std::string& hard) {
    return "ulimit=" + std::to_string(resource) + " " + soft + " " + hard + "\n";
  };
  EXPECT_EQ(described("ulimit = nofile=1024"), shown(RLIMIT_NOFILE, "1024", "1024"));
  EXPECT_EQ(described("ulimit = nofile = 1024:4096"), shown(RLIMIT_NOFILE, "1024", "4096"));
  EXPECT_EQ(described("ulimit = core=0:unlimited"), shown(RLIMIT_CORE, "0", "18446744073709551615"));
  EXPECT_EQ(described("ulimit = memlock=64K"), shown(RLIMIT_MEMLOCK, "65536", "65536"));
  EXPECT_EQ(described("ulimit = nproc=1:2\nulimit = cpu=3\nulimit = nproc=4"),
            shown(RLIMIT_NPROC, "4", "4") + shown(RLIMIT_CPU, "3", "3"));
  const std::vector<std::pair<const char*, int>> names = {
      {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},         {"cpu", RLIMIT_CPU},
      {"data", RLIMIT_DATA},       {"fsize", RLIMIT_FSIZE},       {"locks", RLIMIT_LOCKS},
      {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
      {"nofile", RLIMIT_NOFILE},   {"nproc", RLIMIT_NPROC},       {"rss", RLIMIT_RSS},
      {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},     {"sigpending", RLIMIT_SIGPENDING},
      {"stack", RLIMIT_STACK}};
  for (const auto& [name, resource] : names) {
    EXPECT_EQ(described(std::string("ulimit = ") + name + "=7"), shown(resource, "7", "7"));
  }
}

TEST(SpecUlimit, IsRefusedWhereItIsWrong) {
  expect_faults({
      {"ulimit = nofile", "10: ulimit: 'nofile' has no value (write NAME=SOFT or NAME=SOFT:HARD: nofile=1024:4096)"},
      {"ulimit = nofiles=1", "10: ulimit: 'nofiles' is not known (did you mean 'nofile'?)"},
      {"ulimit = NOFILE=1", "10: ulimit: 'NOFILE' is not known (did you mean 'nofile'?)"},
      {"ulimit = nofile=-1", "17: ulimit: '-1' is neither a number nor unlimited"},
      {"ulimit = nofile=1:", "19: ulimit: '' is neither a number nor unlimited"},
      {"ulimit = nofile=1K", "17: ulimit: '1K' is neither a number nor unlimited"},
      {"ulimit = nofile=1:unlimited",
       "19: ulimit: nofile cannot be unlimited (write a number, at most the host's fs.nr_open)"},
      {"ulimit = core=1X", "15: ulimit: '1X' is not a size (write bytes, or a whole number with K, M, G or T: 16M)"},
      {"ulimit = nproc=3:2", "16: ulimit: the soft limit 3 is above the hard one, 2 (write NAME=SOFT:HARD)"},
      {"ulimit = nproc=unlimited:2",
       "16: ulimit: the soft limit unlimited is above the hard one, 2 (write NAME=SOFT:HARD)"},
  });
}

TEST(SpecOomScore, IsASmallNumber) {
  EXPECT_EQ(described("oom_score_adj = -1000"), "oom_score_adj=-1000\n");
  EXPECT_EQ(described("oom_score_adj = +1000"), "oom_score_adj=1000\n");
  EXPECT_EQ(described("oom_score_adj = 0"), "oom_score_adj=0\n");
  for (const char* value : {"-1001", "1001", "-", "+-1", "1.5", "high"}) {
    EXPECT_EQ(with_base(std::string("oom_score_adj = ") + value),
              std::string("web.conf:3:17: oom_score_adj: '") + value + "' is not a number from -1000 to 1000\n");
  }
}

TEST(SpecLabel, IsReadAndRefused) {
  EXPECT_EQ(described("apparmor = unconfined"), "apparmor=unconfined\n");
  EXPECT_EQ(described("selinux_label = u:r:t"), "selinux_label=u:r:t\n");
  EXPECT_EQ(described("selinux_label = u:r:t:s0-s0:c0.c1023"), "selinux_label=u:r:t:s0-s0:c0.c1023\n");
  const std::string form = "' is not a label (write USER:ROLE:TYPE or USER:ROLE:TYPE:LEVEL)";
  expect_faults({
      {"apparmor = a b", "12: apparmor: 'a b' has a blank or control character (write the profile's name alone)"},
      {"apparmor = " + std::string(256, 'a'),
       "12: apparmor: '" + std::string(64, 'a') + "' is too long (limit 255 bytes)"},
      {"selinux_label = a b:c:d",
       "17: selinux_label: 'a b:c:d' has a blank or control character (write the label alone)"},
      {"selinux_label = web_t", "17: selinux_label: 'web_t" + form},
      {"selinux_label = u:r", "17: selinux_label: 'u:r" + form},
      {"selinux_label = u::t", "17: selinux_label: 'u::t" + form},
      {"selinux_label = u:r:", "17: selinux_label: 'u:r:" + form},
      {"selinux_label = u:r:t:", "17: selinux_label: 'u:r:t:" + form},
      {"selinux_label = :r:t", "17: selinux_label: ':r:t" + form},
  });
}

TEST(SpecNamespaces, AreWhatAHostServiceHasNot) {
  EXPECT_EQ(check("command = a\nrootfs = /\nnamespaces =\ndevice = /dev/a\nmasked_path = /a\nreadonly_path = /a\n"
                  "nesting = yes\nsysctl = net.a=1\ntime_offset = 0")
                ->count(),
            6U);
  EXPECT_EQ(check("command = a\nrootfs = /\nnamespaces =\ntty = yes\nseccomp = off\nulimit = core=0\n"
                  "oom_score_adj = 5\napparmor = a\nselinux_label = u:r:t\n")
                ->messages(),
            "");
}

}  // namespace
}  // namespace microctr::spec_test
