#include "xflow/definition/dsl1/place.h"

namespace xf::dsl1 {
namespace {

// RFC 6901: ~ and / of a name are escaped.
void append_escaped(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string Place::pointer() const {
  if (parent_ == nullptr) return {};
  std::string out = parent_->pointer();
  out += '/';
  if (parent_->value().is_array()) return out += std::to_string(index_);
  append_escaped(out, name_);
  return out;
}

}  // namespace xf::dsl1
