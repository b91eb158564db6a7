// golden: the meaning of the language, as text. Each folder holds a definition.yaml and scenarios (*.txt).
//   golden_test FOLDER [--update] [WORD]     WORD: only folders whose path has it
//   golden_test FOLDER --chaos ROUNDS [WORD] every definition under Inputs that chance chooses
// After every turn the instance, the Input and the trace go through their stored forms, and a copy read from
// them must do the same from there on.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "chaos.h"
#include "render.h"
#include "scenario.h"
#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/load.h"

namespace xf::golden {
namespace {

namespace fs = std::filesystem;
using namespace engine;

std::string read(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

int failures = 0;
void complain(const fs::path& path, const std::string& what) {
  std::printf("FAIL %s: %s\n", path.c_str(), what.c_str());
  ++failures;
}

plan::PlanPtr load(const fs::path& path) {
  auto plan = definition::load(read(path), {.file = path.string()});
  if (plan) return *plan;
  for (const auto& problem : plan.error()) complain(path, definition::to_string(problem));
  return nullptr;
}

// The same turn, of the instance and of a copy that came through the stored forms.
class Pair {
 public:
  Pair(const plan::Plan& plan, fs::path path) : plan_(plan), path_(std::move(path)) {}

  // From the next Input on, the secrets are these, each in a new version.
  void give(json::Value secrets) {
    secrets_ = std::move(secrets);
    ++version_;
  }

  std::vector<std::string> happen(Input input, Clock& clock) {
    for (const json::Member& secret : secrets_.members())
      input.secrets.push_back({std::string(secret.key.as_string()), version_});
    const Turn turn = step(plan_, live_, input, secrets_);
    for (const Command& c : turn.commands)
      if (const auto* timer = std::get_if<command::StartTimer>(&c)) clock.due[timer->id] = timer->due;
    std::vector<std::string> lines = render(turn, live_, plan_, clock.now);
    check_copy(input, turn, lines, clock);
    return lines;
  }
  Result<void> admissible(const InputBody& body) const { return engine::admissible(plan_, live_, body); }

 private:
  void check_copy(const Input& input, const Turn& turn, const std::vector<std::string>& lines,
                  const Clock& clock) {
    auto again = decode_input(encode(input));
    if (!again) return complain(path_, again.error().message);
    keep(input.body);
    const Contents stored = [this](const std::string& digest) -> Result<json::Value> {
      return contents_.at(digest);
    };
    if (!fill(again->body, stored)) return complain(path_, "the content of a fetch is not there");
    const Turn copied = step(plan_, copy_, *again, secrets_);
    if (render(copied, copy_, plan_, clock.now) != lines)
      complain(path_, "a copy read from a snapshot does something else");
    if (copy_.digest() != live_.digest()) complain(path_, "a copy read from a snapshot has another digest");
    auto trace = decode_trace(encode(turn.trace));
    Turn shown{.commands = turn.commands, .trace = trace ? *trace : Trace{}};
    if (render(shown, live_, plan_, clock.now) != lines) complain(path_, "the trace is not what was stored");
    auto decoded = decode_instance(encode(live_, plan_), plan_, stored);
    if (!decoded) return complain(path_, decoded.error().message);
    check_hidden(turn);
    if (decoded->digest() != live_.digest()) complain(path_, "a snapshot read back has another digest");
    copy_ = *std::move(decoded);
  }

  // A secret is in no trace and in no output.
  void check_hidden(const Turn& turn) {
    std::string told;
    for (const TraceEntry& entry : turn.trace) told += json::print(entry.data);
    for (const Command& c : turn.commands) {
      if (const auto* ended = std::get_if<command::Complete>(&c)) told += json::print(ended->output);
      if (const auto* failed = std::get_if<command::Fail>(&c)) told += json::print(to_json(failed->fault));
    }
    for (const json::Member& secret : secrets_.members())
      if (secret.value.is_string() && told.find(secret.value.as_string()) != std::string::npos)
        complain(path_, "people are told the secret " + std::string(secret.key.as_string()));
  }

  // As the store does: by digest.
  void keep(const InputBody& body) {
    const auto* fetched = std::get_if<input::Fetched>(&body);
    if (!fetched) return;
    if (const auto* content = std::get_if<json::Value>(&fetched->content)) contents_[fetched->digest] = *content;
  }

  const plan::Plan& plan_;
  fs::path path_;
  Instance live_, copy_;
  std::map<std::string, json::Value> contents_;
  json::Value secrets_;
  std::uint64_t version_ = 0;
};

constexpr std::string_view kSecrets = "secrets ";

// The first line that differs, for people.
std::string difference(const std::string& was, const std::string& is) {
  const auto [a, b] = std::mismatch(was.begin(), was.end(), is.begin(), is.end());
  const auto line = 1 + std::count(was.begin(), a, '\n');
  const auto rest = [](const std::string& s, auto it) {
    const auto begin = s.rfind('\n', std::size_t(it - s.begin()) == 0 ? 0 : std::size_t(it - s.begin()) - 1);
    const std::size_t from = begin == std::string::npos ? 0 : begin + 1;
    return s.substr(from, s.find('\n', from) - from);
  };
  return "line " + std::to_string(line) + "\n  was " + rest(was, a) + "\n  is  " + rest(is, b);
}

void run(const plan::Plan& plan, const fs::path& path, bool is_update) {
  const std::string before = read(path);
  std::vector<Happening> happenings = parse_scenario(before);
  Pair pair(plan, path);
  Clock clock;
  std::uint64_t seq = 0;
  for (Happening& happening : happenings) {
    if (happening.is_comment) continue;
    if (happening.text.starts_with(kSecrets)) {
      const auto secrets = json::parse(std::string_view(happening.text).substr(kSecrets.size()));
      if (!secrets) return complain(path, secrets.error().message);
      pair.give(*secrets);
      continue;
    }
    const auto body = parse_input(happening.text, clock);
    if (!body) return complain(path, body.error().message);
    if (const auto refused = pair.admissible(*body); !refused) {
      happening.result = {"refused: " + refused.error().message};
      continue;
    }
    happening.result = pair.happen(Input{.seq = ++seq, .at = clock.now, .body = *body}, clock);
  }
  const std::string after = print_scenario(happenings);
  if (after == before) return;
  if (is_update)
    std::ofstream(path) << after;
  else
    complain(path, difference(before, after));
}

// Nothing that can happen does harm, and a copy that came through the stored forms always agrees.
void run_chaos(const plan::Plan& plan, const fs::path& path, std::uint64_t seed) {
  Pair pair(plan, path.string() + " with the seed " + std::to_string(seed));
  Chaos chaos(seed);
  Clock clock;
  const int before = failures;
  for (std::uint64_t seq = 1; seq <= 60 && failures == before; ++seq)
    pair.happen(Input{.seq = seq, .at = clock.now, .body = chaos.next(clock)}, clock);
}

// Every `place` of the page of rules is there.
void check_rules(const fs::path& folder) {
  const std::string page = read(folder / "README.md");
  std::size_t places = 0;
  for (std::size_t at = page.find("| rule |"); at < page.size();) {
    const std::size_t begin = page.find('`', at), end = page.find('`', begin + 1);
    if (end == std::string::npos) break;
    const std::string place = page.substr(begin + 1, end - begin - 1);
    at = end + 1;
    if (place.find('/') == std::string::npos) continue;  // a word of the language
    ++places;
    const bool is_elsewhere = place.starts_with("src/") || place.starts_with("tests/");
    const fs::path path = is_elsewhere ? folder / "../.." / place : folder / place / "definition.yaml";
    if (!fs::exists(path)) complain(folder / "README.md", "there is no " + place);
  }
  if (places == 0) complain(folder / "README.md", "it names no scenario");
}

int run_all(const fs::path& folder, bool is_update, std::uint64_t rounds, const std::string& word) {
  std::vector<fs::path> scenarios;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".txt" && fs::exists(entry.path().parent_path() / "definition.yaml") &&
        entry.path().string().find(word) != std::string::npos)
      scenarios.push_back(entry.path());
  std::ranges::sort(scenarios);
  for (const fs::path& path : scenarios) {
    const plan::PlanPtr plan = load(path.parent_path() / "definition.yaml");
    if (plan && rounds == 0) run(*plan, path, is_update);
    for (std::uint64_t seed = 1; plan && seed <= rounds; ++seed) run_chaos(*plan, path, seed);
  }
  if (word.empty()) check_rules(folder);
  std::printf("%zu scenarios, %d failures\n", scenarios.size(), failures);
  return failures == 0 && !scenarios.empty() ? 0 : 1;
}

}  // namespace
}  // namespace xf::golden

int main(int argc, char** argv) {
  bool is_update = false;
  std::uint64_t rounds = 0;
  std::string word;
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--update")
      is_update = true;
    else if (std::string_view(argv[i]) == "--chaos" && i + 1 < argc)
      rounds = std::stoull(argv[++i]);
    else
      word = argv[i];
  }
  if (argc < 2) return 2;
  return xf::golden::run_all(argv[1], is_update, rounds, word);
}
