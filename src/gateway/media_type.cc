// Media types of requests; see media_type.h.
#include "gateway/media_type.h"

#include <algorithm>

namespace xf::gateway {

std::string media_type(std::string_view content_type) {
  std::string out(content_type.substr(0, content_type.find(';')));
  while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return out;
}

bool is_json(std::string_view type) { return type == "application/json" || type.ends_with("+json"); }

}  // namespace xf::gateway
