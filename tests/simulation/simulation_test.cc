// Many simulated worlds, each right; and mutants of the program, each found out.
//   simulation_test [--transitions N]            all of it; N transitions (default 1,000,000)
//   simulation_test --seed N [--mutant NAME]     one world, told step by step
//   simulation_test --seed N --to M              many, told only when they are wrong
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <iostream>
#include <map>

#include "base/thread.h"
#include "world.h"
#include "xflow/expression/program.h"

namespace xf::simulation {

namespace {

constexpr std::uint64_t kMutantWorlds = 40;
// So many for each million transitions at least: what goes wrong differs from world to world.
constexpr std::uint64_t kWorlds = 120;

struct Arguments {
  std::uint64_t seed = 0, to = 0, transitions = 1'000'000;
  Mutant mutant = Mutant::kNone;
  bool is_wrong = false;
};

Arguments parse(int count, char** texts) {
  Arguments out;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = texts[i], value = texts[i + 1];
    if (name == "--seed") {
      out.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--to") {
      out.to = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--transitions") {
      out.transitions = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--mutant") {
      for (unsigned m = 1; m <= kMutants; ++m)
        if (to_string(static_cast<Mutant>(m)) == value) out.mutant = static_cast<Mutant>(m);
      out.is_wrong |= out.mutant == Mutant::kNone;
    } else {
      out.is_wrong = true;
    }
  }
  out.is_wrong |= count % 2 == 0;
  return out;
}

void print_problems(const Outcome& outcome) {
  for (const std::string& problem : outcome.problems) std::cout << "  " << problem << '\n';
}

// One world; false when it is wrong.
bool run_world(std::uint64_t seed, Stats& sum) {
  const Outcome outcome = simulate({.seed = seed});
  sum.add(outcome.stats);
  if (outcome.problems.empty()) return true;
  std::cout << "seed " << seed << " is wrong; `simulation_test --seed " << seed
            << "` shows it step by step:\n";
  print_problems(outcome);
  return false;
}

// Worlds from seed 1 on, until there were enough transitions.
bool run_worlds(std::uint64_t transitions) {
  Stats sum;
  std::uint64_t worlds = 0;
  while (sum.transitions < transitions || worlds < transitions * kWorlds / 1'000'000)
    if (!run_world(++worlds, sum)) return false;
  std::cout << worlds << " worlds are right:\n";
  bool is_complete = true;
  for (const auto& [name, count] : sum.rows()) {
    std::cout << "  " << count << ' ' << name << (count == 0 ? "   <- was never exercised" : "") << '\n';
    is_complete &= count > 0;
  }
  return is_complete;
}

// In a process of its own: a mutant may also make the program end itself. The first problem, or nothing.
std::string first_problem(const Options& options) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  std::cout.flush();
  const pid_t child = ::fork();
  if (child == 0) {
    const Outcome outcome = simulate(options);
    const std::string text = outcome.problems.empty() ? "" : outcome.problems.front().substr(0, 400);
    [[maybe_unused]] const auto written = ::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text(512, '\0');
  const auto size = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text.empty() && !(WIFEXITED(status) && WEXITSTATUS(status) == 0) ? "the program ended itself" : text;
}

bool is_found_out(Mutant mutant) {
  for (std::uint64_t seed = 1; seed <= kMutantWorlds; ++seed) {
    const std::string problem = first_problem({.seed = seed, .mutant = mutant});
    if (problem.empty()) continue;
    std::cout << "mutant " << to_string(mutant) << ": found out in world " << seed << ": " << problem
              << std::endl;
    return true;
  }
  std::cout << "mutant " << to_string(mutant) << " lives: the Auditor has lost its teeth" << std::endl;
  return false;
}

int run(const Arguments& arguments) {
  if (arguments.to != 0) {
    unsigned wrong = 0;
    Stats sum;
    for (std::uint64_t seed = arguments.seed; seed <= arguments.to; ++seed)
      wrong += run_world(seed, sum) ? 0 : 1;
    std::cout << sum.transitions << " transitions, " << wrong << " worlds are wrong\n";
    return wrong == 0 ? 0 : 1;
  }
  if (arguments.seed != 0) {
    const Outcome outcome = simulate({.seed = arguments.seed, .mutant = arguments.mutant, .is_told = true});
    print_problems(outcome);
    std::cout << "seed " << arguments.seed << (outcome.problems.empty() ? " is right\n" : " is wrong\n");
    return outcome.problems.empty() ? 0 : 1;
  }
  const auto begin = std::chrono::steady_clock::now();
  unsigned passed = 0, failed = 0;
  ++(run_worlds(arguments.transitions) ? passed : failed);
  for (unsigned m = 1; m <= kMutants; ++m) ++(is_found_out(static_cast<Mutant>(m)) ? passed : failed);
  std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() << " s\n";
  std::cout << passed << " passed, " << failed << " failed" << std::endl;
  return failed == 0 ? 0 : 1;
}

}  // namespace

}  // namespace xf::simulation

int main(int count, char** texts) {
  const auto arguments = xf::simulation::parse(count, texts);
  if (arguments.is_wrong) {
    std::cerr << "usage: simulation_test [--transitions N | --seed N [--to M | --mutant NAME]]\n";
    return 2;
  }
  int status = 0;
  xf::Thread("simulation", xf::expression::kStackBytes, [&] {
    status = xf::simulation::run(arguments);
  }).join();
  return status;
}
