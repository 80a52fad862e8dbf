// Plans as text: each tests/golden/plan/NAME.conf on three kinds of machine that are written here, so that the result
// is the same on every one. MICROCTR_UPDATE_GOLDEN=1 keeps what comes out.
#include <gtest/gtest.h>

#include <algorithm>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "launcher/plan/explain.h"
#include "launcher/plan/plan.h"
#include "launcher/spec/reader.h"
#include "launcher/spec/validate.h"
#include "tests/unit/plain.h"

#ifndef MICROCTR_SOURCE_DIR
#define MICROCTR_SOURCE_DIR "."
#endif

namespace microctr {
namespace {

namespace fs = std::filesystem;

HostFacts root_on_v2() {
  HostFacts facts;
  facts.kernel = {6, 1};
  facts.privileged = true;
  facts.apparmor = true;
  facts.places = {"/etc/microctr", "/var/lib/microctr", "/run/microctr"};
  facts.cgroup.unified = "/sys/fs/cgroup";
  facts.ids.users = facts.ids.groups = {1000000, 1999999};
  facts.cgroup.device_programs = true;
  for (const Controller controller : all_controllers) {
    if (controller != Controller::devices) facts.cgroup.unified_controllers.add(controller);  // v1 only
  }
  return facts;
}

// As on a machine whose administrator kept the v1 controllers, which also filter devices, and has a v2 tree without
// any.
HostFacts root_on_hybrid() {
  HostFacts facts = root_on_v2();
  facts.cgroup.unified = "/sys/fs/cgroup/unified";
  facts.cgroup.unified_controllers = {};
  facts.ids.obstacle = "the file system cannot map ids:";
  facts.ids.obstacle_on = "/var/lib/microctr";
  facts.cgroup.device_programs = false;
  const auto add = [&](Controller controller, CString mount, CString options) {
    facts.cgroup.legacy[static_cast<std::size_t>(controller)] = mount;
    facts.cgroup.legacy_options[static_cast<std::size_t>(controller)] = options;
  };
  add(Controller::cpu, "/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct");
  add(Controller::cpuset, "/sys/fs/cgroup/cpuset", "cpuset");
  add(Controller::memory, "/sys/fs/cgroup/memory", "memory");
  add(Controller::pids, "/sys/fs/cgroup/pids", "pids");
  add(Controller::devices, "/sys/fs/cgroup/devices", "devices");
  return facts;
}

HostFacts user_on_v2() {
  HostFacts facts = root_on_v2();
  facts.privileged = false;
  facts.user = 1000;
  facts.group = 1000;
  facts.places = {"/home/u/.config/microctr", "/home/u/.local/share/microctr", "/run/user/1000/microctr"};
  facts.cgroup.own = "/user.slice";
  return facts;
}

HostFacts root_on_old_kernel_in_initramfs() {
  HostFacts facts = root_on_v2();
  facts.kernel = {5, 4};
  facts.apparmor = false;
  facts.ids.obstacle = "mapping ids of layers needs Linux 5.19";
  facts.root_is_rootfs = true;
  return facts;
}

struct Machine {
  const char* name;
  HostFacts facts;
};

std::string explain(const fs::path& file, const HostFacts& facts) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  const std::string content = text.str();
  const std::string stem = file.stem();
  static char storage[256 * 1024];
  Arena arena(storage);
  Spec spec;
  Origins origins;
  Diagnostics diagnostics;
  ConfigSources sources{
      {}, {CString::from_pointer("test.conf"), content}, "/configs", CString::from_pointer(stem.c_str()), {}};
  read_spec(sources, arena, spec, origins, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << file;
  const auto valid = validate(spec, origins, diagnostics);
  if (!valid) return "not valid\n";
  static Plan plan;
  const std::string record = std::string(facts.places.runtime.view()) + "/containers/" + stem;
  const auto made = make_plan(*valid, facts, CString::from_pointer(record.c_str()), arena, plan);
  if (!made) {
    const Error& error = made.error();
    std::string line = "refused: " + plain(error.what);
    if (!error.subject.empty()) line += " " + std::string(error.subject.view());
    if (!error.hint.empty()) line += " (" + plain(error.hint) + ")";
    return line + "\n";
  }
  std::string result;
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    TextBuffer<8192> line;
    explain_step(plan, index, line);
    EXPECT_FALSE(line.overflowed());
    result += line.view();
  }
  return result;
}

class PlanGolden : public testing::TestWithParam<fs::path> {};

TEST_P(PlanGolden, is_as_kept) {
  const Machine machines[] = {{"root-v2", root_on_v2()},
                              {"root-hybrid", root_on_hybrid()},
                              {"user-v2", user_on_v2()},
                              {"initramfs-5.4", root_on_old_kernel_in_initramfs()}};
  for (const Machine& machine : machines) {
    const std::string seen = explain(GetParam(), machine.facts);
    EXPECT_EQ(seen, explain(GetParam(), machine.facts)) << "the same text and facts make the same plan";
    fs::path kept = GetParam();
    kept.replace_extension(std::string(".") + machine.name + ".expected");
    if (std::getenv("MICROCTR_UPDATE_GOLDEN") != nullptr) std::ofstream(kept) << seen;
    std::ifstream stream(kept);
    ASSERT_TRUE(stream.good()) << kept << " is missing (MICROCTR_UPDATE_GOLDEN=1 makes it)";
    std::stringstream expected;
    expected << stream.rdbuf();
    EXPECT_EQ(expected.str(), seen) << kept;
  }
}

std::vector<fs::path> configs() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(fs::path(MICROCTR_SOURCE_DIR) / "tests/golden/plan")) {
    if (entry.path().extension() == ".conf") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

INSTANTIATE_TEST_SUITE_P(Configs, PlanGolden, testing::ValuesIn(configs()), [](const auto& information) {
  std::string name = information.param.stem();
  std::replace_if(
      name.begin(), name.end(), [](char character) { return character == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace microctr
