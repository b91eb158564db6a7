// `--input`; see input.h.
#include "cli/input.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/json/parse.h"

namespace xf::cli {

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::kNotFound, "cannot read " + path + ": " + std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return fail(Code::kUnavailable, "reading " + path + " failed: " + std::strerror(errno));
  return text;
}

Result<std::string> read_standard_input() {
  std::string text;
  char chunk[1 << 16];
  while (const std::size_t size = std::fread(chunk, 1, sizeof chunk, stdin)) text.append(chunk, size);
  if (std::ferror(stdin) != 0) return fail(Code::kUnavailable, "reading standard input failed");
  return text;
}

Result<std::string> read_argument(std::string_view argument) {
  if (argument == "-") return read_standard_input();
  if (argument.starts_with("@")) return read_file(std::string(argument.substr(1)));
  return std::string(argument);
}

Result<json::Value> read_json(std::string_view argument) {
  XF_TRY_ASSIGN(std::string text, read_argument(argument));
  Result<json::Value> value = json::parse(text);
  if (!value) return fail(Code::kInvalid, "the input is not JSON: " + value.error().message);
  return value;
}

}  // namespace xf::cli
