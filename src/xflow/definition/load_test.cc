// Definitions as a whole: what the specification publishes must load, what it calls invalid must be refused.
#include "xflow/definition/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/check.h"
#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::definition {
namespace {

namespace fs = std::filesystem;

// $XFLOW_SPEC, else `shared/spec` beside one of the folders above; empty when it is nowhere.
fs::path spec_folder() {
  if (const char* named = std::getenv("XFLOW_SPEC")) return named;
  for (fs::path here = fs::current_path(); here != here.root_path(); here = here.parent_path()) {
    if (fs::exists(here / "shared" / "spec" / "examples")) return here / "shared" / "spec";
  }
  return {};
}

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> out(fs::directory_iterator(folder), fs::directory_iterator{});
  std::ranges::sort(out);
  return out;
}

std::string all(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& p : problems) out += to_string(p) + "\n";
  return out;
}

TEST(Specification, EveryExampleLoads) {
  const fs::path spec = spec_folder();
  if (spec.empty()) GTEST_SKIP() << "no specification beside the checkout";
  const auto files = files_in(spec / "examples");
  EXPECT_EQ(files.size(), 68u);
  for (const fs::path& file : files) {
    const auto plan = load(contents(file), {.file = file.filename().string()});
    EXPECT_TRUE(plan) << all(plan.error());
  }
}

TEST(Specification, EveryInvalidDefinitionIsRefused) {
  const fs::path spec = spec_folder();
  if (spec.empty()) GTEST_SKIP() << "no specification beside the checkout";
  const auto files = files_in(spec / "invalid");
  EXPECT_GE(files.size(), 3u);
  for (const fs::path& file : files) EXPECT_FALSE(load(contents(file))) << file;
}

// The definitions inside a feature file: from `"""yaml` to `"""`, without the indentation of the first.
std::vector<std::string> definitions_in(const std::string& feature) {
  std::vector<std::string> out;
  constexpr std::string_view kQuotes = "\"\"\"";
  for (std::size_t at = feature.find("\"\"\"yaml"); at != std::string::npos;
       at = feature.find("\"\"\"yaml", at)) {
    const std::size_t indent = at - (feature.rfind('\n', at) + 1);
    const std::size_t begin = feature.find('\n', at) + 1, end = feature.find(kQuotes, begin);
    std::istringstream lines(feature.substr(begin, end - begin));
    std::string text;
    for (std::string line; std::getline(lines, line);)
      text += (line.size() > indent ? line.substr(indent) : "") + "\n";
    if (text.starts_with("document:")) out.push_back(std::move(text));
    at = end + kQuotes.size();
  }
  return out;
}

TEST(Specification, EveryDefinitionOfTheConformanceKitLoads) {
  const fs::path spec = spec_folder();
  if (spec.empty()) GTEST_SKIP() << "no specification beside the checkout";
  std::size_t count = 0;
  for (const fs::path& file : files_in(spec / "ctk" / "features")) {
    for (const std::string& definition : definitions_in(contents(file))) {
      const auto plan = load(definition, {.file = file.filename().string()});
      EXPECT_TRUE(plan) << all(plan.error()) << definition;
      ++count;
    }
  }
  EXPECT_EQ(count, 21u);
}

// ---- what a definition becomes

plan::PlanPtr loaded(std::string_view body) {
  const std::string head = "document: {dsl: 1.0.3, namespace: shop, name: orders, version: 1.2.3}\n";
  auto plan = load(head + std::string(body));
  EXPECT_TRUE(plan) << all(plan.error());
  return plan ? *plan : nullptr;
}

const plan::Node& node(const plan::Plan& plan, std::string_view reference) {
  const auto found = std::ranges::find(plan.nodes, reference, &plan::Node::reference);
  XF_CHECK(found != plan.nodes.end(), "the test names a task that is there");
  return *found;
}

std::string references(const plan::Plan& plan) {
  std::vector<std::string> all;
  for (const plan::Node& n : plan.nodes) all.push_back(n.reference);
  std::ranges::sort(all);
  std::string out;
  for (const std::string& one : all) out += one + "\n";
  return out;
}

