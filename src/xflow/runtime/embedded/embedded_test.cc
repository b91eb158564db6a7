// The runtime with its threads, through the port, over both stores.
#include "xflow/runtime/embedded/embedded.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "persistence/memory/store.h"
#include "persistence/sqlite/store.h"
#include "xflow/definition/load.h"

namespace xf::runtime::embedded {

namespace {

using engine::Status;

const std::string kAdd = R"(
do:
  - one: {set: {n: "${ .n + 1 }"}}
  - two: {set: {n: "${ .n + 1 }"}}
  - three: {set: {n: "${ .n + 1 }"}}
)";
const std::string kWait = "\ndo: [{pause: {wait: {milliseconds: 100}}}, {done: {set: {ok: true}}}]\n";
const std::string kLong = "\ndo: [{pause: {wait: {hours: 1}}}]\n";
const std::string kAsk =
    "\ndo: [{ask: {call: http, with: {method: get, endpoint: \"http://localhost/x\"}}}]\n";

plan::PlanPtr plan_of(const std::string& name, const std::string& rest) {
  return definition::load("document: {dsl: 1.0.0, namespace: test, name: " + name + ", version: 1.0.0}" +
                          rest)
      .value();
}

// Answers every call at once, with its idempotency key.
class Echo final : public functions::Caller {
 public:
  void call(functions::WorkId, plan::PlanPtr, engine::command::StartCall call, json::Value, json::Value,
            std::move_only_function<void(Outcome)> done) override {
    done({.value = json::Value::object({{"key", json::Value::string(call.idempotency_key)}})});
  }
  void fetch(functions::WorkId, plan::PlanPtr, engine::command::Fetch, json::Value,
             std::move_only_function<void(std::variant<Content, engine::Fault>)> done) override {
    done(engine::Fault{.title = "nothing is fetched here"});
  }
  void cancel(const functions::WorkId&) override {}
};

// The answer to an asynchronous call of the port.
template <typename T, typename F>
Result<T> wait_for(F ask) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto future = promise->get_future();
  ask([promise](Result<T> result) { promise->set_value(std::move(result)); });
  return future.get();
}

class EmbeddedTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "xflow-embedded-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    open();
  }
  void TearDown() override {
    runtime_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    runtime_.reset();
    std::unique_ptr<persistence::Store> store;
    if (GetParam()) {
      store = persistence::sqlite::Store::open(folder_ + "/data").value();
    } else {
      store = std::make_unique<persistence::memory::Store>();
    }
    auto opened = Embedded::open(std::move(store), std::make_shared<Echo>(),
                                 {.backup_directory = GetParam() ? folder_ + "/backups" : ""});
    ASSERT_TRUE(opened) << opened.error().message;
    runtime_ = *std::move(opened);
  }
  void deploy(const std::string& name, const std::string& rest) {
    const auto done = wait_for<Deployment>(
        [&](auto cb) { runtime_->deploy("default", plan_of(name, rest), "text", std::move(cb)); });
    ASSERT_TRUE(done) << done.error().message;
  }
  Result<InstanceDetail> start(const std::string& name, const std::string& input, std::int64_t wait_ms = 0,
                               std::string key = {}) {
    return wait_for<InstanceDetail>([&](auto cb) {
      runtime_->start({.definition = {"test", name, "latest"},
                       .input = json::parse(input).value(),
                       .key = key,
                       .wait_ms = wait_ms},
                      std::move(cb));
    });
  }
  Result<InstanceDetail> show(const std::string& id) {
    return wait_for<InstanceDetail>([&](auto cb) { runtime_->instance("default", id, std::move(cb)); });
  }
  Result<Page<InstanceSummary>> list(InstanceQuery query) {
    return wait_for<Page<InstanceSummary>>([&](auto cb) { runtime_->instances(query, std::move(cb)); });
  }

  std::string folder_;
  std::unique_ptr<Embedded> runtime_;
};

}  // namespace

TEST_P(EmbeddedTest, RunsAWorkflowAndShowsIt) {
  deploy("add", kAdd);
  const auto done = start("add", R"({"n":1})", 5000, "order-1");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->summary.status, Status::kCompleted);
  EXPECT_EQ(json::print(done->output), R"({"n":4})");
  const auto shown = show(done->summary.id);
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(json::print(shown->input), R"({"n":1})");
  EXPECT_EQ(json::print(shown->output), R"({"n":4})");
  EXPECT_EQ(shown->summary.key, "order-1");
  EXPECT_EQ(shown->summary.definition.version, "1.0.0");
  const auto history = wait_for<Page<HistoryEntry>>([&](auto cb) {
    runtime_->history({.instance = done->summary.id, .after = {}, .limit = 500}, std::move(cb));
  });
  ASSERT_TRUE(history);
  EXPECT_EQ(history->items.back().entry.what, engine::Happened::kWorkflowCompleted);
  const auto rest = wait_for<Page<HistoryEntry>>([&](auto cb) {
    runtime_->history({.instance = done->summary.id, .after = history->items[2].position, .limit = 2},
                      std::move(cb));
  });
  EXPECT_EQ(rest->items.size(), 2u);
  EXPECT_EQ(rest->items[0].position.index, history->items[3].position.index);
  EXPECT_FALSE(show("nobody"));
}

