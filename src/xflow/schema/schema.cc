// Schema: compile once, validate twice at most: quietly, and again with violations when it does not fit.
#include "xflow/schema/schema.h"

#include "xflow/schema/compiler.h"
#include "xflow/schema/evaluator.h"

namespace xf::schema {
namespace {

Error exhausted(Evaluator::Stop stop, const Options& options) {
  if (stop == Evaluator::Stop::kDepth) {
    return {Code::kExhausted,
            "checking the value against its schema went deeper than " + std::to_string(options.depth_max) +
                " levels: the value is nested too deep, or the schema refers to itself without end"};
  }
  return {Code::kExhausted, "checking the value against its schema takes more work than is allowed (" +
                                std::to_string(options.work_max) +
                                "): simplify the schema or make the value smaller"};
}

}  // namespace

struct Schema::Impl {
  Model model;
};

Schema::Schema(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Schema::~Schema() = default;

Result<std::shared_ptr<const Schema>> Schema::compile(
    const json::Value& schema, const std::vector<std::pair<std::string, json::Value>>& documents) {
  auto model = compile_model(schema, documents);
  if (!model) return std::unexpected(std::move(model).error());
  return std::shared_ptr<const Schema>(new Schema(std::make_unique<Impl>(*std::move(model))));
}

Result<std::vector<Violation>> Schema::validate(const json::Value& value, const Options& options) const {
  std::vector<Violation> violations;
  Evaluator quiet(impl_->model, options, nullptr);
  const bool fits = quiet.fits(value);
  if (quiet.stop() != Evaluator::Stop::kNone) return std::unexpected(exhausted(quiet.stop(), options));
  if (fits) return violations;
  Options explaining = options;
  explaining.violations_max = std::max<std::size_t>(options.violations_max, 1);
  Evaluator thorough(impl_->model, explaining, &violations);
  thorough.fits(value);
  if (violations.empty()) return std::unexpected(exhausted(thorough.stop(), options));
  return violations;
}

}  // namespace xf::schema