TEST(Plan, NamesEveryTaskByItsPlaceInTheDefinition) {
  const auto plan = loaded(R"(
use:
  functions:
    f: {set: {x: 1}}
  extensions:
    - log: {extend: all, before: [{note: {set: {x: 1}}}], after: [{note: {set: {x: 1}}}]}
do:
  - seq: {do: [{a: {set: {x: 1}}}]}
  - loop: {for: {in: .x}, do: [{a: {set: {x: 1}}}]}
  - par: {fork: {branches: [{a: {set: {x: 1}}}, {b: {do: [{c: {set: {x: 1}}}]}}]}}
  - safe: {try: [{a: {set: {x: 1}}}], catch: {do: [{a: {set: {x: 1}}}]}}
  - hear: {listen: {to: {any: []}}, foreach: {do: [{a: {set: {x: 1}}}]}}
  - a/b~c: {call: f}
)");
  ASSERT_TRUE(plan);
  EXPECT_EQ(references(*plan), R"(/do/0/seq
/do/0/seq/do/0/a
/do/1/loop
/do/1/loop/do/0/a
/do/2/par
/do/2/par/fork/branches/0/a
/do/2/par/fork/branches/1/b
/do/2/par/fork/branches/1/b/do/0/c
/do/3/safe
/do/3/safe/catch/do/0/a
/do/3/safe/try/0/a
/do/4/hear
/do/4/hear/foreach/do/0/a
/do/5/a~1b~0c
/use/extensions/0/log/after/0/note
/use/extensions/0/log/before/0/note
/use/functions/f
)");
}

TEST(Plan, ResolvesWhereTasksGoOn) {
  const auto plan = loaded(R"(
do:
  - a: {set: {x: 1}, then: c}
  - b: {switch: [{one: {when: .x, then: a}}, {two: {then: end}}], then: exit}
  - c: {try: [], catch: {then: b}, then: continue}
)");
  ASSERT_TRUE(plan);
  const auto& main = plan->main.tasks;
  EXPECT_EQ(plan->nodes[main[0]].then.directive, plan::Directive::kGoTo);
  EXPECT_EQ(plan->nodes[main[0]].then.target, main[2]);
  const auto& choice = std::get<plan::Switch>(plan->nodes[main[1]].body);
  EXPECT_EQ(plan->nodes[main[1]].then.directive, plan::Directive::kExit);
  EXPECT_EQ(choice.cases[0].then.target, main[0]);
  EXPECT_TRUE(choice.cases[0].when);
  EXPECT_EQ(choice.cases[1].then.directive, plan::Directive::kEnd);
  EXPECT_FALSE(choice.cases[1].when);
  EXPECT_EQ(std::get<plan::Try>(plan->nodes[main[2]].body).then->target, main[1]);
  EXPECT_EQ(plan->nodes[main[2]].then.directive, plan::Directive::kContinue);
}

TEST(Plan, CompilesAFunctionOnceEvenWhenItCallsItself) {
  const auto plan = loaded(R"(
use: {functions: {f: {do: [{again: {call: f}}, {other: {call: g}}]}, g: {set: {x: 1}}}}
do: [{a: {call: f, with: {n: 1}}}, {b: {call: f}}, {c: {call: 'https://x.org/f.yaml'}}, {d: {call: 'log:1.0.0@default'}}]
)");
  ASSERT_TRUE(plan);
  const auto body = [&](std::string_view reference) {
    return std::get<plan::CallFunction>(node(*plan, reference).body).body;
  };
  const plan::NodeId f = body("/do/0/a");
  EXPECT_EQ(plan->nodes[f].reference, "/use/functions/f");
  EXPECT_EQ(body("/do/1/b"), f);
  EXPECT_EQ(body("/use/functions/f/do/0/again"), f);
  EXPECT_EQ(plan->nodes[body("/use/functions/f/do/1/other")].reference, "/use/functions/g");
  EXPECT_EQ(body("/do/2/c"), plan::kNoNode);
  EXPECT_EQ(std::get<plan::CallFunction>(node(*plan, "/do/2/c").body).uri, "https://x.org/f.yaml");
  EXPECT_EQ(std::get<plan::Unavailable>(node(*plan, "/do/3/d").body).what, "call: log:1.0.0@default");
}

std::string extensions_of(const plan::Plan& plan, std::string_view reference) {
  std::string out;
  for (const plan::Extension& e : node(plan, reference).extensions) out += e.name + " ";
  return out;
}

