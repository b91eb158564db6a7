// Any bytes: reading never crashes nor exceeds its limits; each value of the tree knows a place inside the
// text; what was read, written as JSON, reads as the same value again.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/json/print.h"
#include "base/yaml/parse.h"

using namespace xf;

namespace {

void check_node(const yaml::Node& node, std::uint32_t lines, std::uint32_t depth) {
  XF_CHECK(depth <= yaml::Limits{}.depth_max, "the nesting is bounded");
  XF_CHECK(node.start.line >= 1 && node.start.column >= 1 && node.start.line <= lines,
           "a node stands in the text");
  XF_CHECK(node.items.size() == (node.value.is_array() ? node.value.size() : 0), "a sequence is an array");
  XF_CHECK(node.entries.size() == (node.value.is_object() ? node.value.size() : 0), "a mapping is an object");
  if (node.value.is_string()) {
    const auto position = yaml::locate(node, node.value.size() / 2);
    XF_CHECK(!position || position->line <= lines, "a character stands in the text");
  }
  for (const yaml::Node& item : node.items) check_node(item, lines, depth + 1);
  for (const yaml::Entry& entry : node.entries) check_node(entry.node, lines, depth + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto root = yaml::parse(text);
  if (!root) {
    XF_CHECK(!root.error().empty() && root.error()[0].position.line >= 1, "a refusal says why and where");
    return 0;
  }
  // YAML 1.1's line breaks, which libyaml counts: CR, LF, NEL, LS, PS. Each has a byte of its own here.
  const auto breaks = std::ranges::count_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\x85' || c == '\xA8' || c == '\xA9'; });
  check_node(*root, static_cast<std::uint32_t>(breaks) + 2, 1);
  const auto again = yaml::parse(json::print(root->value), {.bytes_max = 64u << 20});
  XF_CHECK(again && again->value == root->value, "a document is its JSON");
  return 0;
}
