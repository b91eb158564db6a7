#include "xflow/engine/limits.h"

#include <algorithm>

#include "xflow/engine/machine.h"

namespace xf::engine {
namespace {

class Scales {
 public:
  explicit Scales(ValueMemo& memo) : memo_(memo) {}
  void put(const json::Value& value) {
    const std::size_t weight = memo_.weight(value, kInstanceBytes);
    if (weight >= kShared) {
      if (std::ranges::any_of(seen_, [&](const json::Value* v) { return v->same_as(value); })) return;
      seen_.push_back(&value);
    }
    total_ += weight;
  }
  void put(const Datum& datum) {
    put(datum.value());
    if (datum.is_hidden()) put(datum.shown());
  }
  template <typename Values>
  void put_all(const Values& values) {
    for (const auto& value : values) put(value);
  }
  std::size_t total() const { return total_; }

 private:
  static constexpr std::size_t kShared = 4096;  // from here on a value is looked for among those seen
  ValueMemo& memo_;
  std::vector<const json::Value*> seen_;
  std::size_t total_ = 0;
};

void put_own(Scales& scales, const Own& own) {
  if (const auto* loop = std::get_if<ForState>(&own)) scales.put(loop->items);
  if (const auto* fork = std::get_if<ForkState>(&own)) scales.put_all(fork->outputs);
  if (const auto* listen = std::get_if<std::unique_ptr<ListenState>>(&own)) {
    const ListenState& state = **listen;
    const bool is_same = !state.seen.empty() && !state.results.empty() &&
                         state.seen.size() == state.results.size() &&
                         state.seen.back().same_as(state.results.back().value());
    scales.put_all(state.results);
    scales.put_all(state.queue);
    if (!is_same) scales.put_all(state.seen);
  }
}

}  // namespace

std::size_t instance_weight(Instance::State& s, const Datum& more) {
  Scales scales(s.memo);
  scales.put(more);
  scales.put(s.input);
  scales.put(s.context);
  for (const Input& held : s.held)
    if (const auto* received = std::get_if<input::EventReceived>(&held.body)) scales.put(received->event);
  for (const Resource& resource : s.resources) scales.put(resource.content);
  const Frame* root = s.frames.root();
  for (const Frame* at = root; at; at = next_below(*root, *at)) {
    scales.put(at->raw);
    scales.put(at->input);
    scales.put(at->output);
    put_own(scales, at->own);
  }
  return scales.total();
}

}  // namespace xf::engine
