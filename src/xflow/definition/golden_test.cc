// Golden tests of definitions: each case of testdata/*.golden is a definition and the problems that it must
// give, as people see them; a case without problems must load. XFLOW_UPDATE_GOLDEN=1 rewrites the files; read
// the diff.
//
//   === [strict 1.0.1] name     "[…]" is optional: held to that version
//   definition                  behind a first line with a good `document`, unless it begins with !raw
//   --- problems
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "xflow/definition/load.h"

namespace xf::definition {
namespace {

struct Case {
  std::string name, definition, problems;
};

constexpr std::string_view kBegin = "=== ", kProblems = "---\n";

std::vector<Case> parse_cases(std::string_view text) {
  std::vector<Case> out;
  while (text.starts_with(kBegin)) {
    const std::size_t line_end = text.find('\n');
    const std::size_t next = std::min(text.find("\n=== "), text.size() - 1) + 1;
    const std::string_view body = text.substr(line_end + 1, next - line_end - 1);
    const std::size_t split = std::min(body.find(kProblems), body.size());
    Case one{std::string(text.substr(4, line_end - 4)), std::string(body.substr(0, split)), ""};
    if (split < body.size()) one.problems = std::string(body.substr(split + kProblems.size()));
    out.push_back(std::move(one));
    text.remove_prefix(next);
  }
  return out;
}

std::string problems_of(const Case& one) {
  LoadOptions options{.file = "t"};
  std::string dsl = "1.0.3";
  if (one.name.starts_with("[strict ")) {
    options.strict = true;
    dsl = one.name.substr(8, one.name.find(']') - 8);
  }
  std::string text = one.definition;
  if (text.starts_with("!raw\n")) {
    text.erase(0, 5);
  } else {
    text.insert(0, "document: {dsl: " + dsl + ", namespace: t, name: t, version: 1.0.0}\n");
  }
  const auto plan = load(text, options);
  std::string out;
  if (plan) return out;
  for (const Problem& problem : plan.error()) out += to_string(problem).substr(2) + "\n";
  return out;
}

void check_file(const std::string& name) {
  const std::string path = std::string(XF_TESTDATA) + "/" + name;
  std::ifstream in(path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::vector<Case> cases = parse_cases(text);
  ASSERT_FALSE(cases.empty()) << path;
  std::string updated;
  for (const Case& one : cases) {
    const std::string got = problems_of(one);
    updated += "=== " + one.name + "\n" + one.definition + std::string(kProblems) + got;
    if (std::getenv("XFLOW_UPDATE_GOLDEN") == nullptr) {
      EXPECT_EQ(got, one.problems) << one.name << "\n" << one.definition;
    }
  }
  if (std::getenv("XFLOW_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << updated;
}

// As people write it who come from elsewhere: would they know what to do?
TEST(Golden, Newcomers) { check_file("newcomers.golden"); }
TEST(Golden, Refused) { check_file("refused.golden"); }
TEST(Golden, Strict) { check_file("strict.golden"); }

}  // namespace
}  // namespace xf::definition
