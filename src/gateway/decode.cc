// The API's requests; see decode.h.
#include "gateway/decode.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "xflow/definition/plan/duration.h"

namespace xf::gateway {
namespace {

using json::Value;

constexpr std::uint32_t kPageMax = 500;
constexpr std::int64_t kWaitMsMax = 60'000;
constexpr std::size_t kKeyBytesMax = 255;
constexpr std::size_t kReasonBytesMax = 1000;

std::unexpected<Error> invalid(std::string message) { return fail(Code::kInvalid, std::move(message)); }

Result<void> only(const Value& object, std::string_view where,
                  std::initializer_list<std::string_view> known) {
  if (!object.is_object()) return invalid(std::string(where) + " must be a JSON object");
  for (const json::Member& member : object.members()) {
    std::string_view key = member.key.as_string();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string names;
    for (std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string(name);
    return invalid(std::string(where) + " has an unknown member '" + std::string(key) +
                   "'; it may have: " + names);
  }
  return {};
}

Result<std::string> text_member(const Value& object, std::string_view key, std::string_view where) {
  const Value* found = object.find(key);
  if (!found || found->is_null()) return std::string();
  if (!found->is_string()) return invalid(std::string(where) + "." + std::string(key) + " must be a string");
  return std::string(found->as_string());
}

const std::string* parameter(const Parameters& query, std::string_view name) {
  for (const auto& [key, value] : query)
    if (key == name) return &value;
  return nullptr;
}

Result<plan::DefinitionId> decode_definition(const Value& body) {
  const Value* id = body.find("definition");
  if (!id) return invalid("the body lacks 'definition': {namespace, name, version}");
  XF_TRY(only(*id, "definition", {"namespace", "name", "version"}));
  plan::DefinitionId out;
  XF_TRY_ASSIGN(out.ns, text_member(*id, "namespace", "definition"));
  XF_TRY_ASSIGN(out.name, text_member(*id, "name", "definition"));
  XF_TRY_ASSIGN(out.version, text_member(*id, "version", "definition"));
  if (out.ns.empty()) out.ns = "default";
  if (out.name.empty()) return invalid("definition.name is missing");
  return out;
}

Result<std::int64_t> decode_wait(const Value& body) {
  XF_TRY_ASSIGN(std::string text, text_member(body, "wait", "the body"));
  if (text.empty()) return 0;
  Result<plan::Duration> wait = plan::parse_duration(Value::string(text));
  if (!wait || wait->months != 0 || wait->milliseconds < 0 || wait->milliseconds > kWaitMsMax)
    return invalid("wait must be an ISO 8601 duration of at most PT60S, like PT10S");
  return wait->milliseconds;
}

Result<engine::Status> decode_status(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(engine::Status::kCompleted); ++i) {
    auto status = static_cast<engine::Status>(i);
    if (word == engine::to_string(status)) return status;
  }
  return invalid("unknown status '" + std::string(word) +
                 "'; there are pending, running, waiting, suspended, cancelled, faulted, completed");
}

Result<void> decode_statuses(std::string_view list, std::vector<engine::Status>& out) {
  while (!list.empty()) {
    std::size_t comma = std::min(list.find(','), list.size());
    XF_TRY_ASSIGN(engine::Status status, decode_status(list.substr(0, comma)));
    out.push_back(status);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return {};
}

Result<TimeUs> decode_time(const Parameters& query, std::string_view name) {
  const std::string* text = parameter(query, name);
  if (!text) return 0;
  Result<TimeUs> at = parse_iso8601(*text);
  if (!at) return invalid(std::string(name) + " must be a time like 2026-03-01T12:00:00Z");
  return *at;
}

}  // namespace

Result<runtime::StartRequest> decode_start(const Value& body) {
  XF_TRY(only(body, "the body", {"definition", "input", "key", "wait"}));
  runtime::StartRequest out;
  XF_TRY_ASSIGN(out.definition, decode_definition(body));
  const Value* input = body.find("input");
  out.input = input ? *input : Value::object();
  XF_TRY_ASSIGN(out.key, text_member(body, "key", "the body"));
  if (out.key.size() > kKeyBytesMax) return invalid("key is longer than 255 bytes");
  XF_TRY_ASSIGN(out.wait_ms, decode_wait(body));
  return out;
}

Result<engine::input::Reset> decode_reset(const Value& body) {
  XF_TRY(only(body, "the body", {"position", "data", "context"}));
  engine::input::Reset out;
  XF_TRY_ASSIGN(out.position, text_member(body, "position", "the body"));
  if (out.position.empty()) return invalid("position is missing: a task's reference, like /do/2/pay");
  out.data = body.get("data");
  if (const Value* context = body.find("context")) out.context = *context;
  return out;
}

Result<std::string> decode_reason(const Value& body) {
  if (body.is_null()) return std::string();
  XF_TRY(only(body, "the body", {"reason"}));
  XF_TRY_ASSIGN(std::string reason, text_member(body, "reason", "the body"));
  if (reason.size() > kReasonBytesMax) return invalid("reason is longer than 1000 bytes");
  return reason;
}

Result<void> decode_nothing(const Value& body) {
  if (body.is_null()) return {};
  return only(body, "the body", {});
}

Result<PageRequest> decode_page(const Parameters& query) {
  PageRequest out;
  if (const std::string* cursor = parameter(query, "cursor")) out.cursor = *cursor;
  if (const std::string* text = parameter(query, "limit")) {
    const char* end = text->data() + text->size();
    auto [ptr, ec] = std::from_chars(text->data(), end, out.limit);
    if (ec != std::errc() || ptr != end || out.limit < 1 || out.limit > kPageMax)
      return invalid("limit must be a number from 1 to 500");
  }
  return out;
}

Result<bool> decode_flag(const Parameters& query, std::string_view name) {
  const std::string* text = parameter(query, name);
  if (!text || *text == "false") return false;
  if (*text == "true" || text->empty()) return true;
  return invalid(std::string(name) + " must be true or false");
}

Result<runtime::InstanceQuery> decode_instance_query(const Parameters& query) {
  runtime::InstanceQuery out;
  for (const auto& [key, value] : query)
    if (key == "status") XF_TRY(decode_statuses(value, out.statuses));
  if (const std::string* ns = parameter(query, "namespace")) out.definition.ns = *ns;
  if (const std::string* name = parameter(query, "name")) out.definition.name = *name;
  if (const std::string* version = parameter(query, "version")) out.definition.version = *version;
  if (const std::string* text = parameter(query, "text")) out.text = *text;
  XF_TRY_ASSIGN(out.created_after, decode_time(query, "createdAfter"));
  XF_TRY_ASSIGN(out.created_before, decode_time(query, "createdBefore"));
  XF_TRY_ASSIGN(PageRequest page, decode_page(query));
  out.limit = page.limit;
  out.cursor = page.cursor;
  return out;
}

}  // namespace xf::gateway
