// The device filter's program, run by an interpreter of its own, against the rules as they stand in the text; and what
// lines of a configuration match in a directory.
#include <gtest/gtest.h>

#include <linux/bpf.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "launcher/container/device_filter.h"
#include "launcher/container/device_list.h"
#include "tests/unit/image_scratch.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

namespace fs = std::filesystem;

struct Request {
  std::uint32_t access_type;
  std::uint32_t major;
  std::uint32_t minor;
};

// What the kernel's verifier and interpreter hold of a program, for the instructions that ours may have. Nothing: the
// verifier would refuse it.
std::optional<std::uint64_t> run(std::span<const sys::BpfInstruction> program, const Request& request) {
  std::optional<std::uint64_t> registers[10];
  registers[1] = 0;  // the context; only loads may use it
  std::size_t at = 0;
  while (at < program.size()) {
    const auto& now = program[at++];
    const unsigned destination = now.registers & 15U;
    const unsigned source = now.registers >> 4U;
    const auto value = static_cast<std::uint64_t>(std::int64_t{now.immediate});
    if (destination > 9 || source > 9) return {};
    auto& to = registers[destination];
    switch (now.code) {
      case BPF_LDX | BPF_MEM | BPF_W: {
        if (source != 1 || destination == 1 || now.offset < 0 || now.offset % 4 != 0 || now.offset > 8) return {};
        std::uint32_t word;
        std::memcpy(&word, reinterpret_cast<const char*>(&request) + now.offset, 4);
        to = word;
        break;
      }
      case BPF_ALU64 | BPF_MOV | BPF_X:
        if (source == 1 || !registers[source]) return {};
        to = registers[source];
        break;
      case BPF_ALU64 | BPF_MOV | BPF_K: to = value; break;
      case BPF_ALU64 | BPF_AND | BPF_K:
        if (!to) return {};
        to = *to & value;
        break;
      case BPF_ALU64 | BPF_RSH | BPF_K:
        if (!to || value > 63) return {};
        to = *to >> value;
        break;
      case BPF_ALU64 | BPF_LSH | BPF_K:
        if (!to || value > 63) return {};
        to = *to << value;
        break;
      case BPF_ALU64 | BPF_OR | BPF_X:
        if (source == 1 || !to || !registers[source]) return {};
        to = *to | *registers[source];
        break;
      case BPF_JMP32 | BPF_JNE | BPF_K:
      case BPF_JMP32 | BPF_JEQ | BPF_K:
        if (!to || now.offset < 0) return {};  // backwards: no loop is wanted
        if ((static_cast<std::uint32_t>(*to) == static_cast<std::uint32_t>(value)) ==
            (now.code == (BPF_JMP32 | BPF_JEQ | BPF_K)))
          at += static_cast<std::size_t>(now.offset);
        break;
      case BPF_JMP | BPF_EXIT: return registers[0];
      default: return {};
    }
  }
  return {};  // ran off the end
}

// The same as a sentence: some rule has the type, the number, and all of the access that is asked for.
bool is_allowed(const std::vector<DeviceRule>& rules, const Request& request) {
  const bool block = (request.access_type & 0xffff) == BPF_DEVCG_DEV_BLOCK;
  const std::uint32_t access = request.access_type >> 16;
  for (const DeviceRule& rule : rules) {
    if (rule.block == block && rule.major == request.major &&
        (rule.minor == DeviceRule::any_minor || rule.minor == request.minor) && (access & ~rule.access) == 0) {
      return true;
    }
  }
  return false;
}

DeviceNode node(bool block, unsigned major, unsigned minor, std::uint8_t access) {
  return {.path = "x",
          .source = "/dev/x",
          .number = sys::device_number(major, minor),
          .mode = block ? std::uint32_t{S_IFBLK} : std::uint32_t{S_IFCHR},
          .group = 0,
          .access = access};
}

