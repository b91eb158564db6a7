// Parses and expands URI templates.
#include "base/uri_template.h"

namespace xf {

namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_unreserved(char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 6570 has letters, digits, '_', '.' and %XX; '-' is accepted because OpenAPI documents use it.
bool is_name(std::string_view text) {
  for (char c : text) {
    if (!is_alphanumeric(c) && c != '_' && c != '.' && c != '%' && c != '-') return false;
  }
  return !text.empty();
}

std::unexpected<Error> refuse(std::string_view source, std::size_t at, std::string_view what) {
  return fail(Code::kInvalid, "URI template '" + std::string(source) + "', character " +
                                  std::to_string(at + 1) + ": " + std::string(what));
}

}  // namespace

std::string percent_encode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return fail(Code::kInvalid,
                  "'%' at character " + std::to_string(i + 1) +
                      " is not followed by two hexadecimal digits; write a percent sign as %25");
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

Result<UriTemplate> UriTemplate::parse(std::string_view source) {
  UriTemplate result;
  std::size_t at = 0;
  while (at < source.size()) {
    const auto open = source.find_first_of("{}", at);
    if (open != at) result.parts_.push_back({std::string(source.substr(at, open - at)), false});
    if (open == std::string_view::npos) break;
    if (source[open] == '}') return refuse(source, open, "'}' without '{'; write it as %7D");
    const auto close = source.find('}', open);
    if (close == std::string_view::npos) return refuse(source, open, "'{' is never closed");
    const auto name = source.substr(open + 1, close - open - 1);
    if (!is_name(name)) {
      return refuse(source, open,
                    "only simple expansion, {name}, is supported; '{" + std::string(name) + "}' is not");
    }
    result.parts_.push_back({std::string(name), true});
    at = close + 1;
  }
  return result;
}

std::string UriTemplate::expand(const Lookup& lookup) const {
  std::string out;
  for (const auto& part : parts_) {
    if (!part.is_variable) {
      out += part.text;
    } else if (const auto value = lookup(part.text)) {
      out += percent_encode(*value);
    }
  }
  return out;
}

std::vector<std::string> UriTemplate::names() const {
  std::vector<std::string> out;
  for (const auto& part : parts_) {
    if (part.is_variable) out.push_back(part.text);
  }
  return out;
}

}  // namespace xf
