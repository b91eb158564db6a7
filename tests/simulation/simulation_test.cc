// Many simulated worlds, each right; and mutants of the program, each found out.
// Environment: XFLOW_SIMULATION_SEED (one world, told at length), XFLOW_SIMULATION_TRANSITIONS (default 1,000,000).
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "world.h"

namespace xf::simulation {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string told(const Outcome& outcome) {
  std::string out;
  for (const std::string& problem : outcome.problems) out += "\n  " + problem;
  return out;
}

TEST(Simulation, EveryWorldIsRight) {
  const std::uint64_t only = from_environment("XFLOW_SIMULATION_SEED", 0);
  const std::uint64_t wanted = from_environment("XFLOW_SIMULATION_TRANSITIONS", 1'000'000);
  Outcome sum;
  std::uint64_t seed = only ? only : 1, worlds = 0;
  do {
    Outcome outcome = simulate({.seed = seed});
    ASSERT_TRUE(outcome.problems.empty()) << "seed " << seed << ": XFLOW_SIMULATION_SEED=" << seed << " shows it again" << told(outcome);
    sum.transitions += outcome.transitions;
    sum.crashes += outcome.crashes;
    sum.failed_commits += outcome.failed_commits;
    sum.commits += outcome.commits;
    sum.sends += outcome.sends;
    sum.resends += outcome.resends;
    ++worlds, ++seed;
  } while (!only && sum.transitions < wanted);
  std::cout << worlds << " worlds, " << sum.transitions << " transitions, " << sum.commits << " commits, " << sum.failed_commits
            << " failed ones, " << sum.crashes << " crashes, " << sum.sends << " calls sent, " << sum.resends << " of them again\n";
  // A world in which nothing goes wrong would prove little.
  EXPECT_GT(sum.crashes, worlds);
  EXPECT_GT(sum.failed_commits, 0u);
  EXPECT_GT(sum.resends, 0u);
}

class Mutants : public testing::TestWithParam<unsigned> {};

TEST_P(Mutants, AreFoundOut) {
  const auto mutant = static_cast<Mutant>(GetParam());
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Outcome outcome = simulate({.seed = seed, .mutant = mutant});
    if (!outcome.problems.empty()) {
      std::cout << to_string(mutant) << ": found in world " << seed << ": " << outcome.problems.front() << "\n";
      return;
    }
  }
  FAIL() << "the mutant '" << to_string(mutant) << "' lived through 40 worlds: the Auditor has lost its teeth";
}

INSTANTIATE_TEST_SUITE_P(All, Mutants, testing::Range(1u, kMutants + 1));

}  // namespace
}  // namespace xf::simulation
