// Which way the kernel is told about a container's devices, and what is refused where it cannot be told.
#include <gtest/gtest.h>

#include <linux/capability.h>

#include <string>
#include <vector>

#include "launcher/plan/explain.h"
#include "launcher/plan/planner.h"
#include "launcher/spec/validate.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

class PlanDevices : public testing::Test {
 protected:
  PlanDevices() {
    spec_.name = "x";
    spec_.rootfs = "/srv";
    spec_.user_namespace = UserNamespace::host;  // without it, nobody inside can make nodes
    (void)spec_.command.push("/bin/true");
    facts_.kernel = {6, 1};
    facts_.privileged = true;
    facts_.places = {"/etc/microctr", "/var/lib/microctr", "/run/microctr"};
    facts_.cgroup.unified = "/sys/fs/cgroup";
    facts_.cgroup.device_programs = true;
  }

  void has_legacy() {
    facts_.cgroup.device_programs = false;
    const auto index = static_cast<std::size_t>(Controller::devices);
    facts_.cgroup.legacy[index] = "/cg/devices";
    facts_.cgroup.legacy_options[index] = "devices";
  }

  // The steps about devices as text, or what was refused.
  std::vector<std::string> plan() {
    Diagnostics diagnostics;
    const auto valid = validate(spec_, Origins(), diagnostics);
    if (!valid) return {"not valid"};
    arena_.reset();
    const auto made = make_plan(*valid, facts_, "/run/microctr/containers/x", arena_, plan_);
    if (!made) {
      return {"refused: " + plain(made.error().what) + " " + std::string(made.error().subject.view()) + " (" +
              plain(made.error().hint) + ")"};
    }
    std::vector<std::string> lines;
    for (const Step& step : plan_.steps) {
      const bool joins = step.op == Op::join_cgroup || step.op == Op::make_cgroup;
      const bool shows = step.op == Op::mount && step.type == "cgroup";
      if (!joins && !shows && step.op != Op::collect_devices && step.op != Op::filter_devices &&
          step.op != Op::leave_out)
        continue;
      TextBuffer<1024> line;
      describe(step, line);
      lines.emplace_back(line.view());
    }
    return lines;
  }
  std::string first_line() { return plan().at(0); }

  Spec spec_;
  HostFacts facts_;
  Plan plan_;
  char storage_[64 * 1024];
  Arena arena_{storage_};
};

using Lines = std::vector<std::string>;

TEST_F(PlanDevices, are_filtered_by_a_program_on_v2) {
  (void)spec_.devices.push({.source = "/dev/a*", .target = {}, .optional = true});
  (void)spec_.devices.push({.source = "/dev/b", .target = "/dev/c", .make = false});
  EXPECT_EQ(plan(), (Lines{"make cgroup /sys/fs/cgroup/microctr", "make cgroup /sys/fs/cgroup/microctr/x",
                           "find the devices -/dev/a*:rwm, /dev/b:/dev/c:rw of the host",
                           "forbid all devices but the container's to cgroup /sys/fs/cgroup/microctr/x"}));
}

TEST_F(PlanDevices, are_filtered_by_v1_where_programs_are_missing) {
  has_legacy();
  EXPECT_EQ(plan(), (Lines{"make cgroup /sys/fs/cgroup/microctr", "make cgroup /sys/fs/cgroup/microctr/x",
                           "make cgroup /cg/devices/microctr", "make cgroup /cg/devices/microctr/x",
                           "put the process into cgroup /cg/devices/microctr/x",
                           "forbid all devices but the container's to cgroup /cg/devices/microctr/x"}));
}

TEST_F(PlanDevices, have_a_program_where_both_are_there) {
  has_legacy();
  facts_.cgroup.device_programs = true;
  EXPECT_EQ(plan().back(), "forbid all devices but the container's to cgroup /sys/fs/cgroup/microctr/x");
}

TEST_F(PlanDevices, are_not_filtered_where_the_machine_cannot_and_no_node_can_be_made) {
  facts_.cgroup.device_programs = false;
  EXPECT_EQ(plan().back(),
            "leave out the device filter: this machine has none, and nothing inside may make device nodes");
  spec_.capabilities_added = 1ULL << CAP_MKNOD;
  EXPECT_NE(std::string::npos, first_line().find("refused")) << first_line();
  EXPECT_NE(std::string::npos, first_line().find("CONFIG_CGROUP_BPF"));
  EXPECT_NE(std::string::npos, first_line().find("CONFIG_CGROUP_DEVICE"));
  spec_.user_namespace = UserNamespace::root_map;
  EXPECT_EQ(plan().back().substr(0, 27), "leave out the device filter");
}

TEST_F(PlanDevices, cannot_be_limited_in_access_without_a_filter) {
  facts_.cgroup.device_programs = false;
  (void)spec_.devices.push({.source = "/dev/a", .target = {}, .write = false});
  EXPECT_NE(std::string::npos, first_line().find("refused: limit the access to the device /dev/a")) << first_line();
  facts_.cgroup.device_programs = true;
  EXPECT_EQ(std::string::npos, first_line().find("refused"));
  facts_.privileged = false;
  spec_.user_namespace = UserNamespace::root_map;
  EXPECT_NE(std::string::npos, first_line().find("run as root")) << first_line();
}

TEST_F(PlanDevices, are_those_of_the_host_for_a_user_and_for_a_host_service) {
  facts_.privileged = false;
  spec_.user_namespace = UserNamespace::root_map;
  EXPECT_EQ(plan(), Lines());
  facts_.privileged = true;
  spec_.rootfs = "/";
  spec_.namespaces = {false, false, false, false, false, false};
  for (const std::string& line : plan()) EXPECT_EQ(std::string::npos, line.find("device")) << line;
}

}  // namespace
}  // namespace microctr
