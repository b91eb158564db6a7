// The snapshot's form, and the digest. Frames are written as the tree they are: each by its place in its
// parent and, in the snapshot, its task's name, which together are its reference. Waits and ready frames name
// frames by their order in that tree.
#include <algorithm>

#include "xflow/engine/codec.h"
#include "xflow/engine/machine.h"
#include "xflow/engine/resources.h"
#include "xflow/engine/revision.h"

namespace xf::engine {

// A digest is of what may be seen: it is kept in the clear.
template <typename A, Is<Datum> X>
void fields(A& a, X& x) {
  if constexpr (A::kReads) {
    bool is_hidden = false;
    json::Value value, shown;
    a(is_hidden, value);
    if (is_hidden) a(shown);
    x = is_hidden ? Datum::hidden(std::move(value), std::move(shown)) : Datum(std::move(value));
  } else {
    a(x.is_hidden());
    if (!a.is_digest()) a(x.value());
    if (a.is_digest() || x.is_hidden()) a(x.shown());
  }
}
template <typename A, Is<ForState> X>
void fields(A& a, X& x) {
  a(x.items, x.index);
}
template <typename A, Is<ForkState> X>
void fields(A& a, X& x) {
  a(x.outputs, x.open);
}
template <typename A, Is<Unsettled> X>
void fields(A& a, X& x) {
  a(x.task, x.key);
}
template <typename A, Is<TryState> X>
void fields(A& a, X& x) {
  a(x.first_at, x.retries, x.is_handling, x.error, x.last_attempt, x.this_attempt);
}
template <typename A, Is<CallState> X>
void fields(A& a, X& x) {
  a(x.key, x.is_unsettled);
}
template <typename A, Is<ListenState> X>
void fields(A& a, X& x) {
  a(x.subscription, x.until, x.met, x.until_met, x.correlated, x.results, x.seen, x.queue, x.item, x.index,
    x.is_busy, x.is_closed, x.is_full, x.held, x.unweighed);
}
template <typename A, Is<Resource> X>
void fields(A& a, X& x) {
  a(x.uri, x.use, x.pending, x.digest);  // the content is stored by its digest
}
template <typename A, Is<Frame> X>
void fields(A& a, X& x) {
  a(x.stage, x.has_faulted, x.extension, x.chosen, x.scope, x.iteration, x.started_at, x.raw, x.input,
    x.output, x.own);
}
template <typename A, Is<Instance::State> X>
void fields(A& a, X& x) {
  a(x.id, x.key, x.parent, x.seed, x.draws, x.revision, x.status, x.is_suspended, x.is_yielded, x.last_seq,
    x.cycled, x.last_id, x.started_at, x.frozen_at, x.input, x.context, x.output, x.fault, x.held,
    x.resources, x.secrets, x.holds_secrets, x.unsettled);
}

namespace {

constexpr std::uint64_t kFormat = 2;

// ---- Writing

using Order = std::vector<const Frame*>;

std::uint64_t place_in(const Order& order, const Frame* frame) {
  return std::uint64_t(std::ranges::find(order, frame) - order.begin());
}

void write_frame(Writer& writer, const Frame& frame, const plan::Plan* plan) {
  std::uint64_t children = 0;
  for (const Frame* child = frame.child; child; child = child->next) ++children;
  writer.number(children);
  writer(frame.part, frame.slot);
  if (plan && frame.parent) writer((frame.function ? *frame.function : *plan).nodes[frame.node].name);
  writer(frame);
}

void write_waits(Writer& writer, const std::vector<Wait>& waits, const Order& order) {
  writer.number(waits.size());
  for (const Wait& wait : waits) {
    writer(wait.id, wait.kind, wait.due);
    writer.number(place_in(order, wait.frame));
  }
}

// `plan`: for the names; null in a digest.
void write_state(Writer& writer, const Instance::State& s, const plan::Plan* plan) {
  writer(s);
  Order order;
  const Frame* root = s.frames.root();
  writer(root != nullptr);
  for (const Frame* at = root; at; at = next_below(*root, *at)) {
    order.push_back(at);
    write_frame(writer, *at, plan);
  }
  writer.number(s.ready.size());
  for (const Frame* frame : s.ready) writer.number(place_in(order, frame));
  write_waits(writer, s.waits, order);
  write_waits(writer, s.frozen, order);
  writer(s.failed != nullptr);
  if (s.failed) writer.number(place_in(order, s.failed));
}

// ---- Reading

class StateReader {
 public:
  StateReader(Reader& reader, Instance::State& s, const plan::Plan& plan, const Contents& contents)
      : reader_(reader), s_(s), plan_(plan), contents_(contents) {}

  Result<void> read() {
    reader_(s_);
    XF_TRY(fetch_contents());
    if (read_frames() && !reader_.failed() && reader_.at_end()) return {};
    return fail(Code::kCorrupt, "the snapshot is damaged, or was not made with this definition");
  }

 private:
  Result<void> fetch_contents() {
    if (reader_.failed()) return {};
    for (Resource& resource : s_.resources) {
      if (resource.pending != 0 || resource.use != ResourceUse::kRead) continue;
      XF_TRY_ASSIGN(resource.content, read_content(contents_, resource.digest));
    }
    for (Input& held : s_.held) XF_TRY(fill(held.body, contents_));
    return {};
  }

  bool read_frames() {
    bool has_frames = false;
    reader_(has_frames);
    if (has_frames && !read_tree()) return false;
    for (std::size_t n = reader_.count(); n > 0; --n) {
      Frame* frame = frame_at();
      if (!frame) return false;
      frame->is_queued = true;
      s_.ready.push_back(frame);
    }
    if (!read_waits(s_.waits) || !read_waits(s_.frozen)) return false;
    for (const Wait& wait : s_.waits) ++wait.frame->waits;
    bool has_failed = false;
    reader_(has_failed);
    if (has_failed) s_.failed = frame_at();
    return !has_failed || s_.failed;
  }