TEST(Plan, PutsExtensionsOnTheTasksTheyName) {
  const auto plan = loaded(R"(
use:
  functions: {f: {set: {x: 1}}}
  extensions:
    - everything: {extend: all, before: [{inner: {set: {x: 1}}}]}
    - sets: {extend: set, when: .x}
    - holders: {extend: composite, after: [{inner: {set: {x: 1}}}]}
do:
  - a: {set: {x: 1}}
  - b: {do: [{c: {wait: PT1S}}]}
  - d: {fork: {branches: []}}
)");
  ASSERT_TRUE(plan);
  EXPECT_EQ(extensions_of(*plan, "/do/0/a"), "everything sets ");
  EXPECT_EQ(extensions_of(*plan, "/do/1/b"), "everything holders ");
  EXPECT_EQ(extensions_of(*plan, "/do/1/b/do/0/c"), "everything ");
  EXPECT_EQ(extensions_of(*plan, "/do/2/d"), "everything holders ");
  EXPECT_EQ(extensions_of(*plan, "/use/functions/f"), "everything sets ");
  EXPECT_EQ(extensions_of(*plan, "/use/extensions/0/everything/before/0/inner"), "");
  EXPECT_EQ(extensions_of(*plan, "/use/extensions/2/holders/after/0/inner"), "");
}

