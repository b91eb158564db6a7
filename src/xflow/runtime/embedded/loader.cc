#include "xflow/runtime/embedded/loader.h"

#include <cstring>

#include "base/json/parse.h"
#include "xflow/engine/step.h"

namespace xf::runtime::embedded {

namespace {

Result<void> read_snapshot(const persistence::Snapshot& snapshot, const plan::Plan& plan,
                           const engine::Contents& contents, Loaded& out) {
  std::uint32_t open_bytes = 0;
  if (snapshot.state.size() < sizeof open_bytes) return fail(Code::kCorrupt, "a snapshot is cut off");
  std::memcpy(&open_bytes, snapshot.state.data(), sizeof open_bytes);
  const std::string_view rest = std::string_view(snapshot.state).substr(sizeof open_bytes);
  if (rest.size() < open_bytes) return fail(Code::kCorrupt, "a snapshot is cut off");
  XF_TRY_ASSIGN(out.instance, engine::decode_instance(rest.substr(open_bytes), plan, contents));
  XF_TRY_ASSIGN(out.open, decode_open_work(rest.substr(0, open_bytes), plan, out.instance));
  out.seq = snapshot.seq;
  out.snapshot_bytes = snapshot.state.size();
  return {};
}

std::string at_row(const persistence::JournalRow& row) { return " at its input " + std::to_string(row.seq); }

Result<void> apply(const persistence::JournalRow& row, const plan::Plan& plan,
                   const engine::Contents& contents, Loaded& out) {
  if (row.seq != out.seq + 1) return fail(Code::kCorrupt, "the journal has a gap" + at_row(row));
  XF_TRY_ASSIGN(auto input, engine::decode_input(row.input));
  XF_TRY(engine::fill(input.body, contents));
  const auto turn = engine::step(plan, out.instance, input);
  if (out.instance.digest() != row.digest)
    return fail(Code::kCorrupt, "replaying the journal gives another state than was recorded" + at_row(row) +
                                    ": run the version of xFlow that wrote it");
  out.open.take(input.body);
  for (const auto& command : turn.commands) out.open.ask(command);
  out.seq = row.seq;
  out.at = row.at;
  out.tail_bytes += bytes_of(row);
  return {};
}

}  // namespace

Result<Loaded> restore(persistence::StoredInstance stored, const plan::Plan& plan,
                       const engine::Contents& contents) {
  Loaded out{.row = std::move(stored.row), .instance = {}, .open = {}};
  out.at = out.row.updated_at;
  if (stored.snapshot) {
    XF_TRY(read_snapshot(*stored.snapshot, plan, contents, out));
  }
  for (const auto& row : stored.tail) XF_TRY(apply(row, plan, contents, out));
  if (engine::is_final(out.instance.status())) out.open = {};
  return out;
}

engine::Contents contents_of(persistence::Reader& reader, persistence::TenantKey tenant) {
  return [&reader, tenant](const std::string& digest) -> Result<json::Value> {
    XF_TRY_ASSIGN(const auto stored, reader.content(tenant, digest));
    if (!stored) return fail(Code::kCorrupt, "the content " + digest + ", which the instance fetched, is not stored");
    return json::parse(*stored);
  };
}

std::string encode_snapshot(const engine::Instance& instance, const OpenWork& open, const plan::Plan& plan) {
  const std::string work = encode(open, plan);
  const auto work_bytes = static_cast<std::uint32_t>(work.size());
  std::string out(sizeof work_bytes, '\0');
  std::memcpy(out.data(), &work_bytes, sizeof work_bytes);
  return out + work + engine::encode(instance, plan);
}

}  // namespace xf::runtime::embedded
