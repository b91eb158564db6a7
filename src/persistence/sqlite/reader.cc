#include "persistence/sqlite/reader.h"

#include "persistence/sqlite/rows.h"

namespace xf::persistence::sqlite {

namespace {

constexpr auto kNothing = [](Statement&) {};

std::uint64_t as_unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::int64_t as_signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

JournalRow read_journal(const Statement& s) {
  return {.instance = s.integer(0),
          .tenant = s.integer(1),
          .seq = as_unsigned(s.integer(2)),
          .at = s.integer(3),
          .input = s.string(4),
          .trace = s.string(5),
          .digest = as_unsigned(s.integer(6))};
}
constexpr std::string_view kJournal = "SELECT instance,tenant,seq,at,input,trace,digest FROM journal ";

Snapshot read_snapshot(const Statement& s) {
  return {.instance = s.integer(0),
          .tenant = s.integer(1),
          .seq = as_unsigned(s.integer(2)),
          .state = s.string(3)};
}

Incident read_incident(const Statement& s) {
  return {.instance = s.integer(0), .tenant = s.integer(1), .at = s.integer(2), .reason = s.string(3)};
}

InstanceKey read_key(const Statement& s) { return s.integer(0); }

}  // namespace

Result<Counters> Reader::counters() {
  const auto highest = [&](const char* sql, std::int64_t& out) -> Result<void> {
    XF_TRY_ASSIGN(out, connection_.integer(sql));
    return {};
  };
  Counters out;
  XF_TRY(highest("SELECT max(id) FROM tenants", out.tenant));
  XF_TRY(highest("SELECT max(id) FROM definitions", out.definition));
  XF_TRY(highest("SELECT max(id) FROM instances", out.instance));
  XF_TRY(highest("SELECT max(id) FROM shapes", out.shape));
  XF_TRY(highest("SELECT max(id) FROM mail", out.mail));
  XF_TRY(highest("SELECT max(id) FROM events", out.event));
  return out;
}

Result<std::vector<Tenant>> Reader::tenants() {
  return rows<Tenant>("SELECT id,name,salt FROM tenants", kNothing, [](const Statement& s) {
    return Tenant{s.integer(0), s.string(1), as_unsigned(s.integer(2))};
  });
}

Result<std::vector<Definition>> Reader::definitions() {
  return rows<Definition>("SELECT id,tenant,ns,name,version,title,digest,deployed_at,state FROM definitions",
                          kNothing, [](const Statement& s) {
                            return Definition{.key = s.integer(0),
                                              .tenant = s.integer(1),
                                              .ns = s.string(2),
                                              .name = s.string(3),
                                              .version = s.string(4),
                                              .title = s.string(5),
                                              .digest = s.string(6),
                                              .deployed_at = s.integer(7),
                                              .state = static_cast<DefinitionState>(s.integer(8))};
                          });
}

Result<std::optional<DefinitionText>> Reader::definition_text(DefinitionKey key) {
  return row<DefinitionText>(
      "SELECT id,source,original FROM definition_texts WHERE id=?", [&](Statement& s) { s.bind(key); },
      [](const Statement& s) {
        return DefinitionText{s.integer(0), s.string(1), s.string(2)};
      });
}

Result<std::vector<Shape>> Reader::shapes() {
  return rows<Shape>("SELECT id,tenant,definition,text FROM shapes", kNothing, [](const Statement& s) {
    return Shape{
        .key = s.integer(0), .tenant = s.integer(1), .definition = s.integer(2), .text = s.string(3)};
  });
}

Result<std::vector<Mail>> Reader::mail() {
  return rows<Mail>("SELECT id,tenant,instance,definition,parent_awaits,input FROM mail ORDER BY id",
                    kNothing, [](const Statement& s) {
                      return Mail{.key = s.integer(0),
                                  .tenant = s.integer(1),
                                  .instance = s.integer(2),
                                  .definition = s.integer(3),
                                  .parent_awaits = s.integer(4) != 0,
                                  .input = s.string(5)};
                    });
}

Result<std::vector<KeptEvent>> Reader::events() {
  return rows<KeptEvent>(
      "SELECT id,tenant,expires_at,event FROM events ORDER BY id", kNothing, [](const Statement& s) {
        return KeptEvent{
            .key = s.integer(0), .tenant = s.integer(1), .expires_at = s.integer(2), .event = s.string(3)};
      });
}

Result<std::vector<Schedule>> Reader::schedules() {
  return rows<Schedule>(
      "SELECT tenant,ns,name,definition,paused,next,last,last_instance,state FROM schedules", kNothing,
      [](const Statement& s) {
        return Schedule{.tenant = s.integer(0),
                        .ns = s.string(1),
                        .name = s.string(2),
                        .definition = s.integer(3),
                        .paused = s.integer(4) != 0,
                        .next = s.integer(5),
                        .last = s.integer(6),
                        .last_instance = s.integer(7),
                        .state = s.string(8)};
      });
}

Result<std::vector<Incident>> Reader::incidents() {
  return rows<Incident>("SELECT instance,tenant,at,reason FROM incidents", kNothing, read_incident);
}

Result<std::vector<Secret>> Reader::secrets() {
  return rows<Secret>("SELECT tenant,name,version,since,sealed FROM secrets ORDER BY tenant,name,version",
                      kNothing, [](const Statement& s) {
                        return Secret{.tenant = s.integer(0),
                                      .name = s.string(1),
                                      .version = static_cast<std::uint64_t>(s.integer(2)),
                                      .since = s.integer(3),
                                      .sealed = s.string(4)};
                      });
}

Result<std::optional<Incident>> Reader::incident(InstanceKey key) {
  return row<Incident>(
      "SELECT instance,tenant,at,reason FROM incidents WHERE instance=?", [&](Statement& s) { s.bind(key); },
      read_incident);
}

Result<std::vector<Instance>> Reader::owed(InstanceKey after, std::uint32_t limit) {
  static const std::string sql =
      "SELECT " + std::string(kInstanceColumns) + " FROM instances WHERE owed AND id>? ORDER BY id LIMIT ?";
  return rows<Instance>(
      sql, [&](Statement& s) { s.bind(after).bind(limit); }, read_instance);
}

Result<std::optional<StoredInstance>> Reader::load(InstanceKey key) {
  return consistent([&]() -> Result<std::optional<StoredInstance>> {
    XF_TRY_ASSIGN(auto found, instance(key));
    if (!found) return std::nullopt;
    XF_TRY_ASSIGN(auto snapshot, row<Snapshot>(
                                     "SELECT instance,tenant,seq,state FROM snapshots WHERE instance=?",
                                     [&](Statement& s) { s.bind(key); }, read_snapshot));
    XF_TRY_ASSIGN(auto tail, journal(key, snapshot ? snapshot->seq + 1 : 0, UINT32_MAX));
    return StoredInstance{std::move(*found), std::move(snapshot), std::move(tail)};
  });
}

Result<std::vector<Timer>> Reader::timers(const Timer& after, std::uint32_t limit) {
  return rows<Timer>(
      "SELECT due,instance,timer,tenant FROM timers WHERE (due,instance,timer)>(?,?,?) ORDER BY "
      "due,instance,timer LIMIT ?",
      [&](Statement& s) { s.bind(after.due).bind(after.instance).bind(as_signed(after.timer)).bind(limit); },
      [](const Statement& s) {
        return Timer{.due = s.integer(0),
                     .instance = s.integer(1),
                     .timer = as_unsigned(s.integer(2)),
                     .tenant = s.integer(3)};
      });
}

Result<std::vector<Subscription>> Reader::subscriptions(const Subscription& after, std::uint32_t limit) {
  return rows<Subscription>(
      "SELECT shape,hash,instance,command,filter,tenant FROM subscriptions WHERE shape=? AND hash=? AND "
      "(instance,command,filter)>(?,?,?) ORDER BY instance,command,filter LIMIT ?",
      [&](Statement& s) {
        s.bind(after.shape)
            .bind(after.hash)
            .bind(after.instance)
            .bind(as_signed(after.command))
            .bind(after.filter)
            .bind(limit);
      },
      [](const Statement& s) {
        return Subscription{.shape = s.integer(0),
                            .hash = s.integer(1),
                            .instance = s.integer(2),
                            .command = as_unsigned(s.integer(3)),
                            .filter = static_cast<std::uint32_t>(s.integer(4)),
                            .tenant = s.integer(5)};
      });
}

Result<std::optional<IdempotencyRow>> Reader::idempotency(TenantKey tenant, const std::string& operation,
                                                          const std::string& key) {
  return row<IdempotencyRow>(
      "SELECT body,at,answer FROM idempotency WHERE tenant=? AND operation=? AND key=?",
      [&](Statement& s) { s.bind(tenant).text(operation).text(key); },
      [&](const Statement& s) {
        return IdempotencyRow{tenant, operation, key, as_unsigned(s.integer(0)), s.integer(1), s.string(2)};
      });
}

Result<std::optional<std::string>> Reader::content(TenantKey tenant, const std::string& digest) {
  return row<std::string>(
      "SELECT value FROM contents WHERE tenant=? AND digest=?",
      [&](Statement& s) { s.bind(tenant).text(digest); }, [](const Statement& s) { return s.string(0); });
}

Result<InstanceKey> Reader::child(InstanceKey parent, std::uint64_t command) {
  XF_TRY_ASSIGN(const auto found,
                row<InstanceKey>(
                    "SELECT id FROM instances WHERE parent=? AND parent_command=? AND parent<>0 LIMIT 1",
                    [&](Statement& s) { s.bind(parent).bind(as_signed(command)); }, read_key));
  return found.value_or(0);
}

Result<std::vector<InstanceKey>> Reader::children(InstanceKey parent, std::uint32_t limit) {
  return rows<InstanceKey>(
      "SELECT id FROM instances WHERE parent=? AND parent<>0 ORDER BY parent_command LIMIT ?",
      [&](Statement& s) { s.bind(parent).bind(limit); }, read_key);
}

Result<std::uint64_t> Reader::count(DefinitionKey definition, std::uint8_t statuses, std::uint64_t limit) {
  std::uint64_t total = 0;
  for (std::uint8_t status = 0; status < kStatuses && total < limit; ++status) {
    if ((statuses & (1u << status)) == 0) continue;
    XF_TRY_ASSIGN(
        const auto n,
        row<std::int64_t>(
            "SELECT count(*) FROM (SELECT 1 FROM instances WHERE definition=? AND status=? LIMIT ?)",
            [&](Statement& s) { s.bind(definition).bind(status).bind(as_signed(limit - total)); }, read_key));
    total += as_unsigned(n.value_or(0));
  }
  return total;
}

Result<std::vector<InstanceKey>> Reader::ended(std::uint8_t statuses, TimeUs before, InstanceKey after,
                                               std::uint32_t limit) {
  return rows<InstanceKey>(
      "SELECT id FROM instances WHERE id>? AND ((?>>status)&1)=1 AND ended_at>0 AND ended_at<? ORDER BY id "
      "LIMIT ?",
      [&](Statement& s) { s.bind(after).bind(statuses).bind(before).bind(limit); }, read_key);
}

Result<std::optional<Instance>> Reader::instance(InstanceKey key) {
  static const std::string sql = "SELECT " + std::string(kInstanceColumns) + " FROM instances WHERE id=?";
  return row<Instance>(
      sql, [&](Statement& s) { s.bind(key); }, read_instance);
}

Result<std::vector<JournalRow>> Reader::journal(InstanceKey key, std::uint64_t seq_min, std::uint32_t limit) {
  static const std::string sql = std::string(kJournal) + "WHERE instance=? AND seq>=? ORDER BY seq LIMIT ?";
  return rows<JournalRow>(
      sql, [&](Statement& s) { s.bind(key).bind(as_signed(seq_min)).bind(limit); }, read_journal);
}

}  // namespace xf::persistence::sqlite