TEST(Plan, ResolvesNamedParts) {
  const auto plan = loaded(R"(
use:
  secrets: [vault]
  errors: {bad: {type: 'https://x.org/bad', status: 400, title: 'No ${ .x }'}}
  retries: {twice: {delay: PT2S, backoff: {exponential: {}}, limit: {attempt: {count: 2, duration: PT1M}, duration: PT5M}, jitter: {from: PT0S, to: PT1S}}}
  timeouts: {short: {after: {seconds: 3}}}
  authentications: {me: {basic: {username: u, password: '${ $secrets.vault }'}}, them: {oauth2: {use: vault}}}
do:
  - a: {raise: {error: bad}, timeout: short}
  - b: {try: [], catch: {retry: twice, errors: {with: {status: 503, details: x}}}}
  - c: {call: http, with: {method: get, endpoint: {uri: 'http://x/{id}', authentication: {use: me}}}}
  - d: {call: openapi, with: {document: {name: n, endpoint: http://x/o.json}, operationId: o, authentication: {use: them}, redirect: true, output: response}}
timeout: {after: P1D}
)");
  ASSERT_TRUE(plan);
  const plan::Node& a = node(*plan, "/do/0/a");
  EXPECT_EQ(a.timeout->milliseconds, 3'000);
  const auto& error = std::get<plan::Raise>(a.body).error;
  EXPECT_EQ(error.status.value().as_int64(), 400);
  EXPECT_FALSE(error.title.is_literal());
  EXPECT_TRUE(error.instance.value().is_null());
  const auto& caught = std::get<plan::Try>(node(*plan, "/do/1/b").body);
  EXPECT_EQ(caught.errors->status->value().as_int64(), 503);
  EXPECT_EQ(caught.errors->detail->value().as_string(), "x");
  EXPECT_EQ(caught.retry->delay.milliseconds, 2'000);
  EXPECT_EQ(caught.retry->backoff, plan::Backoff::kExponential);
  EXPECT_EQ(caught.retry->attempts_max, 2u);
  EXPECT_EQ(caught.retry->attempt_duration->milliseconds, 60'000);
  EXPECT_EQ(caught.retry->total_duration->milliseconds, 300'000);
  EXPECT_EQ(caught.retry->jitter->second.milliseconds, 1'000);
  const auto& http = std::get<plan::CallHttp>(node(*plan, "/do/2/c").body);
  EXPECT_TRUE(http.endpoint.is_uri_template);
  EXPECT_EQ(http.endpoint.uri.value().as_string(), "http://x/{id}");
  EXPECT_EQ(http.endpoint.authentication->scheme, plan::Authentication::Scheme::kBasic);
  EXPECT_FALSE(http.endpoint.authentication->properties.is_literal());
  const auto& openapi = std::get<plan::CallOpenApi>(node(*plan, "/do/3/d").body);
  EXPECT_EQ(openapi.document.name, "n");
  EXPECT_EQ(openapi.authentication->secret, "vault");
  EXPECT_EQ(openapi.authentication->scheme, plan::Authentication::Scheme::kOAuth2);
  EXPECT_EQ(openapi.output, plan::HttpOutput::kResponse);
  EXPECT_TRUE(openapi.redirect);
  EXPECT_EQ(plan->timeout->milliseconds, 86'400'000);
  EXPECT_EQ(plan->secrets, std::vector<std::string>{"vault"});
}

TEST(Plan, ReadsEventsAndSchedules) {
  const auto plan = loaded(R"(
schedule: {cron: 0 0 * * *, every: PT1H, after: P1M, on: {all: [{with: {type: a}}, {with: {type: b}}]}, read: raw}
do:
  - a:
      listen:
        to: {any: [{with: {type: x, data: '${ .n > 1 }'}, correlate: {id: {from: .id, expect: '${ .id }'}}}], until: {one: {with: {type: stop}}}}
        read: envelope
      foreach: {item: one, at: i, output: {as: .x}, export: {as: .y}}
  - b: {listen: {to: {any: [], until: '. | length > 3'}}}
  - c: {emit: {event: {with: {type: t, data: {n: '${ .n }'}}}}}
)");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->schedule.cron, "0 0 * * *");
  EXPECT_EQ(plan->schedule.every->milliseconds, 3'600'000);
  EXPECT_EQ(plan->schedule.after->months, 1);
  EXPECT_EQ(plan->schedule.on->mode, plan::EventStrategy::Mode::kAll);
  EXPECT_EQ(plan->schedule.on->filters.size(), 2u);
  EXPECT_EQ(plan->schedule.read, plan::EventRead::kRaw);
  const auto& a = std::get<plan::Listen>(node(*plan, "/do/0/a").body);
  EXPECT_EQ(a.to.mode, plan::EventStrategy::Mode::kAny);
  ASSERT_EQ(a.to.filters.size(), 1u);
  EXPECT_EQ(a.to.filters[0].with[0].first, "type");
  EXPECT_FALSE(a.to.filters[0].with[1].second.is_literal());
  EXPECT_EQ(a.to.filters[0].correlate[0].name, "id");
  EXPECT_TRUE(a.to.filters[0].correlate[0].expect);
  EXPECT_EQ(a.to.until_events->mode, plan::EventStrategy::Mode::kOne);
  EXPECT_EQ(a.read, plan::EventRead::kEnvelope);
  EXPECT_EQ(a.foreach->item, "one");
  EXPECT_TRUE(a.foreach->output.transform);
  EXPECT_TRUE(a.foreach->export_.transform);
  EXPECT_TRUE(std::get<plan::Listen>(node(*plan, "/do/1/b").body).to.until_condition);
  EXPECT_FALSE(std::get<plan::Emit>(node(*plan, "/do/2/c").body).event.is_literal());
}

TEST(Plan, ReadsRunsAndLoops) {
  const auto plan = loaded(R"(
do:
  - a: {run: {workflow: {namespace: n, name: w, version: 1.0.0, input: {x: '${ .x }'}}, await: false}}
  - b: {run: {workflow: {namespace: n, name: w, version: latest}}}
  - c: {run: {shell: {command: 'echo "${HOME} $1"'}}}
  - d: {for: {each: pet, in: '${ .pets }', at: i}, while: $pet.ill, do: []}
  - e: {fork: {compete: true, branches: []}}
)");
  ASSERT_TRUE(plan);
  const auto& a = std::get<plan::RunWorkflow>(node(*plan, "/do/0/a").body);
  EXPECT_EQ(a.target, (plan::DefinitionId{"n", "w", "1.0.0"}));
  EXPECT_FALSE(a.await);
  EXPECT_FALSE(a.input.is_literal());
  EXPECT_EQ(std::get<plan::RunWorkflow>(node(*plan, "/do/1/b").body).target.version, "latest");
  EXPECT_EQ(std::get<plan::Unavailable>(node(*plan, "/do/2/c").body).what, "run: shell");
  const auto& d = std::get<plan::For>(node(*plan, "/do/3/d").body);
  EXPECT_EQ(d.each + d.at, "peti");
  EXPECT_TRUE(d.while_condition);
  EXPECT_TRUE(std::get<plan::Fork>(node(*plan, "/do/4/e").body).compete);
}

TEST(Plan, KnowsWhatItIsByItsContentAlone) {
  const auto yaml = loaded("do: [{a: {set: {n: 1}}}] # a comment\n");
  const auto json = load(R"({"do": [{"a": {"set": {"n": 1}}}],
    "document": {"dsl": "1.0.3", "version": "1.2.3", "namespace": "shop", "name": "orders"}})");
  ASSERT_TRUE(yaml && json);
  EXPECT_EQ(yaml->digest, (*json)->digest);
  EXPECT_TRUE(yaml->digest.starts_with("sha256:"));
  EXPECT_EQ(yaml->id, (plan::DefinitionId{"shop", "orders", "1.2.3"}));
  const auto again = load(stored_source(*yaml));
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->digest, yaml->digest);
  const auto other = loaded("do: [{a: {set: {n: 2}}}]");
  EXPECT_NE(other->digest, yaml->digest);
}

// ---- what its expressions give

std::string set_by(std::string_view body, std::string_view reference, std::vector<json::Value> variables,
                   std::string_view input = "null") {
  const auto plan = loaded(body);
  if (!plan) return "refused";
  const auto& set = std::get<plan::Set>(node(*plan, reference).body);
  const auto value = set.value.evaluate(*json::parse(input), variables, {});
  return value ? json::print(*value) : "error: " + value.error().message;
}

std::vector<json::Value> numbers(int count) {
  std::vector<json::Value> out;
  for (int i = 0; i < count; ++i) out.push_back(json::Value::integer(i));
  return out;
}

TEST(Expressions, StandAloneOrInsideLongerText) {
  constexpr std::string_view kBody = R"(
do:
  - a:
      set:
        whole: '  ${ .n }  '
        longer: 'n=${ .n }, ${ {a: "}"} | .a }'
        bare: .n
        braces: '${ "${" }'
        nested: [{x: "${ .n + 1 }"}]
)";
  EXPECT_EQ(set_by(kBody, "/do/0/a", numbers(8), R"({"n":1})"),
            R"({"whole":1,"longer":"n=1, }","bare":".n","braces":"${","nested":[{"x":2}]})");
}

TEST(Expressions, SeeTheScopesAroundThemAndTheNearestOfEachName) {
  constexpr std::string_view kBody = R"(
use: {functions: {f: {do: [{l: {for: {in: .x}, do: [{s: {set: {v: '${ [$item, $index] }'}}}]}}]}}}
do:
  - outer:
      for: {each: item, in: .x}
      do:
        - inner:
            for: {each: item, in: .x, at: i}
            do:
              - s: {set: {v: '${ [$context, $item, $index, $i] }'}}
        - safe: {try: [{s: {set: {v: '${ $index }'}}}], catch: {do: [{s: {set: {v: '${ [$item, $error] }'}}}]}}
)";
  EXPECT_EQ(set_by(kBody, "/do/0/outer/do/0/inner/do/0/s", numbers(12)), R"({"v":[0,10,9,11]})");
  EXPECT_EQ(set_by(kBody, "/do/0/outer/do/1/safe/try/0/s", numbers(10)), R"({"v":9})");
  EXPECT_EQ(set_by(kBody, "/do/0/outer/do/1/safe/catch/do/0/s", numbers(11)), R"({"v":[8,10]})");
  EXPECT_EQ(set_by(kBody, "/use/functions/f/do/0/l/do/0/s", numbers(10)), R"({"v":[8,9]})");
}

TEST(Expressions, LooseModeTriesEveryText) {
  constexpr std::string_view kBody = R"(
evaluate: {mode: loose}
do:
  - a: {set: {x: .n, y: "two words", z: "${ .n }", u: 'https://x.org'}}
)";
  EXPECT_EQ(set_by(kBody, "/do/0/a", numbers(8), R"({"n":1})"),
            R"({"x":1,"y":"two words","z":1,"u":"https://x.org"})");
  EXPECT_EQ(set_by(kBody, "/do/0/a", numbers(8), "[]").substr(0, 10), "error: Can");
}

TEST(Load, RefusesWhatIsTooLargeOrTooDeep) {
  EXPECT_FALSE(load(std::string(kSourceBytesMax + 1, ' ')));
  EXPECT_FALSE(load("document: " + std::string(130, '[') + std::string(130, ']')));
}

std::string large_definition(int tasks) {
  std::string out = "document: {dsl: 1.0.3, namespace: n, name: n, version: 1.0.0}\ndo:\n";
  for (int i = 0; i < tasks; ++i) {
    const std::string n = std::to_string(i);
    out += "  - task" + n + ":\n      if: .orders | length > " + n + "\n      call: http\n      with:\n" +
           "        method: post\n        endpoint: https://example.com/orders/{id}\n        body:\n" +
           "          id: ${ .orders[" + n + "].id }\n          total: ${ [.orders[].price] | add }\n" +
           "      output:\n        as: .content\n      export:\n        as: '$context + {last: .id}'\n";
  }
  return out;
}

// Processor time: other programs on the machine do not count.
double best_ms(int tasks) {
  const std::string text = large_definition(tasks);
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const std::clock_t start = std::clock();
    EXPECT_TRUE(load(text));
    best = std::min(best, 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

// Ten times the tasks take ten times as long, not a hundred times.
TEST(Load, TakesTimeInProportion) {
  const double hundred = best_ms(100);
  RecordProperty("ms_for_100_tasks", std::to_string(hundred));
  EXPECT_LT(hundred, 60);
  EXPECT_LT(best_ms(1'000), 30 * hundred);
}

}  // namespace
}  // namespace xf::definition
