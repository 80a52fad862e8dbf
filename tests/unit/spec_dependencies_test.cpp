// Circles, order and what is missing among containers.
#include "launcher/spec/dependencies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace microctr {
namespace {

using Names = std::vector<std::string>;

struct Graph {
  std::unique_ptr<Dependencies> dependencies = std::make_unique<Dependencies>();
  std::vector<std::string> circles;
  std::vector<std::vector<Dependencies::Index>> members;

  Dependencies::Index add(const std::string& name, const Names& after = {}, const Names& requires_ = {},
                          const std::string& start = "") {
    const auto spec = std::make_unique<Spec>();
    spec->name = CString::from_terminated(name);
    for (const auto& other : after) EXPECT_TRUE(spec->supervision.after.push(CString::from_terminated(other)));
    for (const auto& other : requires_) EXPECT_TRUE(spec->supervision.requires_.push(CString::from_terminated(other)));
    if (!start.empty()) {
      spec->supervision.on_failure = FailureAction::start;
      spec->supervision.failure_start = CString::from_terminated(start);
    }
    return dependencies->add(*spec);
  }

  std::string order() {
    circles.clear();
    members.clear();
    std::string text;
    for (const auto index : dependencies->order(this, note)) {
      text += (text.empty() ? "" : " ") + std::string(dependencies->name(index).view());
    }
    return text;
  }

  static void note(void* context, const Dependencies& dependencies, Dependencies::Circle circle) {
    auto& graph = *static_cast<Graph*>(context);
    TextBuffer<2048> text;
    write_circle(dependencies, circle, text);
    graph.circles.emplace_back(text.view());
    graph.members.emplace_back(circle.begin(), circle.end());
  }
};

TEST(SpecDependencies, StandInTheOrderOfTheStart) {
  Graph graph;
  graph.add("web", {"cache"}, {"db"});
  graph.add("cache", {}, {"db"});
  graph.add("alone");
  graph.add("db", {"disk"});
  EXPECT_EQ(graph.order(), "db cache web alone");
  EXPECT_TRUE(graph.circles.empty());
  graph.add("disk");
  EXPECT_EQ(graph.order(), "disk db cache web alone") << "one that was only named is known now";
}

TEST(SpecDependencies, NameTheCircle) {
  Graph graph;
  graph.add("web", {}, {"db"});
  graph.add("db", {"cache"});
  graph.add("cache", {}, {"web"});
  graph.add("other", {"web"});
  graph.order();
  EXPECT_EQ(graph.circles, Names{"web requires db, db is after cache, cache requires web"});
  graph.add("cache");
  EXPECT_EQ(graph.order(), "cache db web other") << "what it says now counts";
  EXPECT_TRUE(graph.circles.empty());
}

TEST(SpecDependencies, NameTheShortestAndLongCircles) {
  Graph graph;
  graph.add("a", {"a"});
  graph.order();
  EXPECT_EQ(graph.circles, Names{"a is after a"});
  graph.add("a", {"b"}, {"b"});
  graph.add("b", {"a"});
  graph.order();
  EXPECT_EQ(graph.circles, Names{"a requires b, b is after a"});

  Graph ring;
  for (int number = 0; number < 20; ++number) {
    ring.add("c" + std::to_string(number), {"c" + std::to_string((number + 1) % 20)});
  }
  ring.order();
  EXPECT_EQ(ring.circles, Names{"c0 is after c1, c1 is after c2, c2 is after c3, c3 is after c4, c4 is after c5, c5 is "
                                "after c6, c6 is after c7, c7 is after c8, ..., 20 in all"});
}

TEST(SpecDependencies, OnlyWhatIsNeededMayBeMissing) {
  Graph graph;
  const auto web = graph.add("web", {"cache"}, {"db"}, "rescue");
  const auto& dependencies = *graph.dependencies;
  const auto missing_name = [&] {
    const auto index = dependencies.missing(web);
    return index == Dependencies::none ? "" : std::string(dependencies.name(index).view());
  };
  EXPECT_EQ(missing_name(), "db");
  const auto db = graph.add("db");
  EXPECT_EQ(missing_name(), "rescue");
  graph.add("rescue");
  EXPECT_EQ(missing_name(), "");
  EXPECT_FALSE(dependencies.is_known(dependencies.find("cache")));
  EXPECT_EQ(dependencies.find("nobody"), Dependencies::none);
  graph.dependencies->remove(db);
  EXPECT_EQ(missing_name(), "db");
  EXPECT_TRUE(dependencies.waits_for(web, db));
  EXPECT_FALSE(dependencies.waits_for(db, web));
  EXPECT_EQ(graph.order(), "web rescue");
}

TEST(SpecDependencies, AreLinkedOnce) {
  Graph graph;
  const auto web = graph.add("web", {"db", "cache"}, {"db"});
  const auto links = graph.dependencies->links(web);
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].bond, Bond::requires_);
  EXPECT_EQ(links[1].bond, Bond::after);
}

