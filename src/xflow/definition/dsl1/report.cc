#include "xflow/definition/dsl1/report.h"

#include <algorithm>
#include <tuple>

namespace xf::dsl1 {
namespace {

constexpr std::size_t kShownMax = 100;
constexpr std::size_t kKeptMax = 1'000;  // a hostile document may hold a problem in every line

auto rank(const definition::Problem& p) { return std::tie(p.line, p.column, p.pointer, p.message); }

}  // namespace

void Report::at(yaml::Position position, std::string pointer, std::string message, std::string hint) {
  if (problems_.size() >= kKeptMax) return;
  problems_.push_back(
      {file_, position.line, position.column, std::move(pointer), std::move(message), std::move(hint)});
}

std::vector<definition::Problem> Report::take() && {
  std::ranges::sort(problems_, [](const auto& a, const auto& b) { return rank(a) < rank(b); });
  const auto repeated =
      std::ranges::unique(problems_, [](const auto& a, const auto& b) { return rank(a) == rank(b); });
  problems_.erase(repeated.begin(), repeated.end());
  if (problems_.size() > kShownMax) {
    const std::size_t more = problems_.size() - kShownMax;
    problems_.resize(kShownMax);
    problems_.push_back({file_, 0, 0, "", "and " + std::to_string(more) + " more problems", ""});
  }
  return std::move(problems_);
}

}  // namespace xf::dsl1
