// The API's answers as JSON (api/openapi.yaml): from the runtime's structs to values, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "base/json/value.h"
#include "xflow/definition/load.h"
#include "xflow/runtime/runtime.h"

namespace xf::gateway {

json::Value encode(const plan::DefinitionId&);
json::Value encode(const runtime::Deployment&);
json::Value encode(const runtime::DefinitionSummary&);
json::Value encode(const runtime::DefinitionDetail&);
json::Value encode(const runtime::ScheduleSummary&);
json::Value encode(const definition::Problem&);

// Instances are what is answered most: straight to JSON text.
std::string text_of(const runtime::InstanceDetail&);
std::string text_of(const runtime::Page<runtime::InstanceSummary>&);

template <typename T>
json::Value encode_items(const std::vector<T>& items) {
  std::vector<json::Value> encoded;
  encoded.reserve(items.size());
  for (const T& item : items) encoded.push_back(encode(item));
  return json::Value::array(std::move(encoded));
}

// {items, next?}
template <typename T>
json::Value encode(const runtime::Page<T>& page) {
  json::Value out = json::Value::object({{"items", encode_items(page.items)}});
  if (!page.next.empty()) out = std::move(out).with("next", json::Value::string(page.next));
  return out;
}

// A lifecycle CloudEvent, with the definition that its instance runs.
json::Value encode(const runtime::HistoryEntry&, const std::string& instance, const plan::DefinitionId&);
// The id by which a stream or a page resumes: "12.3" (Input, entry).
std::string encode(engine::TracePosition);
Result<engine::TracePosition> decode_position(std::string_view);

}  // namespace xf::gateway
