// Bringing an instance back from the store: its snapshot, and the journal behind it applied again. Each
// journaled digest is compared with the state that came out; a difference is an incident (kCorrupt), never a
// guess. Needs expression::kStackBytes of C stack.
#pragma once

#include "persistence/store.h"
#include "xflow/engine/instance.h"
#include "xflow/runtime/embedded/open_work.h"
#include "xflow/runtime/embedded/vault.h"

namespace xf::runtime::embedded {

struct Loaded {
  persistence::Instance row;
  engine::Instance instance;
  OpenWork open;
  std::uint64_t seq = 0;
  TimeUs at = 0;
  std::size_t tail_bytes = 0;      // of the journal behind the snapshot
  std::size_t snapshot_bytes = 0;  // 0: none yet
};

// What an instance was computed from, beside its journal.
struct Sources {
  engine::Contents contents;
  const Vault* vault = nullptr;  // null: there are no secrets
};
Result<Loaded> restore(persistence::StoredInstance, const plan::Plan&, const Sources&);
// The contents that the tenant's instances fetched. The reader must outlive it.
engine::Contents contents_of(persistence::Reader&, persistence::TenantKey);

// The snapshot's blob: the open work and the engine's state; sealed when it holds what was read from a secret.
std::string encode_snapshot(persistence::InstanceKey, const engine::Instance&, const OpenWork&,
                            const plan::Plan&, const Vault*);

inline std::size_t bytes_of(const persistence::JournalRow& row) {
  return row.input.size() + row.trace.size();
}
// A snapshot is due when the journal behind the last one has outgrown it.
inline bool snapshot_due(std::size_t tail_bytes, std::size_t snapshot_bytes) {
  return tail_bytes > std::max<std::size_t>(4096, snapshot_bytes);
}

}  // namespace xf::runtime::embedded
