// The port: what any thread may ask, put before the thread that does it.
#include <sys/stat.h>

#include <algorithm>

#include "base/clock.h"
#include "xflow/expression/program.h"
#include "xflow/runtime/embedded/embedded_impl.h"

namespace xf::runtime::embedded {

namespace {

constexpr auto kForever = std::chrono::hours(1);
constexpr std::size_t kSmallStack = 1u << 20;

std::string backup_name() {
  std::string name = "xflow-" + to_iso8601(now_us()) + ".db";
  std::ranges::replace(name, ':', '-');
  return name;
}

}  // namespace

void Embedded::Impl::register_computed(metrics::Registry& registry) {
  const auto gauge = [&](const char* name, const char* help, std::function<double()> value,
                         const metrics::Labels& labels = {}) {
    registry.computed(name, help, {.is_counter = false, .value = std::move(value)}, labels);
  };
  gauge("xflow_ready", "1 when it is recovered and able to write.",
        [this] { return readiness() ? 1.0 : 0.0; });
  gauge("xflow_requests_queued", "Requests and results that wait for the driver.",
        [this] { return static_cast<double>(tasks.size()); });
  constexpr auto kStorage = "Bytes of the data file and of its write-ahead log.";
  gauge("xflow_storage_bytes", kStorage, [this] { return static_cast<double>(store->usage().data_bytes); },
        {{"file", "data"}});
  gauge("xflow_storage_bytes", kStorage, [this] { return static_cast<double>(store->usage().log_bytes); },
        {{"file", "log"}});
  registry.computed(
      "xflow_checkpoints_total", "How often the write-ahead log was moved into the data file.",
      {.is_counter = true, .value = [this] { return static_cast<double>(store->usage().checkpoints); }});
}

Result<void> Embedded::Impl::readiness() const {
  if (stopped) return std::unexpected(stopping());
  const std::lock_guard lock(state_mutex);
  if (not_ready) return std::unexpected(*not_ready);
  return {};
}

Result<std::unique_ptr<Embedded>> Embedded::open(std::unique_ptr<persistence::Store> store,
                                                 std::shared_ptr<functions::Caller> caller, Options options) {
  XF_TRY_ASSIGN(options.driver.vault,
                Vault::open(*store, options.key, std::exchange(options.secrets, {}), now_us()));
  XF_TRY_ASSIGN(auto reader, store->reader());
  auto impl = std::make_unique<Impl>(std::move(store), std::move(caller), std::move(options));
  Impl& in = *impl;
  std::mutex mutex;
  std::condition_variable wake;
  std::optional<Result<void>> recovered;
  in.driving = Thread("xf-driver", expression::kStackBytes, [&in, &mutex, &wake, &recovered] {
    in.drive([&](Result<void> result) {
      const std::lock_guard lock(mutex);
      recovered = std::move(result);
      wake.notify_one();
    });
  });
  {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return recovered.has_value(); });
  }
  if (!*recovered) return std::unexpected(std::move(*recovered).error());
  in.commits = Thread("xf-committer", kSmallStack, [&in] { in.commit_groups(); });
  in.follows = Thread("xf-answers", kSmallStack, [&in] {
    for (std::vector<Settled> batch; in.followed.take(batch, kForever); batch.clear())
      for (auto& one : batch) {
        in.follow_up(one);
        --in.following;
      }
  });
  in.reading = Thread("xf-queries", expression::kStackBytes, [&in, own = std::move(reader)]() mutable {
    Queries queries(std::move(own), in.options.driver.vault);
    for (std::vector<Query> batch; in.queries.take(batch, kForever); batch.clear())
      for (auto& query : batch) query(queries);
  });
  in.copying = Thread("xf-backup", kSmallStack, [&in] {
    for (std::vector<Callback<Backup>> batch; in.backups.take(batch, kForever); batch.clear())
      for (auto& callback : batch) {
        const std::string file = in.options.backup_directory + "/" + backup_name();
        const auto bytes = in.store->backup(file);
        callback(bytes ? Result<Backup>(Backup{file, *bytes}) : std::unexpected(bytes.error()));
      }
  });
  return std::unique_ptr<Embedded>(new Embedded(std::move(impl)));
}

