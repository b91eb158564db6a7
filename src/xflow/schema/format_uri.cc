// URIs (RFC 3986), IRIs (RFC 3987) and URI templates (RFC 6570).
#include <algorithm>
#include <string_view>

#include "xflow/schema/characters.h"
#include "xflow/schema/format.h"

namespace xf::schema::format {
namespace {

// IRIs allow every code point beyond ASCII where a letter may stand (a little more than RFC 3987 does).
enum class Alphabet { kAscii, kUnicode };

bool has_only(std::string_view text, std::string_view extra, Alphabet alphabet) {
  constexpr std::string_view kCommon = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
      continue;
    }
    const bool allowed = is_alphanumeric(c) || kCommon.find(c) != std::string_view::npos ||
                         extra.find(c) != std::string_view::npos ||
                         (alphabet == Alphabet::kUnicode && is_beyond_ascii(c));
    if (!allowed) return false;
  }
  return true;
}

bool is_scheme(std::string_view text) {
  if (text.empty() || !is_letter(text[0])) return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") ==
         std::string_view::npos;
}

bool is_bracketed_address(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  if (!text.starts_with('v') && !text.starts_with('V')) return is_ipv6(text);
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && dot > 1 && dot + 1 < text.size() &&
         has_only(text.substr(dot + 1), ":", Alphabet::kAscii);
}

bool is_authority(std::string_view text, Alphabet alphabet) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    if (!has_only(text.substr(0, at), ":", alphabet)) return false;
    text.remove_prefix(at + 1);
  }
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    if (text.substr(colon + 1).find_first_not_of("0123456789") != std::string_view::npos) return false;
    text = text.substr(0, colon);
  }
  return text.starts_with('[') ? is_bracketed_address(text) : has_only(text, "", alphabet);
}

bool is_reference(std::string_view text, bool absolute, Alphabet alphabet) {
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    if (!has_only(text.substr(hash + 1), ":@/?", alphabet)) return false;
    text = text.substr(0, hash);
  }
  if (const std::size_t query = text.find('?'); query != std::string_view::npos) {
    if (!has_only(text.substr(query + 1), ":@/?", alphabet)) return false;
    text = text.substr(0, query);
  }
  const std::size_t colon = text.find(':');
  const bool has_scheme = colon != std::string_view::npos && colon < text.find('/');
  if (has_scheme ? !is_scheme(text.substr(0, colon)) : absolute) return false;
  if (has_scheme) text.remove_prefix(colon + 1);
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t slash = std::min(text.find('/'), text.size());
    if (!is_authority(text.substr(0, slash), alphabet)) return false;
    text.remove_prefix(slash);
  }
  return has_only(text, ":@/", alphabet);
}

// "+path:3,list*" between braces.
bool is_template_expression(std::string_view text) {
  if (!text.empty() && std::string_view("+#./;?&").find(text[0]) != std::string_view::npos)
    text.remove_prefix(1);
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, comma);
    if (name.ends_with('*')) {
      name.remove_suffix(1);
    } else if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
      const std::string_view length = name.substr(colon + 1);
      if (length.empty() || length.size() > 4 || length[0] == '0' ||
          length.find_first_not_of("0123456789") != std::string_view::npos)
        return false;
      name = name.substr(0, colon);
    }
    if (name.empty() || name.find_first_of("-~!$&'()*+;=@:") != std::string_view::npos ||
        !has_only(name, "_", Alphabet::kAscii))
      return false;
    if (comma == text.size()) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_uri(std::string_view text) { return is_reference(text, true, Alphabet::kAscii); }
bool is_uri_reference(std::string_view text) { return is_reference(text, false, Alphabet::kAscii); }
bool is_iri(std::string_view text) { return is_reference(text, true, Alphabet::kUnicode); }
bool is_iri_reference(std::string_view text) { return is_reference(text, false, Alphabet::kUnicode); }

bool is_uri_template(std::string_view text) {
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    if (text.substr(0, open).find_first_of(" \"'<>\\^`|}") != std::string_view::npos) return false;
    if (open == text.size()) return true;
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos || !is_template_expression(text.substr(open + 1, close - open - 1)))
      return false;
    text.remove_prefix(close + 1);
  }
  return true;
}

}  // namespace xf::schema::format
