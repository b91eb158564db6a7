// What is stored, damaged: reading it back never crashes, and what is taken is stable: written again it reads
// as the same. The first byte chooses the codec; if its top bit is set, the rest is damage done to a real
// row, else the row itself.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json/parse.h"
#include "base/thread.h"
#include "xflow/definition/load.h"
#include "xflow/engine/step.h"
#include "xflow/expression/program.h"
#include "xflow/runtime/embedded/open_work.h"

using namespace xf;

namespace {

constexpr const char* kDefinition = R"(
document: {dsl: '1.0.3', namespace: fuzz, name: codec, version: '1.0.0'}
do:
  - first: {set: {n: '${ .n + 1 }', text: a text of some length, list: [1, {two: 2.5}, null, 1e300]}}
  - again: {set: '${ . }'}
  - both:
      fork:
        branches:
          - a: {for: {in: '[1, 2]'}, do: [{pause: {wait: PT1H}}]}
          - b: {listen: {to: {one: {with: {type: t}, correlate: {n: {from: .data.n, expect: '1'}}}}}}
          - c:
              try: [{d: {call: http, with: {method: get, endpoint: 'https://example.com/{n}'}}}]
              catch: {retry: {delay: PT1S, limit: {attempt: {count: 3}}}}
          - d: {run: {workflow: {namespace: fuzz, name: child, version: '1.0.0'}}}
          - e: {listen: {to: {all: [{with: {type: u}}, {with: {source: 'https://example.com/u'}}]}}}
)";

constexpr std::size_t kCodecs = 4;

struct Rows {
  std::shared_ptr<const plan::Plan> plan;
  std::array<std::string, kCodecs> bytes;
};

Rows make_rows() {
  Rows rows;
  const auto plan = definition::load(kDefinition);
  XF_CHECK(plan.has_value(), "the definition is good");
  rows.plan = *plan;
  const engine::Input started{
      .seq = 1,
      .at = 1'767'225'600'000'000,
      .body = engine::input::Started{.instance = "0199c1f0-0000-7000-8000-000000000001",
                                     .key = {},
                                     .input = *json::parse(R"({"n":1,"s":"some text"})"),
                                     .seed = 7,
                                     .revision = 1,
                                     .parent = {}}};
  engine::Instance instance;
  const engine::Turn turn = engine::step(*rows.plan, instance, started);
  runtime::embedded::OpenWork open;
  for (const engine::Command& command : turn.commands) open.ask(command);
  XF_CHECK(instance.status() == engine::Status::kWaiting || !open.empty(),
           "the sample waits for all sorts of things");
  rows.bytes = {engine::encode(started), engine::encode(turn.trace), engine::encode(instance, *rows.plan),
                runtime::embedded::encode(open, *rows.plan)};
  return rows;
}

const Rows& rows() {
  static const Rows kRows = [] {
    Rows made;
    Thread("rows", expression::kStackBytes, [&] { made = make_rows(); }).join();
    return made;
  }();
  return kRows;
}

// Each three bytes of damage are a place and what stands there now; odd ones at the end cut the row.
std::string damaged(std::string row, std::string_view damage) {
  for (; damage.size() >= 3; damage.remove_prefix(3)) {
    const std::size_t at = std::uint8_t(damage[0]) * 256u + std::uint8_t(damage[1]);
    row[at % row.size()] = damage[2];
  }
  if (!damage.empty()) row.resize(row.size() * std::uint8_t(damage[0]) / 256);
  return row;
}

template <typename Decode, typename Encode>
void check(std::string_view row, const Decode& decode, const Encode& encode) {
  const auto taken = decode(row);
  if (!taken) {
    XF_CHECK(!taken.error().message.empty(), "a refusal says why");
    return;
  }
  const std::string written = encode(*taken);
  const auto again = decode(written);
  XF_CHECK(again.has_value(), "what was written can be read");
  XF_CHECK(encode(*again) == written, "a row that was read is written as it was");
}

void check_row(std::size_t codec, std::string_view row) {
  const plan::Plan& plan = *rows().plan;
  const auto write = [](const auto& x) { return engine::encode(x); };
  switch (codec) {
    case 0: return check(row, engine::decode_input, write);
    case 1: return check(row, engine::decode_trace, write);
    case 2:
      return check(
          row, [&](std::string_view b) { return engine::decode_instance(b, plan); },
          [&](const engine::Instance& i) {
            (void)i.digest();
            (void)i.positions(plan);
            return engine::encode(i, plan);
          });
    default:
      return check(
          row, [&](std::string_view b) { return runtime::embedded::decode_open_work(b, plan); },
          [&](const runtime::embedded::OpenWork& o) { return runtime::embedded::encode(o, plan); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t codec = data[0] % kCodecs;
  check_row(codec, data[0] & 0x80 ? damaged(rows().bytes[codec], rest) : std::string(rest));
  return 0;
}
