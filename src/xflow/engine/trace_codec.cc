// The stored form of a Trace: a form byte (plain, or Zstandard when it is long), then its entries.
#include <zstd.h>

#include "xflow/engine/codec.h"
#include "xflow/engine/trace.h"

namespace xf::engine {

template <typename A, Is<TraceEntry> X>
void fields(A& a, X& x) {
  a(x.what, x.task, x.iteration, x.data);
}

namespace {

constexpr std::size_t kCompressFrom = 1024;
constexpr std::size_t kBytesMax = 256u << 20;
constexpr char kPlain = 1, kZstd = 2;

Result<std::string> inflate(std::string_view bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kBytesMax)
    return fail(Code::kCorrupt, "the bytes of a trace are damaged");
  std::string out(size, '\0');
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) || got != size) return fail(Code::kCorrupt, "the bytes of a trace are damaged");
  return out;
}

}  // namespace

std::string encode(const Trace& trace) {
  std::string out;
  out.reserve(kUsualBytes);
  out += kPlain;
  Writer writer(out);
  writer(trace);
  if (out.size() < kCompressFrom) return out;
  std::string packed(ZSTD_compressBound(out.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), out.data() + 1, out.size() - 1, 1);
  if (ZSTD_isError(size) || size >= out.size()) return out;
  packed.resize(size);
  packed.insert(packed.begin(), kZstd);
  return packed;
}

Result<Trace> decode_trace(std::string_view bytes) {
  std::string inflated;
  if (bytes.empty()) return fail(Code::kCorrupt, "a trace has no bytes");
  const char form = bytes.front();
  bytes.remove_prefix(1);
  if (form == kZstd) {
    XF_TRY_ASSIGN(inflated, inflate(bytes));
    bytes = inflated;
  } else if (form != kPlain) {
    return fail(Code::kCorrupt, "a trace has a form that this program does not know");
  }
  Reader reader(bytes);
  Trace trace;
  reader(trace);
  if (reader.failed() || !reader.at_end()) return fail(Code::kCorrupt, "the bytes of a trace are damaged");
  return trace;
}

}  // namespace xf::engine
