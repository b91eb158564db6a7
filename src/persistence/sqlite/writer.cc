#include "persistence/sqlite/writer.h"

#include <iterator>

namespace xf::persistence::sqlite {

namespace {

enum Slot : std::size_t {
  kBegin,
  kCommit,
  kRollback,
  kTenant,
  kDefinition,
  kDefinitionText,
  kDefinitionState,
  kStarted,
  kStartedMany,
  kChanged,
  kJournal,
  kJournalMany,
  kSnapshot,
  kIncident,
  kIncidentGone,
  kTimer,
  kTimerGone,
  kShape,
  kSubscription,
  kSubscriptionGone,
  kMail,
  kMailGone,
  kEvent,
  kEventGone,
  kIdempotency,
  kIdempotencyOld,
  kSchedule,
  kScheduleGone,
  kSecret,
  kSecretGone,
  kContent,
  kDeleteInstance,
  kDeleteJournal,
  kDeleteSnapshot,
  kDeleteIncident,
  kSlots
};

std::int64_t as_signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// One statement for so many rows keeps SQLite's cursors where the last row went: a third less work for each
// row.
constexpr std::size_t kRowsAtOnce = 16;

std::string insert_into(std::string_view table, std::size_t columns, std::size_t rows) {
  std::string row = "(?";
  for (std::size_t i = 1; i < columns; ++i) row += ",?";
  row += ')';
  std::string sql = "INSERT INTO " + std::string(table) + " VALUES" + row;
  for (std::size_t i = 1; i < rows; ++i) sql += ',' + row;
  return sql;
}

}  // namespace

template <typename Sql>
Result<Statement*> Writer::prepared(std::size_t slot, Sql sql) {
  while (statements_.size() < kSlots) statements_.emplace_back();
  Statement& statement = statements_[slot];
  if (!statement) {
    XF_TRY_ASSIGN(statement, connection_.prepare(sql()));
  }
  return &statement;
}

template <typename Rows, typename Fill>
Result<void> Writer::each(std::size_t slot, const char* sql, const Rows& rows, Fill fill) {
  if (std::empty(rows)) return {};
  XF_TRY_ASSIGN(Statement * statement, prepared(slot, [&] { return sql; }));
  for (const auto& row : rows) {
    fill(*statement, row);
    XF_TRY(statement->run());
  }
  return {};
}

template <typename Row, typename Fill>
Result<void> Writer::insert(std::size_t slot, std::string_view table, std::size_t columns,
                            const std::vector<Row>& rows, Fill fill) {
  const std::size_t many = rows.size() - rows.size() % kRowsAtOnce;
  for (std::size_t at = 0; at < many; at += kRowsAtOnce) {
    XF_TRY_ASSIGN(Statement * statement,
                  prepared(slot + 1, [&] { return insert_into(table, columns, kRowsAtOnce); }));
    for (std::size_t i = at; i < at + kRowsAtOnce; ++i) fill(*statement, rows[i]);
    XF_TRY(statement->run());
  }
  if (many == rows.size()) return {};
  XF_TRY_ASSIGN(Statement * statement, prepared(slot, [&] { return insert_into(table, columns, 1); }));
  for (std::size_t i = many; i < rows.size(); ++i) {
    fill(*statement, rows[i]);
    XF_TRY(statement->run());
  }
  return {};
}

Result<void> Writer::commit(const Batch& batch) {
  static constexpr int kOnce[] = {0};
  const auto plain = [&](Slot slot, const char* sql) {
    return each(slot, sql, kOnce, [](Statement&, int) {});
  };
  XF_TRY(plain(kBegin, "BEGIN IMMEDIATE"));
  auto done = write(batch);
  if (done) done = plain(kCommit, "COMMIT");
  // The error of the write counts, not the one of a rollback that SQLite has perhaps already done itself.
  if (!done) (void)plain(kRollback, "ROLLBACK");
  return done;
}

Result<void> Writer::write(const Batch& batch) {
  XF_TRY(write_definitions(batch));
  XF_TRY(write_instances(batch));
  XF_TRY(write_waits(batch));
  XF_TRY(write_rest(batch));
  return delete_instances(batch);
}

Result<void> Writer::write_definitions(const Batch& batch) {
  XF_TRY(each(
      kTenant, "INSERT INTO tenants VALUES(?,?,?)", batch.tenants,
      [](Statement& s, const Tenant& row) { s.bind(row.key).text(row.name).bind(as_signed(row.salt)); }));
  XF_TRY(
      each(kDefinition, "INSERT INTO definitions VALUES(?,?,?,?,?,?,?,?,?)", batch.definitions,
           [](Statement& s, const auto& both) {
             const Definition& row = both.first;
             s.bind(row.key).bind(row.tenant).text(row.ns).text(row.name).text(row.version).text(row.title);
             s.text(row.digest).bind(row.deployed_at).bind(static_cast<int>(row.state));
           }));
  XF_TRY(each(kDefinitionText, "INSERT INTO definition_texts VALUES(?,?,?)", batch.definitions,
              [](Statement& s, const auto& both) {
                s.bind(both.first.key).blob(both.second.source).blob(both.second.original);
              }));
  return each(kDefinitionState, "UPDATE definitions SET state=? WHERE id=?", batch.definition_states,
              [](Statement& s, const auto& row) { s.bind(static_cast<int>(row.second)).bind(row.first); });
}

Result<void> Writer::write_instances(const Batch& batch) {
  XF_TRY(insert(kStarted, "instances", 11, batch.started, [](Statement& s, const Instance& row) {
    s.bind(row.key).bind(row.tenant).bind(row.definition).bind(row.status).bind(row.updated_at);
    s.bind(row.ended_at).text(row.business_key).bind(row.parent).bind(as_signed(row.parent_command));
    s.bind(row.parent_awaits).bind(row.owed);
  }));
  XF_TRY(each(kChanged, "UPDATE instances SET status=?,updated_at=?,ended_at=?,owed=? WHERE id=?",
              batch.changed, [](Statement& s, const Instance& row) {
                s.bind(row.status).bind(row.updated_at).bind(row.ended_at).bind(row.owed).bind(row.key);
              }));
  XF_TRY(insert(kJournal, "journal", 7, batch.journal, [](Statement& s, const JournalRow& row) {
    s.bind(row.instance).bind(as_signed(row.seq)).bind(row.tenant).bind(row.at);
    s.blob(row.input).blob(row.trace).bind(as_signed(row.digest));
  }));
  XF_TRY(each(kSnapshot, "INSERT OR REPLACE INTO snapshots VALUES(?,?,?,?)", batch.snapshots,
              [](Statement& s, const Snapshot& row) {
                s.bind(row.instance).bind(row.tenant).bind(as_signed(row.seq)).blob(row.state);
              }));
  XF_TRY(each(kIncident, "INSERT OR REPLACE INTO incidents VALUES(?,?,?,?)", batch.incidents,
              [](Statement& s, const Incident& row) {
                s.bind(row.instance).bind(row.tenant).bind(row.at).text(row.reason);
              }));
  return each(kIncidentGone, "DELETE FROM incidents WHERE instance=?", batch.incidents_gone,
              [](Statement& s, InstanceKey key) { s.bind(key); });
}

Result<void> Writer::write_waits(const Batch& batch) {
  const auto timer = [](Statement& s, const Timer& row) {
    s.bind(row.due).bind(row.instance).bind(as_signed(row.timer));
  };
  const auto subscription = [](Statement& s, const Subscription& row) {
    s.bind(row.shape).bind(row.hash).bind(row.instance).bind(as_signed(row.command)).bind(row.filter);
  };
  XF_TRY(each(kTimerGone, "DELETE FROM timers WHERE due=? AND instance=? AND timer=?", batch.timers_gone,
              timer));
  XF_TRY(each(kTimer, "INSERT OR REPLACE INTO timers VALUES(?,?,?,?)", batch.timers,
              [&](Statement& s, const Timer& row) {
                timer(s, row);
                s.bind(row.tenant);
              }));
  XF_TRY(each(kShape, "INSERT INTO shapes VALUES(?,?,?,?)", batch.shapes, [](Statement& s, const Shape& row) {
    s.bind(row.key).bind(row.tenant).bind(row.definition).text(row.text);
  }));
  XF_TRY(each(kSubscriptionGone,
              "DELETE FROM subscriptions WHERE shape=? AND hash=? AND instance=? AND command=? AND filter=?",
              batch.subscriptions_gone, subscription));
  XF_TRY(each(kSubscription, "INSERT OR REPLACE INTO subscriptions VALUES(?,?,?,?,?,?)", batch.subscriptions,
              [&](Statement& s, const Subscription& row) {
                subscription(s, row);
                s.bind(row.tenant);
              }));
  const auto key = [](Statement& s, std::int64_t gone) { s.bind(gone); };
  XF_TRY(each(kMailGone, "DELETE FROM mail WHERE id=?", batch.mail_gone, key));
  XF_TRY(each(kMail, "INSERT INTO mail VALUES(?,?,?,?,?,?)", batch.mail, [](Statement& s, const Mail& row) {
    s.bind(row.key)
        .bind(row.tenant)
        .bind(row.instance)
        .bind(row.definition)
        .bind(row.parent_awaits)
        .blob(row.input);
  }));
  XF_TRY(each(kEventGone, "DELETE FROM events WHERE id=?", batch.events_gone, key));
  return each(kEvent, "INSERT INTO events VALUES(?,?,?,?)", batch.events,
              [](Statement& s, const KeptEvent& row) {
                s.bind(row.key).bind(row.tenant).bind(row.expires_at).blob(row.event);
              });
}

Result<void> Writer::write_rest(const Batch& batch) {
  XF_TRY(each(kIdempotency,
              "INSERT OR REPLACE INTO idempotency(tenant,operation,key,body,at,answer) VALUES(?,?,?,?,?,?)",
              batch.idempotency, [](Statement& s, const IdempotencyRow& row) {
                s.bind(row.tenant)
                    .text(row.operation)
                    .text(row.key)
                    .bind(as_signed(row.body))
                    .bind(row.at)
                    .blob(row.answer);
              }));
  if (batch.idempotency_before > 0) {
    // Rows lie in the order of their time, so the old ones are the first. A few thousand in each step.
    const TimeUs before[] = {batch.idempotency_before};
    XF_TRY(each(
        kIdempotencyOld,
        "DELETE FROM idempotency WHERE id IN (SELECT id FROM idempotency ORDER BY id LIMIT 2000) AND at<?",
        before, [](Statement& s, TimeUs at) { s.bind(at); }));
  }
  XF_TRY(each(kScheduleGone, "DELETE FROM schedules WHERE tenant=? AND ns=? AND name=?", batch.schedules_gone,
              [](Statement& s, const auto& row) {
                s.bind(row.first).text(row.second.first).text(row.second.second);
              }));
  XF_TRY(each(
      kSchedule, "INSERT OR REPLACE INTO schedules VALUES(?,?,?,?,?,?,?,?,?)", batch.schedules,
      [](Statement& s, const Schedule& row) {
        s.bind(row.tenant).text(row.ns).text(row.name).bind(row.definition).bind(row.paused).bind(row.next);
        s.bind(row.last).bind(row.last_instance).blob(row.state);
      }));
  XF_TRY(each(kSecret, "INSERT INTO secrets VALUES(?,?,?,?,?)", batch.secrets,
              [](Statement& s, const Secret& row) {
                s.bind(row.tenant).text(row.name).bind(as_signed(row.version)).bind(row.since).blob(row.sealed);
              }));
  XF_TRY(each(kSecretGone, "DELETE FROM secrets WHERE tenant=? AND name=? AND version=?", batch.secrets_gone,
              [](Statement& s, const Secret& row) {
                s.bind(row.tenant).text(row.name).bind(as_signed(row.version));
              }));
  return each(kContent, "INSERT OR IGNORE INTO contents VALUES(?,?,?)", batch.contents,
              [](Statement& s, const Content& row) { s.bind(row.tenant).text(row.digest).blob(row.value); });
}

Result<void> Writer::delete_instances(const Batch& batch) {
  const auto key = [](Statement& s, InstanceKey gone) { s.bind(gone); };
  XF_TRY(each(kDeleteInstance, "DELETE FROM instances WHERE id=?", batch.deleted, key));
  XF_TRY(each(kDeleteJournal, "DELETE FROM journal WHERE instance=?", batch.deleted, key));
  XF_TRY(each(kDeleteSnapshot, "DELETE FROM snapshots WHERE instance=?", batch.deleted, key));
  return each(kDeleteIncident, "DELETE FROM incidents WHERE instance=?", batch.deleted, key);
}

}  // namespace xf::persistence::sqlite
