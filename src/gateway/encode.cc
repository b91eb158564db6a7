// The API's answers as JSON; see encode.h.
#include "gateway/encode.h"

#include <charconv>

#include "base/json/object_text.h"
#include "base/json/parse.h"

namespace xf::gateway {
namespace {

using json::ObjectText;
using json::Value;

// Collects members; leaves out what is empty, so that a reader sees only what there is.
class Members {
 public:
  Members& add(std::string_view key, Value value) {
    members_.push_back({Value::string(key), std::move(value)});
    return *this;
  }
  Members& text(std::string_view key, std::string_view text) {
    if (!text.empty()) add(key, Value::string(text));
    return *this;
  }
  Members& time(std::string_view key, TimeUs at) {
    if (at != 0) add(key, Value::string(to_iso8601(at)));
    return *this;
  }
  Value take() { return Value::object(std::move(members_)); }

 private:
  std::vector<json::Member> members_;
};

Value number(std::uint64_t n) { return Value::integer(static_cast<std::int64_t>(n)); }

std::string_view name_of(engine::WaitingFor why) {
  switch (why) {
    case engine::WaitingFor::kNothing: return "";
    case engine::WaitingFor::kTimer: return "timer";
    case engine::WaitingFor::kEvent: return "event";
    case engine::WaitingFor::kCall: return "call";
    case engine::WaitingFor::kChild: return "child";
    case engine::WaitingFor::kRetry: return "retry";
    case engine::WaitingFor::kFetch: return "fetch";
  }
  return "";
}

void write(std::string& out, const plan::DefinitionId& id) {
  ObjectText(out).text("namespace", id.ns).text("name", id.name).text("version", id.version);
}

void write(std::string& out, const engine::Position& at) {
  ObjectText object(out);
  object.text("task", at.task);
  if (!at.iteration.empty()) {
    json::print_array(object.member("iteration"), at.iteration,
                      [](std::string& text, std::uint32_t i) { text += std::to_string(i); });
  }
  object.time("since", at.since).text("waitingFor", name_of(at.waiting_for)).time("due", at.due);
  if (at.attempt > 0) object.number("attempt", at.attempt);
  if (at.last_error) object.value("lastError", to_json(*at.last_error));
}

void add_summary(ObjectText& out, const runtime::InstanceSummary& i) {
  write(out.text("id", i.id).text("key", i.key).member("definition"), i.definition);
  out.text("status", engine::to_string(i.status))
      .time("createdAt", i.created_at)
      .time("updatedAt", i.updated_at);
  out.time("endedAt", i.ended_at);
  if (i.parent) out.text("parent", i.parent->instance);
}

void add_summary(Members& out, const runtime::DefinitionSummary& d) {
  out.text("namespace", d.id.ns).text("name", d.id.name).text("version", d.id.version).text("title", d.title);
  out.text("digest", d.digest).time("deployedAt", d.deployed_at).add("retired", Value::boolean(d.retired));
  out.add("instancesOpen", number(d.instances_open));
}

}  // namespace

Value encode(const plan::DefinitionId& id) {
  Members out;
  out.text("namespace", id.ns).text("name", id.name).text("version", id.version);
  return out.take();
}

Value encode(const runtime::Deployment& d) {
  return Value::object({{"definition", encode(d.id)},
                        {"digest", Value::string(d.digest)},
                        {"created", Value::boolean(d.created)}});
}

Value encode(const runtime::DefinitionSummary& d) {
  Members out;
  add_summary(out, d);
  return out.take();
}

Value encode(const runtime::DefinitionDetail& d) {
  Members out;
  add_summary(out, d.summary);
  if (auto source = json::parse(d.source)) out.add("source", *std::move(source));
  out.text("original", d.original);
  return out.take();
}

std::string text_of(const runtime::InstanceDetail& i) {
  std::string out;
  out.reserve(512);
  {
    ObjectText object(out);
    add_summary(object, i.summary);
    object.value("input", i.input);
    if (i.summary.status == engine::Status::kCompleted) object.value("output", i.output);
    if (i.fault) object.value("error", to_json(*i.fault));
    if (!i.positions.empty())
      json::print_array(object.member("positions"), i.positions,
                        [](std::string& text, const engine::Position& at) { write(text, at); });
    if (!i.children.empty()) json::print_array(object.member("children"), i.children, json::print_string);
  }
  return out;
}

std::string text_of(const runtime::Page<runtime::InstanceSummary>& page) {
  std::string out;
  {
    ObjectText object(out);
    json::print_array(object.member("items"), page.items,
                      [](std::string& text, const runtime::InstanceSummary& i) {
                        ObjectText item(text);
                        add_summary(item, i);
                      });
    object.text("next", page.next);
  }
  return out;
}

Value encode(const runtime::ScheduleSummary& s) {
  Members out;
  out.text("namespace", s.definition.ns)
      .text("name", s.definition.name)
      .text("version", s.definition.version);
  out.text("kind", s.kind).text("expression", s.expression).add("paused", Value::boolean(s.paused));
  out.time("next", s.next).time("last", s.last).text("lastInstance", s.last_instance);
  return out.take();
}

Value encode(const definition::Problem& p) {
  Members out;
  out.text("file", p.file);
  if (p.line > 0) out.add("line", number(p.line)).add("column", number(p.column));
  out.text("pointer", p.pointer).add("message", Value::string(p.message)).text("hint", p.hint);
  return out.take();
}

Value encode(const runtime::HistoryEntry& e, const std::string& instance,
             const plan::DefinitionId& definition) {
  return engine::to_cloud_event(e.entry, e.position, e.at, instance, definition);
}

std::string encode(engine::TracePosition at) {
  return std::to_string(at.seq) + "." + std::to_string(at.index);
}

Result<engine::TracePosition> decode_position(std::string_view text) {
  engine::TracePosition at;
  const char* end = text.data() + text.size();
  auto seq = std::from_chars(text.data(), end, at.seq);
  if (seq.ec == std::errc() && seq.ptr != end && *seq.ptr == '.') {
    auto index = std::from_chars(seq.ptr + 1, end, at.index);
    if (index.ec == std::errc() && index.ptr == end) return at;
  }
  return fail(Code::kInvalid,
              "this is not a position in a history (\"12.3\"): take it from `next` or from an event's id");
}

}  // namespace xf::gateway
