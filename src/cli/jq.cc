// `xflow jq`; see jq.h.
#include "cli/jq.h"

#include <charconv>
#include <iostream>
#include <optional>

#include "base/clock.h"
#include "base/json/parse.h"
#include "base/json/print.h"
#include "base/thread.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "xflow/expression/program.h"

namespace xf::cli {
namespace {

constexpr std::string_view kUsageText =
    "Usage: xflow jq PROGRAM [--input JSON|@file|-] [--budget N]\n"
    "\n"
    "Evaluates one expression, as workflows do, and prints each output as one JSON line.\n"
    "  --input   the document: JSON text, @file, or - (default: standard input; several values are taken in "
    "turn)\n"
    "  --budget  the most work that it may do, in thousands of steps (default: 1000, as in workflows)\n"
    "Exit: 0, 2 wrong usage, 3 the program does not compile, 5 it ended with an error.\n";

struct Request {
  std::string program, input = "-";
  std::optional<std::uint64_t> budget;
};

Result<Request> read_request(const std::vector<std::string>& arguments) {
  Request out;
  bool have_program = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    bool valued = argument == "--input" || argument == "--budget";
    if (valued && i + 1 == arguments.size()) return fail(Code::kInvalid, argument + " needs a value");
    if (argument == "--input") {
      out.input = arguments[++i];
    } else if (argument == "--budget") {
      const std::string& text = arguments[++i];
      std::uint64_t thousands = 0;
      auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), thousands);
      if (ec != std::errc() || end != text.data() + text.size() || thousands == 0 ||
          thousands > UINT64_MAX / 1000)
        return fail(Code::kInvalid, "--budget takes a positive number of thousands of steps");
      out.budget = thousands * 1000;
    } else if (argument == "--" && i + 1 < arguments.size() && !have_program) {
      out.program = arguments[++i];
      have_program = true;
    } else if (!have_program) {
      out.program = argument;
      have_program = true;
    } else {
      return fail(Code::kInvalid, "one program is enough; what is '" + argument + "'?");
    }
  }
  if (!have_program) return fail(Code::kInvalid, "a program is missing");
  return out;
}

// Points at the place in the program, one line of it.
void show_place(const std::string& program, std::uint32_t offset) {
  std::size_t at = std::min<std::size_t>(offset, program.size());
  std::size_t begin = at == 0 ? 0 : program.rfind('\n', at - 1) + 1;
  std::size_t end = std::min(program.find('\n', at), program.size());
  std::cerr << "  " << program.substr(begin, end - begin) << "\n  " << std::string(at - begin, ' ') << "^\n";
}

int evaluate(const expression::Program& program, const json::Value& input,
             const expression::Environment& environment) {
  auto done = program.evaluate(input, {}, environment, [](json::Value output) {
    std::cout << json::print(output) << "\n";
    return true;
  });
  if (done) return kOk;
  std::cout.flush();
  std::cerr << "xflow jq: " << done.error().message << "\n";
  show_place(std::string(program.source()), done.error().offset);
  if (!done.error().hint.empty()) std::cerr << "  hint: " << done.error().hint << "\n";
  return kJqError;
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

int evaluate_all(const Request& request, const expression::Program& program, std::string_view text) {
  expression::Environment environment;
  environment.now = now_us();
  if (request.budget) environment.limits.work_max = *request.budget;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  json::Reader reader(text, {.jq_extensions = true});
  int code = kOk;
  while (true) {
    auto input = reader.next();
    if (!input) {
      std::cout.flush();
      std::cerr << "xflow jq: the input is not JSON: " << input.error().line << ":" << input.error().column
                << ": " << input.error().message << "\n";
      return kUsage;
    }
    if (!*input) return code;
    if (int ended = evaluate(program, **input, environment); ended != kOk) code = ended;
  }
}

}  // namespace

int run_jq(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
    std::cout << kUsageText;
    return kOk;
  }
  Result<Request> request = read_request(arguments);
  if (!request) {
    std::cerr << "xflow jq: " << request.error().message << "\n" << kUsageText;
    return kUsage;
  }
  auto program = expression::Program::compile(request->program);
  if (!program) {
    const expression::CompileError& error = program.error();
    std::cerr << "xflow jq: " << error.line << ":" << error.column << ": " << error.message << "\n";
    show_place(request->program, error.offset);
    if (!error.hint.empty()) std::cerr << "  hint: " << error.hint << "\n";
    return kJqCompile;
  }
  Result<std::string> text = read_argument(request->input);
  if (!text) {
    std::cerr << "xflow jq: " << text.error().message << "\n";
    return kUsage;
  }
  int code = kOk;
  Thread evaluation("jq", expression::kStackBytes, [&] { code = evaluate_all(*request, **program, *text); });
  evaluation.join();
  return code;
}

}  // namespace xf::cli
