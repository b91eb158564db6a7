// Whether a text is a URI reference (RFC 3986), perhaps with variables in braces (RFC 6570, simple
// expansion).
#pragma once

#include <string>
#include <string_view>

namespace xf::dsl1 {

// What is wrong with it; empty when nothing is.
std::string uri_problem(std::string_view uri);

// scheme "://" …
bool is_absolute_uri(std::string_view uri);

}  // namespace xf::dsl1