  Frame* frame_at() {
    const std::uint64_t index = reader_.number();
    return index < order_.size() ? order_[index] : nullptr;
  }

  bool read_tree() {
    struct Open {
      Frame* frame;
      std::size_t left;
    };
    std::vector<Open> open;
    do {
      Frame* parent = open.empty() ? nullptr : open.back().frame;
      if (parent) --open.back().left;
      const std::size_t children = reader_.count();
      Frame* frame = read_frame(parent);
      if (!frame) return false;
      order_.push_back(frame);
      open.push_back({frame, children});
      while (!open.empty() && open.back().left == 0) open.pop_back();
    } while (!open.empty());
    return true;
  }

  Frame* read_frame(Frame* parent) {
    Frame& frame = *s_.frames.add(parent);
    std::string name;
    reader_(frame.part, frame.slot);
    if (parent) reader_(name);
    reader_(frame);
    if (reader_.failed()) return nullptr;
    if (!parent) return &frame;
    frame.node = node_at(plan_, *parent, frame.part, frame.slot, parent->extension);
    if (frame.node == plan::kNoNode || !enter_function(frame)) return nullptr;
    return plan_of(frame).nodes[frame.node].name == name && fits(frame) ? &frame : nullptr;
  }

  const plan::Plan& plan_of(const Frame& frame) const { return frame.function ? *frame.function : plan_; }

  // A frame is of its parent's plan, unless it is what a fetched function became.
  bool enter_function(Frame& frame) {
    frame.function = frame.parent->function;
    if (frame.part != Part::kFunction || is_root(*frame.parent)) return true;
    const auto& call = std::get<plan::CallFunction>(plan_of(*frame.parent).nodes[frame.parent->node].body);
    if (call.body != plan::kNoNode) return true;
    const auto is_it = [&](const Resource& r) {
      return r.pending == 0 && r.use == ResourceUse::kRead && r.uri == call.uri;
    };
    if (std::ranges::none_of(s_.resources, is_it)) return false;
    const auto function = function_at(s_, call.uri);
    if (function) frame.function = function->get();
    return function.has_value();
  }

  // What a frame remembers must be of its node's kind: the nodes rely on it.
  bool fits(const Frame& frame) const {
    const plan::Body& body = plan_of(frame).nodes[frame.node].body;
    switch (frame.own.index()) {
      case 1: return std::holds_alternative<plan::For>(body) && index_fits(std::get<ForState>(frame.own));
      case 2:
        return std::holds_alternative<plan::Fork>(body) &&
               branches_fit(std::get<plan::Fork>(body), std::get<ForkState>(frame.own));
      case 3: return std::holds_alternative<plan::Try>(body);
      case 4:
        return std::holds_alternative<plan::CallHttp>(body) ||
               std::holds_alternative<plan::CallOpenApi>(body);
      case 5:
        return std::holds_alternative<plan::Listen>(body) &&
               filters_fit(std::get<plan::Listen>(body).to,
                           *std::get<std::unique_ptr<ListenState>>(frame.own));
      default: return true;
    }
  }
  static bool branches_fit(const plan::Fork& fork, const ForkState& state) {
    return state.outputs.size() == (fork.compete ? 0 : fork.branches.size()) &&
           state.open <= fork.branches.size();
  }
  static bool filters_fit(const plan::EventStrategy& to, const ListenState& state) {
    return state.met.size() == to.filters.size() &&
           state.until_met.size() == (to.until_events ? to.until_events->filters.size() : 0);
  }
  static bool index_fits(const ForState& state) {
    return state.items.value().is_array() && state.index <= state.items.value().size();
  }

  bool read_waits(std::vector<Wait>& waits) {
    for (std::size_t n = reader_.count(); n > 0; --n) {
      Wait wait;
      reader_(wait.id, wait.kind, wait.due);
      wait.frame = frame_at();
      if (!wait.frame || reader_.failed()) return false;
      waits.push_back(wait);
    }
    return true;
  }

  Reader& reader_;
  Instance::State& s_;
  const plan::Plan& plan_;
  const Contents& contents_;
  std::vector<Frame*> order_;
};

}  // namespace

std::string encode(const Instance& instance, const plan::Plan& plan) {
  std::string out;
  Writer writer(out);
  writer.number(kFormat);
  write_state(writer, instance.state(), &plan);
  return out;
}

Result<Instance> decode_instance(std::string_view bytes, const plan::Plan& plan, const Contents& contents) {
  Reader reader(bytes);
  if (const std::uint64_t format = reader.number(); format != kFormat)
    return fail(Code::kCorrupt, "the snapshot has the format " + std::to_string(format) +
                                    ", this program reads " + std::to_string(kFormat));
  Instance instance;
  XF_TRY(StateReader(reader, instance.state(), plan, contents).read());
  if (instance.revision() > kRevisionReadable)
    return fail(Code::kUnavailable, "the instance has the revision " + std::to_string(instance.revision()) +
                                        ", this program continues up to " +
                                        std::to_string(kRevisionReadable));
  return instance;
}

std::uint64_t Instance::digest() const {
  std::string bytes;
  bytes.reserve(kUsualBytes);
  Writer writer(bytes, &state_->memo);
  write_state(writer, *state_, nullptr);
  state_->memo.sweep();
  return hash_bytes(bytes);
}

}  // namespace xf::engine
