#include "xflow/definition/dsl1/uri.h"

#include <algorithm>
#include <utility>

namespace xf::dsl1 {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text[0]) && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// The name inside { }.
std::string variable_problem(std::string_view name) {
  if (name.empty()) return "it has empty braces";
  constexpr std::string_view kOperators = "+#./;?&=,!@|";
  if (kOperators.find(name[0]) != std::string_view::npos) {
    return "'{" + std::string(name) + "}' has an operator; only simple expansion such as {name} is possible";
  }
  const auto is_fit = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '-' || c == ',' || c == '%' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (!std::ranges::all_of(name, is_fit)) return "'{" + std::string(name) + "}' is not a variable name";
  return {};
}

std::string character_problem(std::string_view uri, std::size_t i) {
  constexpr std::string_view kRefused = "<>\"\\^`|";
  const char c = uri[i];
  if (c == ' ') return "it has a space; write %20";
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "it has a control character";
  if (kRefused.find(c) != std::string_view::npos)
    return "'" + std::string(1, c) + "' must be percent-encoded";
  if (c == '%' && (i + 2 >= uri.size() || !is_hex(uri[i + 1]) || !is_hex(uri[i + 2]))) {
    return "'%' must be followed by two hexadecimal digits";
  }
  return {};
}

std::string scan(std::string_view uri) {
  bool has_fragment = false;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '}') return "it has a '}' without '{'";
    if (uri[i] == '{') {
      const std::size_t close = uri.find_first_of("{}", i + 1);
      if (close == std::string_view::npos || uri[close] == '{') return "it has a '{' without '}'";
      if (auto problem = variable_problem(uri.substr(i + 1, close - i - 1)); !problem.empty()) return problem;
      i = close;
      continue;
    }
    if (auto problem = character_problem(uri, i); !problem.empty()) return problem;
    if (uri[i] == '#' && std::exchange(has_fragment, true)) return "it has two '#'";
  }
  return {};
}

std::string authority_problem(std::string_view scheme, std::string_view authority) {
  if (authority.find('{') != std::string_view::npos) return {};
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (host.empty() && (scheme == "http" || scheme == "https")) return "it names no host";
  if (colon == std::string_view::npos) return {};
  const std::string_view port = authority.substr(colon + 1);
  if (port.size() > 5 || !std::ranges::all_of(port, is_digit))
    return "'" + std::string(port) + "' is not a port";
  if (!port.empty() && std::stoi(std::string(port)) > 65535)
    return "'" + std::string(port) + "' is not a port";
  return {};
}

}  // namespace

bool is_absolute_uri(std::string_view uri) {
  const std::size_t end = uri.find("://");
  return end != std::string_view::npos && is_scheme(uri.substr(0, end));
}

std::string uri_problem(std::string_view uri) {
  if (uri.empty()) return "it is empty";
  if (auto problem = scan(uri); !problem.empty()) return problem;
  const std::size_t end = uri.find("://");
  if (end == std::string_view::npos || uri.substr(0, end).find_first_of("/?#{") != std::string_view::npos)
    return {};
  const std::string_view scheme = uri.substr(0, end);
  if (!is_scheme(scheme)) return "'" + std::string(scheme) + "' is not a scheme such as https";
  const std::string_view rest = uri.substr(end + 3);
  return authority_problem(scheme, rest.substr(0, rest.find_first_of("/?#")));
}

}  // namespace xf::dsl1
