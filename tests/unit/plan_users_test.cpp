// Which user namespace a container gets, and what is refused.
#include <gtest/gtest.h>
#include <linux/capability.h>

#include <string>

#include "launcher/plan/planner.h"
#include "launcher/spec/validate.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

class PlanUsers : public testing::Test {
 protected:
  PlanUsers() {
    spec_.name = "x";
    spec_.rootfs = "/srv";
    (void)spec_.command.push("/bin/true");
    facts_.kernel = {6, 1};
    facts_.privileged = true;
    facts_.places = {"/etc/microctr", "/var/lib/microctr", "/run/microctr"};
    facts_.ids.users = facts_.ids.groups = {1000000, 1999999};
  }

  void map(IdRange users) {
    spec_.user_namespace = UserNamespace::map;
    (void)spec_.user_map.push(users);
  }

  void be_a_user() {
    facts_.privileged = false;
    facts_.user = 1000;
    facts_.group = 1001;
    facts_.ids.has_helpers = true;
  }

  // "" or what was refused.
  std::string plan() {
    Diagnostics diagnostics;
    const auto valid = validate(spec_, Origins(), diagnostics);
    if (!valid) return "not valid";
    arena_.reset();
    const auto made = make_plan(*valid, facts_, "/run/microctr/containers/x", arena_, plan_);
    if (made) return "";
    return plain(made.error().what) + " " + std::string(made.error().subject.view()) + " (" + plain(made.error().hint) +
           ")";
  }

  std::string claimed() const {
    for (const Step& step : plan_.steps) {
      if (step.op == Op::claim_ids) return std::string(step.options.view());
    }
    return "";
  }

  Spec spec_;
  HostFacts facts_;
  Plan plan_;
  char storage_[64 * 1024];
  Arena arena_{storage_};
};

TEST_F(PlanUsers, root_gets_a_range_of_its_own) {
  EXPECT_EQ(plan(), "");
  EXPECT_TRUE(plan_.user_namespace);
  EXPECT_TRUE(plan_.mapped);
  EXPECT_TRUE(plan_.staged);
  EXPECT_FALSE(plan_.single_map);
  EXPECT_TRUE(plan_.maps.empty());
  EXPECT_EQ(claimed(), "users 1000000-1999999");
}

TEST_F(PlanUsers, pools_of_users_and_groups_may_differ) {
  facts_.ids.groups = {3000000, 3999999};
  EXPECT_EQ(plan(), "");
  EXPECT_EQ(claimed(), "users 1000000-1999999, groups 3000000-3999999");
}

TEST_F(PlanUsers, an_obstacle_means_none_where_it_was_not_asked_for) {
  facts_.ids.obstacle = "the file system cannot map ids:";
  facts_.ids.obstacle_on = "/srv";
  EXPECT_EQ(plan(), "");
  EXPECT_FALSE(plan_.user_namespace);
  EXPECT_FALSE(plan_.staged);
  EXPECT_EQ(claimed(), "");
}

TEST_F(PlanUsers, an_obstacle_is_an_error_where_it_was) {
  facts_.ids.obstacle = "the file system cannot map ids:";
  facts_.ids.obstacle_on = "/srv";
  map({0, 100000, 65536});
  EXPECT_EQ(plan(),
            "map ids (userns = map): the file system cannot map ids: /srv (mend that, or write userns = host or root)");
  spec_.user_map.clear();
  spec_.user_namespace = UserNamespace::automatic;
  spec_.nesting = true;
  facts_.cgroup.unified = "/sys/fs/cgroup";
  EXPECT_EQ(plan(),
            "nest containers without a user namespace: the file system cannot map ids: /srv (mend that, or write "
            "userns = root: root inside is then the machine's own)");
}

TEST_F(PlanUsers, root_maps_what_it_likes) {
  map({0, 0, 10});
  (void)spec_.group_map.push({0, 500, 20});
  EXPECT_EQ(plan(), "");
  EXPECT_TRUE(plan_.mapped);
  EXPECT_EQ(plan_.maps.users[0].count, 10U);
  EXPECT_EQ(plan_.maps.groups[0].outside, 500U);
  spec_.group_map.clear();
  EXPECT_EQ(plan(), "");
  EXPECT_EQ(plan_.maps.groups[0].count, 10U) << "as the users";
}

