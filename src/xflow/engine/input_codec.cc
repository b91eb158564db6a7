// The journal's form of an Input: a format byte, then its fields. New kinds of Input are added at the end.
#include "xflow/engine/codec.h"

namespace xf::engine {

namespace {
constexpr std::uint64_t kFormat = 2;
}

std::string encode(const Input& input) {
  std::string out;
  out.reserve(kUsualBytes);
  Writer writer(out);
  writer.number(kFormat);
  writer(input);
  return out;
}

Result<Input> decode_input(std::string_view bytes) {
  Reader reader(bytes);
  Input input;
  if (const std::uint64_t format = reader.number(); format != kFormat)
    return fail(Code::kCorrupt, "the journaled Input has the format " + std::to_string(format) +
                                    ", this program reads " + std::to_string(kFormat));
  reader(input);
  if (reader.failed() || !reader.at_end())
    return fail(Code::kCorrupt, "the bytes of a journaled Input are damaged");
  return input;
}

Result<json::Value> read_content(const Contents& contents, const std::string& digest) {
  if (!contents) return fail(Code::kCorrupt, "what the instance fetched is not at hand");
  return contents(digest);
}

Result<void> fill(InputBody& body, const Contents& contents) {
  auto* fetched = std::get_if<input::Fetched>(&body);
  if (!fetched || std::holds_alternative<Fault>(fetched->content)) return {};
  XF_TRY_ASSIGN(fetched->content, read_content(contents, fetched->digest));
  return {};
}

}  // namespace xf::engine