void expect_filter(const std::vector<DeviceNode>& devices) {
  static DeviceProgram program;
  assemble(devices, program);
  std::vector<DeviceRule> rules(default_device_rules().begin(), default_device_rules().end());
  for (const DeviceNode& device : devices) rules.push_back(rule_of(device));
  std::set<std::uint32_t> majors = {0, 1, 2, 4, 5, 6, 135, 136, 137, 4095};
  std::set<std::uint32_t> minors = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255, 256, 0xfffff};
  for (const DeviceRule& rule : rules) {
    for (std::uint32_t step = 0; step < 3; ++step) {
      majors.insert((rule.major + step + 4095) % 4096);
      if (rule.minor != DeviceRule::any_minor) minors.insert((rule.minor + step + 0xfffff) % 0x100000);
    }
  }
  for (const std::uint32_t type : {BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_DEV_CHAR}) {
    for (std::uint32_t access = 1; access < 8; ++access) {
      for (const std::uint32_t major : majors) {
        for (const std::uint32_t minor : minors) {
          const Request request = {access << 16 | type, major, minor};
          const auto answer = run(program.view(), request);
          ASSERT_TRUE(answer) << "refused by the verifier";
          ASSERT_EQ(is_allowed(rules, request) ? 1U : 0U, *answer)
              << "type " << type << " access " << access << " device " << major << ":" << minor;
        }
      }
    }
  }
}

TEST(DeviceFilter, allows_the_default_devices_only) { expect_filter({}); }

TEST(DeviceFilter, allows_what_is_asked_for_of_a_device) {
  for (std::uint8_t access = 1; access < 8; ++access) {
    expect_filter({node(false, 4, 64, access), node(true, 254, 0, static_cast<std::uint8_t>(8 - access))});
  }
}

TEST(DeviceFilter, keeps_all_bits_of_a_number) {
  expect_filter({node(true, 4095, 0xfffff, access_all), node(false, 511, 0x12345, access_read)});
}

// What an attack would try, in numbers that do not come from the rules.
TEST(DeviceFilter, refuses_the_devices_of_the_host) {
  static DeviceProgram program;
  assemble({}, program);
  const auto asks = [&](std::uint32_t type, std::uint32_t access, std::uint32_t major, std::uint32_t minor) {
    return run(program.view(), {access << 16 | type, major, minor}).value_or(99);
  };
  EXPECT_EQ(1U, asks(2, 7, 1, 3));     // null
  EXPECT_EQ(1U, asks(2, 6, 136, 77));  // a pts
  EXPECT_EQ(0U, asks(1, 2, 1, 3));     // the block device of that number: a RAM disk
  EXPECT_EQ(0U, asks(2, 2, 1, 1));     // mem
  EXPECT_EQ(0U, asks(2, 2, 1, 11));    // kmsg
  EXPECT_EQ(0U, asks(2, 6, 5, 1));     // the host's console
  EXPECT_EQ(0U, asks(2, 6, 10, 200));  // net/tun
  EXPECT_EQ(0U, asks(1, 2, 8, 0));     // sda
  EXPECT_EQ(0U, asks(1, 1, 8, 0));     // and its node
  EXPECT_EQ(1U, asks(2, 1, 0, 0));     // a whiteout
  EXPECT_EQ(0U, asks(2, 2, 0, 0));
}

TEST(DeviceFilter, has_room_for_the_most_devices) {
  std::vector<DeviceNode> devices;
  for (unsigned index = 0; index < limits::devices; ++index) devices.push_back(node(true, 8, index, access_read));
  expect_filter(devices);
}

class Devices : public Scratch {
 protected:
  // Not everybody may make nodes: links to those of this machine are what the directory has.
  Devices() {
    fs::create_directory(dev_);
    for (const char* name : {"ttyS0", "ttyS1", "ttyX", ".ttyS9"}) fs::create_symlink("/dev/null", dev_ / name);
    fs::create_symlink("/dev/zero", dev_ / "zero");
    fs::create_symlink("nowhere", dev_ / "ttyS7");
    fs::create_directory(dev_ / "ttyS8");
    write("dev/ttyS6");
  }

  Result<void> collect(std::initializer_list<DeviceLine> lines) {
    return collect_devices({lines.begin(), lines.size()}, arena_, devices_);
  }
  std::set<std::string> sources() const {
    std::set<std::string> names;
    for (const DeviceNode& device : devices_) names.insert(fs::path(device.source.view()).filename().string());
    return names;
  }
  // Kept, since a line only names its text.
  CString in(const std::string& name) { return arena_.copy((dev_ / name).string()).take(); }

  fs::path dev_ = path_ / "dev";
  char storage_[32 * 1024];
  Arena arena_{storage_};
  DeviceList devices_;
};

