// Reading plain values: mappings with known members, texts, numbers, choices. Each reports what is wrong and
// then returns something harmless, so that reading goes on and finds the rest.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

using Names = std::span<const std::string_view>;

// The members of one mapping. Unknown names are reported at once.
class Fields {
 public:
  // `what` names the mapping in messages: "a retry policy".
  Fields(Context&, const Place&, std::string_view what, std::initializer_list<std::string_view> names);
  Fields(Context&, const Place&, std::string_view what, Names names);

  // False when the value is no mapping (reported).
  explicit operator bool() const { return is_mapping_; }
  bool has(std::string_view name) const;
  std::optional<Place> get(std::string_view name) const;
  // Reported when absent.
  std::optional<Place> require(std::string_view name) const;
  // The one of `names` that is there; none or several are reported.
  std::optional<Place> exactly_one(Names names) const;
  std::optional<Place> exactly_one(std::initializer_list<std::string_view> names) const;

 private:
  void check_names(Names names);

  Context& cx_;
  const Place& place_;
  std::string what_;
  bool is_mapping_;
};

// "text", "a whole number" …: for messages.
std::string_view kind_of(const json::Value&);

bool expect_mapping(Context&, const Place&, std::string_view what);
bool expect_list(Context&, const Place&, std::string_view what);

std::optional<std::string> text(Context&, const Place&);
// Not empty.
std::optional<std::string> name_text(Context&, const Place&);
bool boolean(Context&, const Place&, bool otherwise);
std::optional<std::int64_t> integer(Context&, const Place&, std::int64_t min, std::int64_t max);
// The index of the text in `names`; 0 when it is none of them (reported).
std::size_t choice(Context&, const Place&, Names names);
std::size_t choice(Context&, const Place&, std::initializer_list<std::string_view> names);
// A list of texts.
std::vector<std::string> texts(Context&, const Place&, std::string_view what);

// Reported in strict mode only: what the definition's own version does not have.
void strict_since(Context&, const Place&, Version since, std::string_view what);

}  // namespace xf::dsl1
