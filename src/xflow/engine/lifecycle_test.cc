// Every lifecycle CloudEvent of the specification, with the members that its table names.
#include <gtest/gtest.h>

#include <set>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/engine/trace.h"

namespace xf::engine {
namespace {

constexpr TimeUs kAt = 1'767'225'600'123'000;
constexpr const char* kTime = "2026-01-01T00:00:00.123Z";

json::Value event_of(Happened what, const std::string& task, const char* data, std::int32_t iteration = -1) {
  return to_cloud_event({what, task, iteration, *json::parse(data)}, {.seq = 3, .index = 4}, kAt, "i7",
                        {"shop", "order", "1.2.3"});
}

struct Case {
  Happened what;
  const char* type;
  const char* data;    // of the entry
  const char* expect;  // data of the event, TIME for the time
};
using enum Happened;
constexpr const char* kWorkflow = R"("name":"order.shop")";
const Case kCases[] = {
    {kWorkflowStarted, "workflow.started", "null",
     R"({W,"definition":{"namespace":"shop","name":"order","version":"1.2.3"},"startedAt":"TIME"})"},
    {kWorkflowSuspended, "workflow.suspended", R"({"reason":"r"})", R"({W,"suspendedAt":"TIME","reason":"r"})"},
    {kWorkflowResumed, "workflow.resumed", "null", R"({W,"resumedAt":"TIME"})"},
    {kCorrelationStarted, "workflow.correlation-started", R"({"k":1})",
     R"({W,"startedAt":"TIME","correlationKeys":{"k":1}})"},
    {kCorrelationCompleted, "workflow.correlation-completed", R"({"k":1})",
     R"({W,"completedAt":"TIME","correlationKeys":{"k":1}})"},
    {kWorkflowCancelled, "workflow.cancelled", "null", R"({W,"cancelledAt":"TIME"})"},
    {kWorkflowFaulted, "workflow.faulted", R"({"status":500})", R"({W,"faultedAt":"TIME","error":{"status":500}})"},
    {kWorkflowCompleted, "workflow.completed", R"({"n":1})", R"({W,"completedAt":"TIME","output":{"n":1}})"},
    {kTaskCreated, "task.created", "null", R"({T,"createdAt":"TIME"})"},
    {kTaskStarted, "task.started", "null", R"({T,"startedAt":"TIME"})"},
    {kTaskSuspended, "task.suspended", "null", R"({T,"suspendedAt":"TIME"})"},
    {kTaskResumed, "task.resumed", "null", R"({T,"resumedAt":"TIME"})"},
    {kTaskRetried, "task.retried", R"({"attempt":2})", R"({T,"retriedAt":"TIME","attempt":2})"},
    {kTaskCancelled, "task.cancelled", "null", R"({T,"cancelledAt":"TIME"})"},
    {kTaskFaulted, "task.faulted", R"({"status":500})", R"({T,"faultedAt":"TIME","error":{"status":500}})"},
    {kTaskCompleted, "task.completed", "[1]", R"({T,"completedAt":"TIME","output":[1]})"},
    {kTaskSkipped, "task.status-changed", "null", R"({T,"updatedAt":"TIME","status":"skipped"})"},
};

std::string filled(std::string text) {
  const auto put = [&text](std::string_view what, std::string_view value) {
    if (const std::size_t at = text.find(what); at != std::string::npos) text.replace(at, what.size(), value);
  };
  put("{W", std::string("{") + kWorkflow);
  put("{T", R"({"workflow":"order.shop","task":"/do/0/pay")");
  put("TIME", kTime);
  return text;
}

TEST(Lifecycle, EveryEventSaysWhatTheSpecificationAsksFor) {
  std::set<Happened> covered;
  for (const Case& one : kCases) {
    covered.insert(one.what);
    const bool is_task = one.what >= kTaskCreated;
    const json::Value event = event_of(one.what, is_task ? "/do/0/pay" : "", one.data);
    EXPECT_EQ(event.get("type").as_string(), "io.serverlessworkflow." + std::string(one.type) + ".v1");
    EXPECT_EQ(json::print(event.get("data")), filled(one.expect)) << one.type;
  }
  EXPECT_EQ(covered.size(), std::size_t(kTaskSkipped) + 1);
}

TEST(Lifecycle, IsACompleteCloudEvent) {
  EXPECT_EQ(json::print(event_of(kTaskStarted, "/do/0/loop/do/0/pay", "null", 2)),
            R"({"specversion":"1.0","id":"i7/3.4","source":"/shop/order/1.2.3",)"
            R"("type":"io.serverlessworkflow.task.started.v1","subject":"i7","time":")" +
                std::string(kTime) +
                R"(","datacontenttype":"application/json","data":{"workflow":"order.shop",)"
                R"("task":"/do/0/loop/do/0/pay","iteration":2,"startedAt":")" +
                kTime + R"("}})");
}

}  // namespace
}  // namespace xf::engine
