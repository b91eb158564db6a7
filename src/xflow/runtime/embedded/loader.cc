#include "xflow/runtime/embedded/loader.h"

#include <cstring>

#include "base/json/parse.h"
#include "xflow/engine/step.h"

namespace xf::runtime::embedded {

namespace {

// In place of the open work's size: the rest is sealed.
constexpr std::uint32_t kSealed = UINT32_MAX;

std::string number_bytes(std::uint32_t number) {
  std::string out(sizeof number, '\0');
  std::memcpy(out.data(), &number, sizeof number);
  return out;
}

// A snapshot put into another instance's row does not open.
std::string place_of(persistence::InstanceKey instance) { return "snapshot " + std::to_string(instance); }

Result<void> read_snapshot(const persistence::Snapshot& snapshot, std::string_view state, const plan::Plan& plan,
                           const Sources& sources, Loaded& out) {
  std::uint32_t open_bytes = 0;
  if (state.size() < sizeof open_bytes) return fail(Code::kCorrupt, "a snapshot is cut off");
  std::memcpy(&open_bytes, state.data(), sizeof open_bytes);
  const std::string_view rest = state.substr(sizeof open_bytes);
  if (open_bytes == kSealed) {
    if (sources.vault == nullptr) return fail(Code::kCorrupt, "a snapshot is sealed, and there is no key");
    XF_TRY_ASSIGN(const std::string plain, sources.vault->unseal(rest, place_of(snapshot.instance)));
    return read_snapshot(snapshot, plain, plan, sources, out);
  }
  if (rest.size() < open_bytes) return fail(Code::kCorrupt, "a snapshot is cut off");
  XF_TRY_ASSIGN(out.instance, engine::decode_instance(rest.substr(open_bytes), plan, sources.contents));
  XF_TRY_ASSIGN(out.open, decode_open_work(rest.substr(0, open_bytes), plan, out.instance));
  out.seq = snapshot.seq;
  out.snapshot_bytes = snapshot.state.size();
  return {};
}

std::string at_row(const persistence::JournalRow& row) { return " at its input " + std::to_string(row.seq); }

Result<void> apply(const persistence::JournalRow& row, const plan::Plan& plan,
                   const Sources& sources, Loaded& out) {
  if (row.seq != out.seq + 1) return fail(Code::kCorrupt, "the journal has a gap" + at_row(row));
  XF_TRY_ASSIGN(auto input, engine::decode_input(row.input));
  XF_TRY(engine::fill(input.body, sources.contents));
  json::Value secrets;
  if (sources.vault && !plan.secrets.empty()) {
    XF_TRY_ASSIGN(secrets, sources.vault->values(engine::secrets_after(out.instance, input)));
  }
  const auto turn = engine::step(plan, out.instance, input, secrets);
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
                       const Sources& sources) {
  Loaded out{.row = std::move(stored.row), .instance = {}, .open = {}};
  out.at = out.row.updated_at;
  if (stored.snapshot) {
    XF_TRY(read_snapshot(*stored.snapshot, stored.snapshot->state, plan, sources, out));
  }
  for (const auto& row : stored.tail) XF_TRY(apply(row, plan, sources, out));
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

std::string encode_snapshot(persistence::InstanceKey key, const engine::Instance& instance,
                            const OpenWork& open, const plan::Plan& plan, const Vault* vault) {
  const std::string work = encode(open, plan);
  std::string plain =
      number_bytes(static_cast<std::uint32_t>(work.size())) + work + engine::encode(instance, plan);
  if (!instance.holds_secrets() || vault == nullptr) return plain;
  return number_bytes(kSealed) + vault->seal(plain, place_of(key));
}

}  // namespace xf::runtime::embedded