TEST_P(EmbeddedTest, WaitsForTimersAndCalls) {
  deploy("wait", kWait);
  deploy("ask", kAsk);
  EXPECT_EQ(start("wait", "{}", 20)->summary.status, Status::kWaiting);
  EXPECT_EQ(start("wait", "{}", 10'000)->summary.status, Status::kCompleted);
  const auto asked = start("ask", "{}", 10'000);
  EXPECT_EQ(asked->summary.status, Status::kCompleted);
  EXPECT_TRUE(asked->output.get("key").as_string().starts_with(asked->summary.id))
      << json::print(asked->output);
}

TEST_P(EmbeddedTest, ListsByStatusDefinitionAndTextInPages) {
  deploy("add", kAdd);
  deploy("long", kLong);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(start("add", R"({"n":1})", 0, "order-" + std::to_string(i)));
  const auto waiting = start("long", "{}");
  EXPECT_EQ(list({.limit = 10})->items.size(), 6u);
  const auto page = list({.limit = 4}).value();
  EXPECT_EQ(page.items[0].id, waiting->summary.id);
  EXPECT_EQ(list({.limit = 4, .cursor = page.next})->items.size(), 2u);
  EXPECT_EQ(list({.limit = 4, .cursor = page.next})->next, "");
  EXPECT_EQ(list({.statuses = {Status::kWaiting}})->items.size(), 1u);
  EXPECT_EQ(list({.definition = {"test", "add", ""}})->items.size(), 5u);
  EXPECT_EQ(list({.text = "order-3"})->items.size(), 1u);
  EXPECT_EQ(list({.text = "lon"})->items.size(), 1u);
  EXPECT_EQ(list({.text = waiting->summary.id.substr(0, 13)})->items.size(), 1u);
  EXPECT_EQ(list({.tenant = "other"})->items.size(), 0u);
  const auto definitions = wait_for<Page<DefinitionSummary>>(
      [&](auto cb) { runtime_->definitions("default", "", 10, std::move(cb)); });
  ASSERT_EQ(definitions->items.size(), 2u);
  EXPECT_EQ(definitions->items[1].instances_open, 1u);
  const auto positions = show(waiting->summary.id)->positions;
  ASSERT_EQ(positions.size(), 1u);
  EXPECT_EQ(positions[0].waiting_for, engine::WaitingFor::kTimer);
}

TEST_P(EmbeddedTest, ManyCallersAtOnceEachGetTheirOwnAnswer) {
  deploy("add", kAdd);
  constexpr int kCallers = 2000;
  std::vector<std::promise<Result<InstanceDetail>>> promises(kCallers);
  for (int i = 0; i < kCallers; ++i)
    runtime_->start({.definition = {"test", "add", "1.0.0"},
                     .input = json::Value::object({{"n", json::Value::integer(i)}}),
                     .wait_ms = 10'000},
                    [&promise = promises[static_cast<std::size_t>(i)]](auto result) {
                      promise.set_value(std::move(result));
                    });
  for (int i = 0; i < kCallers; ++i) {
    const auto done = promises[static_cast<std::size_t>(i)].get_future().get();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->output.get("n").as_int64(), i + 3);
  }
}

TEST_P(EmbeddedTest, TellsWhoListensEachTurnInOrder) {
  std::mutex mutex;
  std::vector<std::pair<std::string, Status>> seen;
  runtime_->listen(
      [&](const std::string& tenant, const std::string& id, Status status,
          std::span<const HistoryEntry> entries) {
        const std::lock_guard lock(mutex);
        EXPECT_EQ(tenant, "default");
        EXPECT_FALSE(entries.empty());
        seen.emplace_back(id, status);
      },
      {});
  deploy("wait", kWait);
  const auto done = start("wait", "{}", 10'000);
  runtime_->stop();
  const std::lock_guard lock(mutex);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0], std::pair(done->summary.id, Status::kWaiting));
  EXPECT_EQ(seen[1], std::pair(done->summary.id, Status::kCompleted));
}

TEST_P(EmbeddedTest, TellsOnlyWhatIsWanted) {
  std::atomic<bool> wanted = false;
  std::atomic<int> told = 0;
  runtime_->listen(
      [&](const std::string&, const std::string&, Status, std::span<const HistoryEntry>) { ++told; },
      [&] { return wanted.load(); });
  deploy("add", kAdd);
  ASSERT_TRUE(start("add", R"({"n":1})", 10'000));
  runtime_->stop();
  EXPECT_EQ(told, 0);
}

TEST_P(EmbeddedTest, CommandsAnswerWithWhatTheInstanceIsNow) {
  deploy("long", kLong);
  const auto id = start("long", "{}")->summary.id;
  const auto command = [&](engine::InputBody body) {
    return wait_for<InstanceDetail>(
        [&](auto cb) { runtime_->command("default", id, std::move(body), {}, std::move(cb)); });
  };
  EXPECT_EQ(command(engine::input::Suspend{})->summary.status, Status::kSuspended);
  EXPECT_EQ(command(engine::input::Suspend{}).error().code, Code::kConflict);
  EXPECT_EQ(command(engine::input::Resume{})->summary.status, Status::kWaiting);
  EXPECT_EQ(command(engine::input::Cancel{})->summary.status, Status::kCancelled);
}

TEST_P(EmbeddedTest, AfterStopNothingIsAccepted) {
  deploy("long", kLong);
  auto waiting = std::async(std::launch::async, [&] { return start("long", "{}", 60'000); });
  while (list({})->items.empty()) std::this_thread::yield();
  runtime_->stop();
  const auto answered = waiting.get();
  EXPECT_TRUE(answered ? answered->summary.status == Status::kWaiting
                       : answered.error().code == Code::kTimeout);
  EXPECT_EQ(start("long", "{}").error().code, Code::kUnavailable);
  EXPECT_EQ(show("x").error().code, Code::kUnavailable);
  EXPECT_FALSE(runtime_->ready());
}

TEST_P(EmbeddedTest, ARestartKeepsEverything) {
  if (!GetParam()) return;  // a store in memory ends with its process
  deploy("wait", kWait);
  deploy("add", kAdd);
  const auto added = start("add", R"({"n":1})")->summary.id;
  const auto waiting = start("wait", "{}")->summary.id;
  open();
  EXPECT_EQ(json::print(show(added)->output), R"({"n":4})");
  while (show(waiting)->summary.status != Status::kCompleted) std::this_thread::yield();
  EXPECT_EQ(json::print(start("add", R"({"n":2})", 1000)->output), R"({"n":5})");
  const auto backup = wait_for<Backup>([&](auto cb) { runtime_->backup(std::move(cb)); });
  ASSERT_TRUE(backup) << backup.error().message;
  EXPECT_EQ(std::filesystem::file_size(backup->file), backup->bytes);
}

// A commit fails while the next group is being made on top of it.
class Gate final : public persistence::Store {
 public:
  Result<void> commit(const persistence::Batch& batch) override {
    if (!armed_.exchange(false)) return inner_.commit(batch);
    entered_.set_value();
    opened_.get_future().wait();
    return fail(Code::kExhausted, "the disk is full (injected)");
  }
  Result<std::unique_ptr<persistence::Reader>> reader() override { return inner_.reader(); }
  Result<std::uint64_t> backup(const std::string& target) override { return inner_.backup(target); }

  void arm() { armed_ = true; }
  void wait_until_entered() { entered_.get_future().wait(); }
  void open() { opened_.set_value(); }

 private:
  persistence::memory::Store inner_;
  std::atomic<bool> armed_ = false;
  std::promise<void> entered_, opened_;
};

TEST(Embedded, AGroupThatWasMadeOnAFailedOneIsNotCommitted) {
  auto store = std::make_unique<Gate>();
  Gate& gate = *store;
  const auto runtime = Embedded::open(std::move(store), std::make_shared<Echo>(), {}).value();
  ASSERT_TRUE(wait_for<Deployment>(
      [&](auto cb) { runtime->deploy("default", plan_of("add", kAdd), "text", std::move(cb)); }));
  const StartRequest request{.definition = {"test", "add", "latest"},
                             .input = json::parse(R"({"n":1})").value(),
                             .idempotency = {.key = "k", .body = 1}};
  std::promise<Result<InstanceDetail>> first, again;
  const std::shared_future<Result<InstanceDetail>> first_answer = first.get_future();
  gate.arm();
  runtime->start(request, [&](auto result) { first.set_value(std::move(result)); });
  gate.wait_until_entered();
  // The driver makes the next group, which says what the first one's key gave, and is held until that one has
  // failed.
  runtime->start(request, [&](auto result) { again.set_value(std::move(result)); });
  runtime->start({.definition = {"test", "nobody", "latest"}}, [&](auto) {
    gate.open();
    first_answer.wait();
  });
  EXPECT_EQ(first_answer.get().error().code, Code::kUnavailable);
  const auto answer = again.get_future().get();
  ASSERT_FALSE(answer) << "an instance was acknowledged that does not exist: " << answer->summary.id;
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(Stores, EmbeddedTest, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "Sqlite" : "Memory"; });

}  // namespace xf::runtime::embedded
