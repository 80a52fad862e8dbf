// What is read of a container's use, from texts as the kernels have them.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "launcher/container/cgroup_list.h"
#include "launcher/container/freeze.h"
#include "launcher/supervisor/stats.h"

namespace microctr {
namespace {

TEST(Stats, numbers_with_a_point) {
  EXPECT_EQ(hundredths_of("0.00"), 0U);
  EXPECT_EQ(hundredths_of("12.34"), 1234U);
  EXPECT_EQ(hundredths_of("12.3"), 1230U);
  EXPECT_EQ(hundredths_of("12.3999"), 1239U);
  EXPECT_EQ(hundredths_of("7"), 700U);
  EXPECT_EQ(hundredths_of(""), 0U);
}

TEST(Stats, pressure) {
  Pressure pressure;
  parse_pressure(
      "some avg10=1.50 avg60=0.70 avg300=0.10 total=12345\nfull avg10=0.25 avg60=0.00 avg300=0.00 total=99\n",
      pressure);
  EXPECT_EQ(pressure.some, 150U);
  EXPECT_EQ(pressure.full, 25U);
  Pressure partial;  // cpu.pressure of Linux 5.4 has no full
  parse_pressure("some avg10=3.00 avg60=0.70 avg300=0.10 total=12345\n", partial);
  EXPECT_EQ(partial.some, 300U);
  EXPECT_EQ(partial.full, unknown_count);
}

TEST(Stats, interfaces) {
  Stats stats;
  parse_interfaces(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
      "compressed\n"
      "    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0 "
      "         0\n"
      "  eth0:    1506      17    0    0    0     0          0         0     2506      27    0    0    0     0       0 "
      "         0\n",
      stats);
  ASSERT_EQ(stats.interfaces.size(), 1U);
  EXPECT_STREQ(stats.interfaces[0].name, "eth0");
  EXPECT_EQ(stats.interfaces[0].received_bytes, 1506U);
  EXPECT_EQ(stats.interfaces[0].received_packets, 17U);
  EXPECT_EQ(stats.interfaces[0].sent_bytes, 2506U);
  EXPECT_EQ(stats.interfaces[0].sent_packets, 27U);
}

TEST(Stats, disk) {
  Stats unified;
  parse_unified_io(
      "8:0 rbytes=4096 wbytes=512 rios=1 wios=1 dbytes=0 dios=0\n254:0 rbytes=100 wbytes=0 rios=1 wios=0 dbytes=0 "
      "dios=0\n",
      unified);
  EXPECT_EQ(unified.read_bytes, 4196U);
  EXPECT_EQ(unified.written_bytes, 512U);
  Stats legacy;
  parse_legacy_io("8:0 Read 4096\n8:0 Write 512\n8:0 Sync 1\n8:0 Total 4608\n254:0 Read 100\nTotal 4708\n", legacy);
  EXPECT_EQ(legacy.read_bytes, 4196U);
  EXPECT_EQ(legacy.written_bytes, 512U);
  Stats none;
  parse_unified_io("", none);
  EXPECT_EQ(none.read_bytes, unknown_count);
}

// A record and cgroups as directories of a scratch folder.
class CgroupFiles : public testing::Test {
 protected:
  CgroupFiles() {
    char name[] = "/tmp/microctr-stats.XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~CgroupFiles() override { (void)!std::system(("rm -rf " + folder_).c_str()); }

  std::string cgroup(const std::string& name) {
    const std::string path = folder_ + "/" + name;
    mkdir(path.c_str(), 0755);
    write("journal", "cgroup\t" + path + "\t\n", std::ios::app);
    return name;
  }
  void write(const std::string& file, const std::string& text, std::ios::openmode mode = std::ios::trunc) {
    std::ofstream(folder_ + "/" + file, mode | std::ios::out) << text;
  }
  std::string text_of(const std::string& file) {
    std::ifstream stream(folder_ + "/" + file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  CString record() const { return CString::from_pointer(folder_.c_str()); }

  std::string folder_;
};

TEST_F(CgroupFiles, stats_of_version_2) {
  cgroup("unified");
  write("unified/cpu.stat", "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n");
  write("unified/memory.current", "1048576\n");
  write("unified/memory.max", "max\n");
  write("unified/memory.peak", "2097152\n");
  write("unified/pids.current", "3\n");
  write("unified/pids.max", "32\n");
  Stats stats;
  read_stats(record(), 0, stats);
  EXPECT_EQ(stats.cpu_usage_us, 1234567U);
  EXPECT_EQ(stats.memory, 1048576U);
  EXPECT_EQ(stats.memory_limit, unknown_count);
  EXPECT_EQ(stats.memory_peak, 2097152U);
  EXPECT_EQ(stats.pids, 3U);
  EXPECT_EQ(stats.pids_limit, 32U);
  EXPECT_EQ(stats.read_bytes, unknown_count);
}

TEST_F(CgroupFiles, stats_of_version_1) {
  for (const char* name : {"cpu", "memory", "pids"}) cgroup(name);
  write("cpu/cpuacct.usage", "1234567891\n");
  write("cpu/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n");
  write("memory/memory.usage_in_bytes", "1048576\n");
  write("memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("memory/memory.max_usage_in_bytes", "2097152\n");
  write("pids/pids.current", "3\n");
  write("pids/pids.max", "max\n");
  Stats stats;
  read_stats(record(), 0, stats);
  EXPECT_EQ(stats.cpu_usage_us, 1234567U);
  EXPECT_EQ(stats.memory, 1048576U);
  EXPECT_EQ(stats.memory_limit, unknown_count);
  EXPECT_EQ(stats.memory_peak, 2097152U);
  EXPECT_EQ(stats.pids, 3U);
  EXPECT_EQ(stats.pids_limit, unknown_count);
}

TEST_F(CgroupFiles, a_half_written_entry_of_the_journal_is_none) {
  cgroup("whole");
  write("journal", "parent\t/x\t\ncgroup\t/half", std::ios::app);
  CgroupList list;
  ASSERT_TRUE(list.read(record()));
  EXPECT_EQ(list.next(), folder_ + "/whole");
  EXPECT_TRUE(list.next().empty());
}

TEST_F(CgroupFiles, without_a_journal_there_is_no_cgroup) {
  CgroupList list;
  ASSERT_TRUE(list.read(record()));
  EXPECT_TRUE(list.next().empty());
  EXPECT_EQ(set_frozen(record(), Freeze::freeze, 0).error().code, ENOTSUP);
  const auto frozen = is_frozen(record());
  ASSERT_TRUE(frozen);
  EXPECT_FALSE(frozen.value());
}

TEST_F(CgroupFiles, freezes_by_version_2) {
  cgroup("unified");
  write("unified/cgroup.freeze", "0");
  write("unified/cgroup.events", "populated 1\nfrozen 1\n");
  EXPECT_TRUE(set_frozen(record(), Freeze::freeze, 1000));
  EXPECT_EQ(text_of("unified/cgroup.freeze"), "1");
  EXPECT_TRUE(is_frozen(record()).value());
  EXPECT_TRUE(set_frozen(record(), Freeze::thaw, 0));
  EXPECT_EQ(text_of("unified/cgroup.freeze"), "0");
}

TEST_F(CgroupFiles, freezes_by_the_freezer_of_version_1) {
  cgroup("freezer");
  write("freezer/freezer.state", "THAWED\n");
  EXPECT_TRUE(set_frozen(record(), Freeze::freeze, 0));
  EXPECT_EQ(text_of("freezer/freezer.state"), "FROZEN\n");
  EXPECT_TRUE(is_frozen(record()).value());
  EXPECT_TRUE(set_frozen(record(), Freeze::thaw, 0));
  EXPECT_EQ(text_of("freezer/freezer.state"), "THAWED\n");
}

TEST_F(CgroupFiles, what_does_not_stand_still_in_time_is_thawed) {
  cgroup("unified");
  write("unified/cgroup.freeze", "0");
  write("unified/cgroup.events", "populated 1\nfrozen 0\n");
  EXPECT_EQ(set_frozen(record(), Freeze::freeze, 0).error().code, EAGAIN);
  EXPECT_EQ(text_of("unified/cgroup.freeze"), "0");
  EXPECT_FALSE(is_frozen(record()).value());
}

}  // namespace
}  // namespace microctr
