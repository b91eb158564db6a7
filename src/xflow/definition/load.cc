#include "xflow/definition/load.h"

#include "base/digest.h"
#include "base/json/print.h"
#include "base/yaml/parse.h"
#include "xflow/definition/dsl1/document.h"

namespace xf::definition {
namespace {

std::vector<Problem> of_syntax(const std::vector<yaml::Problem>& problems, const std::string& file) {
  std::vector<Problem> out;
  for (const yaml::Problem& p : problems) {
    out.push_back({file, p.position.line, p.position.column, "", p.message, p.hint});
  }
  return out;
}

}  // namespace

std::expected<plan::PlanPtr, std::vector<Problem>> load(std::string_view text, const LoadOptions& options) {
  const auto root = yaml::parse(text, {.bytes_max = kSourceBytesMax, .depth_max = kNestingMax});
  if (!root) return std::unexpected(of_syntax(root.error(), options.file));
  auto plan = dsl1::read(*root, {.file = options.file, .is_strict = options.strict});
  if (!plan) return std::unexpected(std::move(plan.error()));
  plan->digest = sha256_digest(json::canonical(plan->source));
  return std::make_shared<const plan::Plan>(std::move(*plan));
}

std::expected<plan::PlanPtr, std::vector<Problem>> load_function(const json::Value& content,
                                                                 const std::string& address) {
  // Read again from text, for problems to have their places.
  const auto root = yaml::parse(json::print(content), {.bytes_max = kSourceBytesMax, .depth_max = kNestingMax});
  if (!root) return std::unexpected(of_syntax(root.error(), address));
  auto plan = dsl1::read_function(*root, {.file = address});
  if (!plan) return std::unexpected(std::move(plan.error()));
  return std::make_shared<const plan::Plan>(std::move(*plan));
}

std::string stored_source(const plan::Plan& plan) { return json::print(plan.source); }

}  // namespace xf::definition
