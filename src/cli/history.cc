// `xflow history` and `xflow watch`: what happened to an instance, all of it or until it ends.
#include <chrono>
#include <iostream>
#include <thread>

#include "base/json/print.h"
#include "cli/answers.h"

namespace xf::cli {
namespace {

using json::Value;

constexpr Column kColumns[] = {{"TIME", "time"}, {"EVENT", "event"}, {"TASK", "task"}, {"DETAIL", "detail"}};
constexpr std::chrono::milliseconds kWatchInterval{300};

// "io.serverlessworkflow.task.completed.v1" is "task.completed" to a reader.
std::string_view short_name(std::string_view type) {
  constexpr std::string_view kPrefix = "io.serverlessworkflow.";
  if (type.starts_with(kPrefix)) type.remove_prefix(kPrefix.size());
  return type.substr(0, type.rfind(".v"));
}

// Why: an error's title and detail, or the reason that somebody gave.
std::string detail_of(const Value& data) {
  std::string out;
  for (const Value* part : {&data.get("error").get("title"), &data.get("error").get("detail"), &data.get("reason")})
    if (part->is_string()) out += (out.empty() ? "" : ": ") + std::string(part->as_string());
  return out;
}

Value row_of(const Value& event) {
  const Value& data = event.get("data");
  return Value::object({{"time", event.get("time")},
                        {"event", Value::string(short_name(event.get("type").as_string()))},
                        {"task", data.get("task")},
                        {"detail", Value::string(detail_of(data))}});
}

// Appends the events behind `cursor`, page by page, and moves it behind them. Not kOk: what to end with.
int read_on(Api& api, const std::string& id, std::string& cursor, std::vector<Value>& out) {
  for (bool more = true; more;) {
    auto page = api.get(instance_path(id, "/history?limit=500" + (cursor.empty() ? "" : "&cursor=" + cursor)));
    if (!page) return complain(page.error());
    if (page->status != 200) return refused(*page);
    for (const Value& event : page->body.get("items").elements()) {
      std::string_view name = event.get("id").as_string();
      cursor = name.substr(name.rfind('/') + 1);
      out.push_back(event);
    }
    more = page->body.find("next") != nullptr;
  }
  return kOk;
}

void print_event(const Remote& remote, const Value& event) {
  if (remote.output == "json") {
    std::cout << json::print(event) << std::endl;
  } else if (remote.output == "yaml") {
    std::cout << "---\n" << to_yaml(event) << std::flush;
  } else {
    const Value row = row_of(event);
    constexpr std::size_t kEventWidth = 20;
    std::string line = std::string(row.get("time").as_string()) + "  " + std::string(row.get("event").as_string());
    for (std::string_view part : {"task", "detail"}) {
      if (!row.get(part).is_string() || row.get(part).size() == 0) continue;
      line.resize(std::max(line.size(), row.get("time").size() + 2 + kEventWidth), ' ');
      line += "  " + std::string(row.get(part).as_string());
    }
    std::cout << line << std::endl;
  }
}

}  // namespace

int run_history(const Remote& remote, const std::string& id) {
  Result<Api> api = Api::open(remote.server);
  if (!api) return complain(api.error());
  std::string cursor;
  std::vector<Value> events;
  if (int code = read_on(*api, id, cursor, events); code != kOk) return code;
  if (remote.output == "table")
    for (Value& event : events) event = row_of(event);
  print_rows(remote, Value::object({{"items", Value::array(std::move(events))}}), kColumns);
  return kOk;
}

int run_watch(const Remote& remote, const std::string& id) {
  Result<Api> api = Api::open(remote.server);
  if (!api) return complain(api.error());
  for (std::string cursor;;) {
    // Its status first: what ended it is then in the history that is read after.
    Result<ApiAnswer> instance = api->get(instance_path(id));
    if (!instance) return complain(instance.error());
    if (instance->status != 200) return refused(*instance);
    std::vector<Value> events;
    if (int code = read_on(*api, id, cursor, events); code != kOk) return code;
    for (const Value& event : events) print_event(remote, event);
    std::string_view status = instance->body.get("status").as_string();
    if (status == "completed") return kOk;
    if (status == "faulted" || status == "cancelled") return kFailed;
    std::this_thread::sleep_for(kWatchInterval);
  }
}

}  // namespace xf::cli