TEST(SpecDependencies, AreBounded) {
  Graph graph;
  for (std::size_t number = 0; number + 2 < limits::containers; ++number) {
    ASSERT_NE(graph.add("c" + std::to_string(number)), Dependencies::none);
  }
  EXPECT_EQ(graph.add("web", {"a", "b"}), Dependencies::none);
  EXPECT_EQ(graph.dependencies->size(), limits::containers - 2) << "nothing is left of it";
  EXPECT_EQ(graph.add("web", {}, {}, "a"), limits::containers - 2);
  EXPECT_EQ(graph.add("c0", {"web"}, {"a"}), 0U);
  EXPECT_EQ(graph.add("c0", {"more"}), Dependencies::none);
  EXPECT_TRUE(graph.dependencies->waits_for(0, graph.dependencies->find("web"))) << "it says what it said";
}

TEST(SpecDependencies, MayBeAsDeepAsThereAreContainers) {
  Graph graph;
  for (std::size_t number = 0; number < limits::containers; ++number) {
    const Names before = number + 1 < limits::containers ? Names{"c" + std::to_string(number + 1)} : Names();
    ASSERT_NE(graph.add("c" + std::to_string(number), before), Dependencies::none);
  }
  EXPECT_EQ(graph.order().substr(0, 17), "c1023 c1022 c1021");
  EXPECT_TRUE(graph.circles.empty());
}

// Whatever the graph: without the members of the circles that were found each stands behind all that it waits for.
TEST(SpecDependencies, HaveNoOtherCircle) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    Graph graph;
    const unsigned count = 2 + random() % 8;
    for (unsigned number = 0; number < count; ++number) {
      Names after;
      for (unsigned other = 0; other < count; ++other) {
        if (random() % 4 == 0) after.push_back("c" + std::to_string(other));
      }
      graph.add("c" + std::to_string(number), after);
    }
    std::vector<bool> is_in_circle(graph.dependencies->size(), false);
    std::vector<std::size_t> place(graph.dependencies->size(), 0);
    std::size_t at = 0;
    for (const auto index : graph.dependencies->order(&graph, Graph::note)) place[index] = at++;
    EXPECT_EQ(at, count);
    for (const auto& circle : graph.members) {
      for (std::size_t member = 0; member < circle.size(); ++member) {
        is_in_circle[circle[member]] = true;
        EXPECT_TRUE(graph.dependencies->waits_for(circle[member], circle[(member + 1) % circle.size()]));
      }
    }
    for (Dependencies::Index index = 0; index < graph.dependencies->size(); ++index) {
      for (const auto& link : graph.dependencies->links(index)) {
        if (is_in_circle[index] || is_in_circle[link.on]) continue;
        EXPECT_LT(place[link.on], place[index]);
      }
    }
  }
}

}  // namespace
}  // namespace microctr
