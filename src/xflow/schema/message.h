// What a violation says to people: what must be, and what is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "xflow/schema/model.h"

namespace xf::schema::message {

// A short form of any value: "abc…", 12, an array of 3 elements.
std::string excerpt(const json::Value&);

// "/minimum"
std::string_view keyword_of(keyword::Bound);
std::string_view keyword_of(const keyword::Count&);

std::string wrong_type(std::uint8_t mask, const json::Value&);
std::string not_one_of(std::span<const json::Value> allowed, const json::Value&);
std::string outside(const keyword::Limit&, const json::Value&);
std::string wrong_count(const keyword::Count&, std::uint64_t size);
std::string wrong_contains(std::string_view at_least_or_most, std::uint64_t limit, std::uint64_t count);
std::string unknown_property(const keyword::Properties&);

}  // namespace xf::schema::message
