// Evaluator: one value against one Model, once. Quiet (does it fit?) or with violations collected.
//
// Invariants: work is charged before it is done; a spent budget makes every answer meaningless and ends every
// loop; the C stack is bounded by depth_max. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "xflow/schema/equality.h"
#include "xflow/schema/evaluated.h"
#include "xflow/schema/model.h"
#include "xflow/schema/schema.h"

namespace xf::schema {

// Where in the value: a chain on the C stack, written out only for a violation.
struct At {
  const At* parent = nullptr;
  const json::Value* key = nullptr;  // of a member; otherwise an element
  std::size_t index = 0;
};
std::string pointer_to(const At&);

class Evaluator {
 public:
  enum class Stop : std::uint8_t { kNone, kWork, kDepth };

  // `sink` is null when only the answer matters.
  Evaluator(const Model& model, const Options& options, std::vector<Violation>* sink)
      : model_(model), options_(options), budget_(options.work_max), sink_(sink) {}

  bool fits(const json::Value& root) { return node(0, root, At{}, nullptr); }
  Stop stop() const noexcept {
    return too_deep_ ? Stop::kDepth : budget_.is_spent() ? Stop::kWork : Stop::kNone;
  }

 private:
  using Value = json::Value;

  // What a keyword is applied to: `seen` is null when nobody asks what was evaluated.
  struct Subject {
    const Node& node;
    const Value& value;
    const At& at;
    Evaluated* seen;
  };

  bool node(NodeId, const Value&, const At&, Evaluated* seen);
  bool keywords(const Node&, const Value&, const At&, Evaluated* seen);

  bool apply(const keyword::Types&, const Subject&);
  bool apply(const keyword::Const&, const Subject&);
  bool apply(const keyword::Enum&, const Subject&);
  bool apply(const keyword::Limit&, const Subject&);
  bool apply(const keyword::MultipleOf&, const Subject&);
  bool apply(const keyword::Count&, const Subject&);
  bool apply(const keyword::Matches&, const Subject&);
  bool apply(const keyword::Format&, const Subject&);
  bool apply(const keyword::Properties&, const Subject&);
  bool apply(const keyword::Required&, const Subject&);
  bool apply(const keyword::PropertyNames&, const Subject&);
  bool apply(const keyword::DependentRequired&, const Subject&);
  bool apply(const keyword::DependentSchemas&, const Subject&);
  bool apply(const keyword::Items&, const Subject&);
  bool apply(const keyword::Contains&, const Subject&);
  bool apply(const keyword::UniqueItems&, const Subject&);
  bool apply(const keyword::AllOf&, const Subject&);
  bool apply(const keyword::AnyOf&, const Subject&);
  bool apply(const keyword::OneOf&, const Subject&);
  bool apply(const keyword::Not&, const Subject&);
  bool apply(const keyword::Conditional&, const Subject&);
  bool apply(const keyword::Ref&, const Subject&);
  bool apply(const keyword::DynamicRef&, const Subject&);
  bool apply(const keyword::UnevaluatedProperties&, const Subject&);
  bool apply(const keyword::UnevaluatedItems&, const Subject&);

  bool property(const keyword::Properties&, const Subject&, std::size_t place);
  // The same value against a subschema whose failure is no violation.
  bool quietly(NodeId, const Value&, const At&, Evaluated* seen);
  bool finds(const Pattern&, std::string_view text);
  // The violations of the alternative that came closest.
  std::string nearest(std::span<const NodeId>, const Subject&);

  bool collects() const noexcept { return sink_ != nullptr && sink_->size() < options_.violations_max; }
  // After a failure: is it worth while to look for more?
  bool goes_on() const noexcept { return collects() && !has_stopped(); }
  bool has_stopped() const noexcept { return budget_.is_spent(); }
  // Always false. `message` is called only when somebody collects.
  template <typename Message>
  bool violated(const Subject& subject, const At& at, std::string_view way, Message&& message) {
    if (collects() && !has_stopped()) record(subject.node, at, way, message());
    return false;
  }
  template <typename Message>
  bool violated(const Subject& subject, std::string_view way, Message&& message) {
    return violated(subject, subject.at, way, message);
  }
  void record(const Node&, const At&, std::string_view way, std::string message);

  const Model& model_;
  const Options& options_;
  Budget budget_;
  std::vector<Violation>* sink_;
  std::vector<std::uint32_t>
      resources_;  // entered and not left: the dynamic scope; only with dynamic anchors
  std::uint32_t depth_ = 0;
  bool too_deep_ = false;
};

}  // namespace xf::schema