Embedded::Embedded(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Embedded::~Embedded() { stop(); }

void Embedded::stop() {
  const std::lock_guard lock(impl_->stop_mutex);
  impl_->stopped = true;
  impl_->tasks.close();
  impl_->driving.join();
  impl_->commits.join();
  impl_->followed.close();
  impl_->follows.join();
  impl_->queries.close();
  impl_->reading.join();
  impl_->backups.close();
  impl_->copying.join();
}

void Embedded::deploy(std::string tenant, plan::PlanPtr plan, std::string original,
                      Callback<Deployment> callback) {
  auto shared = std::make_shared<Callback<Deployment>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), plan = std::move(plan), original = std::move(original)](
          Driver& d, TimeUs now) mutable {
        d.deploy(tenant, std::move(plan), std::move(original), std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::remove_definition(std::string tenant, plan::DefinitionId id, bool retire,
                                 Callback<DefinitionSummary> callback) {
  auto shared = std::make_shared<Callback<DefinitionSummary>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), id = std::move(id), retire](Driver& d, TimeUs now) {
        d.remove_definition(tenant, id, retire, std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::start(StartRequest request, Callback<InstanceDetail> callback) {
  Task task = Start{std::move(request), std::move(callback)};
  if (!impl_->tasks.push(task, impl_->options.requests_max))
    std::get<Start>(task).callback(std::unexpected(impl_->refused()));
}

void Embedded::command(std::string tenant, std::string id, engine::InputBody body, Idempotency idempotency,
                       Callback<InstanceDetail> callback) {
  auto shared = std::make_shared<Callback<InstanceDetail>>(std::move(callback));
  impl_->ask(
      *shared,
      [impl = impl_.get(), shared, tenant = std::move(tenant), id = std::move(id), body = std::move(body),
       idempotency = std::move(idempotency)](Driver& d, TimeUs now) mutable {
        d.command(tenant, id, std::move(body), idempotency, impl->complete(std::move(*shared)), now);
      },
      impl_->options.requests_max);
}

void Embedded::publish(std::string tenant, std::vector<json::Value> events, Idempotency idempotency,
                       Callback<std::vector<std::uint32_t>> callback) {
  auto shared = std::make_shared<Callback<std::vector<std::uint32_t>>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), events = std::move(events), idempotency = std::move(idempotency)](
          Driver& d, TimeUs now) mutable {
        d.publish(tenant, std::move(events), idempotency, std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::schedule(std::string tenant, plan::DefinitionId id, ScheduleAction action,
                        Idempotency idempotency, Callback<ScheduleSummary> callback) {
  auto shared = std::make_shared<Callback<ScheduleSummary>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), id = std::move(id), action,
       idempotency = std::move(idempotency)](Driver& d, TimeUs now) {
        d.schedule(tenant, id, action, idempotency, std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::definitions(std::string tenant, std::string cursor, std::uint32_t limit,
                           Callback<Page<DefinitionSummary>> callback) {
  impl_->look_up(std::move(callback), [tenant = std::move(tenant), cursor = std::move(cursor),
                                       limit](Queries& q) { return q.definitions(tenant, cursor, limit); });
}

void Embedded::definition(std::string tenant, plan::DefinitionId id, Callback<DefinitionDetail> callback) {
  impl_->look_up(std::move(callback), [tenant = std::move(tenant), id = std::move(id)](Queries& q) {
    return q.definition(tenant, id);
  });
}

void Embedded::instances(InstanceQuery query, Callback<Page<InstanceSummary>> callback) {
  impl_->look_up(std::move(callback), [query = std::move(query)](Queries& q) { return q.instances(query); });
}

void Embedded::instance(std::string tenant, std::string id, Callback<InstanceDetail> callback) {
  impl_->look_up(std::move(callback), [tenant = std::move(tenant), id = std::move(id)](Queries& q) {
    return q.instance(tenant, id);
  });
}

void Embedded::history(HistoryQuery query, Callback<Page<HistoryEntry>> callback) {
  impl_->look_up(std::move(callback), [query = std::move(query)](Queries& q) { return q.history(query); });
}

void Embedded::schedules(std::string tenant, Callback<std::vector<ScheduleSummary>> callback) {
  impl_->look_up(std::move(callback),
                 [tenant = std::move(tenant)](Queries& q) { return q.schedules(tenant); });
}

void Embedded::listen(TurnListener listener, std::function<bool()> wanted) {
  const std::lock_guard lock(impl_->state_mutex);
  impl_->listener = std::move(listener);
  impl_->listener_wants = std::move(wanted);
}

Result<void> Embedded::ready() const { return impl_->readiness(); }

void Embedded::backup(Callback<Backup> callback) {
  if (impl_->options.backup_directory.empty())
    return callback(fail(Code::kInvalid, "there is no data directory, so there is nothing to back up"));
  ::mkdir(impl_->options.backup_directory.c_str(), 0700);  // when it is there already, so much the better
  if (!impl_->backups.push(callback)) callback(std::unexpected(stopping()));
}

}  // namespace xf::runtime::embedded
