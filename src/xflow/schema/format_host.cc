// Hosts, addresses and mailboxes.
#include <string_view>

#include "xflow/schema/characters.h"
#include "xflow/schema/format.h"

namespace xf::schema::format {
namespace {

constexpr std::size_t kHostMax = 253;
constexpr std::size_t kLabelMax = 63;

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelMax || label.starts_with('-') || label.ends_with('-'))
    return false;
  // "--" in the third and fourth place is reserved for encoded names (RFC 5891, section 4.2.3.1).
  if (label.size() > 3 && label.substr(2, 2) == "--") {
    const bool encoded = (label[0] | 0x20) == 'x' && (label[1] | 0x20) == 'n';
    if (!encoded || label.size() < 5) return false;
  }
  for (char c : label) {
    if (!is_alphanumeric(c) && c != '-') return false;
  }
  return true;
}

// Up to four hexadecimal digits.
bool is_hextet(std::string_view text) {
  if (text.empty() || text.size() > 4) return false;
  for (char c : text) {
    if (!is_hex(c)) return false;
  }
  return true;
}

// The number of hextets in "1:2:3" (an IPv4 address at the end counts two); -1 when it is none.
int count_hextets(std::string_view text, bool ipv4_allowed) {
  if (text.empty()) return 0;
  int count = 0;
  while (true) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) break;
    if (!is_hextet(text.substr(0, colon))) return -1;
    ++count;
    text.remove_prefix(colon + 1);
  }
  if (is_hextet(text)) return count + 1;
  return ipv4_allowed && is_ipv4(text) ? count + 2 : -1;
}

bool is_atom_character(char c) {
  return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_quoted_local(std::string_view text) {
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && ++i >= text.size()) return false;
    if (text[i] == '"' && text[i - 1] != '\\') return false;
    if (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7f) return false;
  }
  return true;
}

bool is_local_part(std::string_view text, bool unicode) {
  if (text.empty()) return false;
  if (text.size() > 2 && text.starts_with('"') && text.ends_with('"')) return is_quoted_local(text);
  if (text.starts_with('.') || text.ends_with('.') || text.find("..") != std::string_view::npos) return false;
  for (char c : text) {
    if (!is_atom_character(c) && c != '.' && !(unicode && is_beyond_ascii(c))) return false;
  }
  return true;
}

bool is_mail_domain(std::string_view text, bool unicode) {
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
    return text.starts_with("IPv6:") ? is_ipv6(text.substr(5)) : is_ipv4(text);
  }
  if (!unicode) return is_hostname(text);
  for (char c : text) {
    if (!is_alphanumeric(c) && c != '-' && c != '.' && !is_beyond_ascii(c)) return false;
  }
  return !text.empty() && !text.starts_with('.') && !text.ends_with('.') &&
         text.find("..") == std::string_view::npos;
}

bool is_mailbox(std::string_view text, bool unicode) {
  const std::size_t at = text.rfind('@');
  return at != std::string_view::npos && is_local_part(text.substr(0, at), unicode) &&
         is_mail_domain(text.substr(at + 1), unicode);
}

}  // namespace

bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > kHostMax) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_ipv4(std::string_view text) {
  int parts = 0;
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || part.size() > 3 || (part.size() > 1 && part[0] == '0')) return false;
    int value = 0;
    for (char c : part) {
      if (!is_digit(c)) return false;
      value = value * 10 + (c - '0');
    }
    if (value > 255 || ++parts > 4) return false;
    if (dot == std::string_view::npos) return parts == 4;
    text.remove_prefix(dot + 1);
  }
}

bool is_ipv6(std::string_view text) {
  constexpr int kHextets = 8;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_hextets(text, true) == kHextets;
  const int before = count_hextets(text.substr(0, gap), false);
  const int after = count_hextets(text.substr(gap + 2), true);
  return before >= 0 && after >= 0 && before + after < kHextets;
}

bool is_email(std::string_view text) { return is_mailbox(text, false); }
bool is_idn_email(std::string_view text) { return is_mailbox(text, true); }

}  // namespace xf::schema::format