TEST_F(Devices, are_what_a_path_leads_to) {
  ASSERT_TRUE(collect({{.source = in("zero"), .target = "/dev/z/ero", .write = false}}));
  ASSERT_EQ(1U, devices_.size());
  EXPECT_EQ("z/ero", devices_[0].path.view());
  EXPECT_EQ(in("zero"), devices_[0].source);
  EXPECT_EQ(sys::device_number(1, 5), devices_[0].number);
  EXPECT_TRUE(S_ISCHR(devices_[0].mode));
  EXPECT_EQ(access_read | access_make, devices_[0].access);
}

TEST_F(Devices, are_all_that_a_pattern_matches_and_no_other_files) {
  ASSERT_TRUE(collect({{.source = in("ttyS*"), .target = {}}}));
  EXPECT_EQ((std::set<std::string>{"ttyS0", "ttyS1"}), sources());
  EXPECT_TRUE(devices_[0].path.starts_with('t')) << "below /dev";
  ASSERT_TRUE(collect({{.source = in("[!z]*"), .target = {}}}));
  EXPECT_EQ((std::set<std::string>{"ttyS0", "ttyS1", "ttyX"}), sources());
}

TEST_F(Devices, have_a_name_once_and_the_later_line_counts) {
  ASSERT_TRUE(collect({{.source = in("ttyS*"), .target = {}}, {.source = in("ttyS1"), .target = {}, .write = false}}));
  ASSERT_EQ(2U, devices_.size());
  for (const DeviceNode& device : devices_) {
    const bool second = device.source.view().ends_with("ttyS1");
    EXPECT_EQ(second ? access_read | access_make : access_all, device.access);
  }
}

TEST_F(Devices, that_are_missing_are_an_error_that_names_the_nearest) {
  const auto found = collect({{.source = in("ttyS2"), .target = {}}});
  ASSERT_FALSE(found);
  EXPECT_EQ(ENOENT, found.error().code);
  EXPECT_NE(std::string::npos, found.error().subject.view().find("ttyS2 (there is ttyS"))
      << found.error().subject.view();
  const auto nothing = collect({{.source = in("nothing-like-it"), .target = {}}});
  EXPECT_EQ(ENOENT, nothing.error().code);
  EXPECT_TRUE(nothing.error().subject.view().ends_with("nothing-like-it"));
  EXPECT_EQ(ENOENT, collect({{.source = in("no/such/place"), .target = {}}}).error().code);
  EXPECT_EQ(ENOENT, collect({{.source = in("video*"), .target = {}}}).error().code);
  EXPECT_EQ(ENOENT, collect({{.source = in("no/such/*"), .target = {}}}).error().code);
  EXPECT_EQ(ENOENT, collect({{.source = in("ttyS7"), .target = {}}}).error().code) << "a link that leads nowhere";
}

TEST_F(Devices, that_may_be_missing_are_left_out) {
  ASSERT_TRUE(collect({{.source = in("ttyS2"), .target = {}, .optional = true},
                       {.source = in("video*"), .target = {}, .optional = true},
                       {.source = in("no/such/*"), .target = {}, .optional = true},
                       {.source = in("ttyX"), .target = {}, .optional = true}}));
  EXPECT_EQ((std::set<std::string>{"ttyX"}), sources());
}

TEST_F(Devices, are_no_directories_and_no_files) {
  const auto directory = collect({{.source = in("ttyS8"), .target = {}, .optional = true}});
  ASSERT_FALSE(directory);
  EXPECT_EQ(EISDIR, directory.error().code);
  EXPECT_NE(std::string::npos, plain(directory.error().hint).find("/*"));
  EXPECT_EQ(ENODEV, collect({{.source = in("ttyS6"), .target = {}, .optional = true}}).error().code);
}

TEST_F(Devices, are_a_limited_number) {
  fs::create_directory(dev_ / "many");
  for (unsigned index = 0; index < limits::devices; ++index) {
    fs::create_symlink("/dev/null", dev_ / "many" / std::to_string(index));
  }
  ASSERT_TRUE(collect({{.source = in("many/*"), .target = {}}}));
  EXPECT_EQ(limits::devices, devices_.size());
  EXPECT_EQ(E2BIG,
            collect({{.source = in("many/*"), .target = {}}, {.source = in("zero"), .target = {}}}).error().code);
}

}  // namespace
}  // namespace microctr