TEST_F(PlanUsers, the_single_map_shows_the_disk_as_it_is) {
  spec_.user_namespace = UserNamespace::root_map;
  facts_.ids.obstacle = "does not matter";
  EXPECT_EQ(plan(), "");
  EXPECT_TRUE(plan_.single_map);
  EXPECT_TRUE(plan_.staged);
  EXPECT_FALSE(plan_.mapped);
  EXPECT_EQ(plan_.maps.users[0].count, 1U);
}

TEST_F(PlanUsers, there_is_no_stage_without_a_way_into_the_mounts) {
  spec_.user_namespace = UserNamespace::root_map;
  facts_.kernel = {5, 7};
  EXPECT_EQ(plan(), "");
  EXPECT_FALSE(plan_.staged);
}

TEST_F(PlanUsers, a_user_is_root_inside_alone) {
  be_a_user();
  EXPECT_EQ(plan(), "");
  EXPECT_TRUE(plan_.single_map);
  EXPECT_FALSE(plan_.staged);
  EXPECT_EQ(plan_.maps.users[0].outside, 1000U);
  EXPECT_EQ(plan_.maps.groups[0].outside, 1001U);
}

TEST_F(PlanUsers, a_user_maps_what_was_lent) {
  be_a_user();
  map({0, 100000, 65536});
  EXPECT_EQ(plan(), "map ids that this user may not use: 100000-165535 (lend them in /etc/subuid: USER:FIRST:COUNT)");
  (void)facts_.ids.lent_users.push({0, 90000, 20000});
  EXPECT_NE(plan(), "") << "only a part of it";
  (void)facts_.ids.lent_users.push({0, 100000, 65536});
  EXPECT_EQ(plan(), "map ids that this user may not use: 100000-165535 (lend them in /etc/subgid: USER:FIRST:COUNT)");
  (void)facts_.ids.lent_groups.push({0, 1, UINT32_MAX - 1});
  EXPECT_EQ(plan(), "");
  EXPECT_TRUE(plan_.user_namespace);
  EXPECT_FALSE(plan_.mapped);
  EXPECT_FALSE(plan_.single_map);
}

TEST_F(PlanUsers, a_user_maps_itself_anyway) {
  be_a_user();
  map({0, 1000, 1});
  (void)spec_.group_map.push({0, 1001, 1});
  EXPECT_EQ(plan(), "");
  spec_.group_map[0].outside = 1000;
  EXPECT_NE(plan(), "") << "another's group";
  spec_.group_map[0] = {0, 1001, 2};
  EXPECT_NE(plan(), "") << "and one more";
}

TEST_F(PlanUsers, ranges_of_a_user_need_the_helpers) {
  be_a_user();
  facts_.ids.has_helpers = false;
  map({0, 100000, 65536});
  (void)facts_.ids.lent_users.push({0, 100000, 65536});
  (void)facts_.ids.lent_groups.push({0, 100000, 65536});
  EXPECT_EQ(plan(),
            "map ranges of ids without privilege newuidmap, newgidmap (install uidmap (shadow), or use userns = root)");
}

TEST_F(PlanUsers, a_user_cannot_do_without) {
  be_a_user();
  spec_.user_namespace = UserNamespace::host;
  EXPECT_EQ(plan(), "start with userns = host  (run as root, or let a user namespace be used: userns = root)");
}

// On an initramfs nothing locks the new root over the machine's.
TEST_F(PlanUsers, who_may_unmount_cannot_be_held_on_an_initramfs) {
  facts_.root_is_rootfs = true;
  EXPECT_EQ(plan(), "");
  spec_.capabilities_added = std::uint64_t{1} << CAP_SYS_ADMIN;
  EXPECT_EQ(plan().rfind("lock the root of a container with SYS_ADMIN", 0), 0U) << plan();
  facts_.root_is_rootfs = false;
  EXPECT_EQ(plan(), "");
  facts_.root_is_rootfs = true;
  spec_.user_namespace = UserNamespace::host;
  EXPECT_EQ(plan(), "");
  spec_.user_namespace = UserNamespace::automatic;
  spec_.capabilities_added = 0;
  spec_.nesting = true;
  EXPECT_NE(plan(), "");
  be_a_user();
  EXPECT_NE(plan(), "");
}

}  // namespace
}  // namespace microctr
