// The keywords that look at one value alone: types, constants, numbers, strings and sizes.
#include <algorithm>

#include "xflow/schema/evaluator.h"
#include "xflow/schema/message.h"

namespace xf::schema {
namespace {

using json::Kind;

constexpr std::uint64_t kBytesPerWork = 32;

std::uint8_t type_of(const json::Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return kNullBit;
    case Kind::kBool: return kBooleanBit;
    case Kind::kNumber: return kNumberBit;
    case Kind::kString: return kStringBit;
    case Kind::kArray: return kArrayBit;
    case Kind::kObject: return kObjectBit;
  }
  return 0;
}

bool is_within(const keyword::Limit& limit, const json::Value& value) {
  using keyword::Bound;
  if (limit.is_exact && value.literal_text().empty()) {
    const double number = value.as_double();
    switch (limit.bound) {
      case Bound::kMinimum: return number >= limit.number;
      case Bound::kMaximum: return number <= limit.number;
      case Bound::kExclusiveMinimum: return number > limit.number;
      case Bound::kExclusiveMaximum: return number < limit.number;
    }
  }
  const int order = json::compare(value, limit.value);
  switch (limit.bound) {
    case Bound::kMinimum: return order >= 0;
    case Bound::kMaximum: return order <= 0;
    case Bound::kExclusiveMinimum: return order > 0;
    case Bound::kExclusiveMaximum: return order < 0;
  }
  return false;
}

// Code points of UTF-8: every byte but the continuing ones.
std::uint64_t count_characters(std::string_view text) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

bool Evaluator::apply(const keyword::Types& types, const Subject& s) {
  if (types.mask & type_of(s.value)) return true;
  const bool integer = (types.mask & kIntegerBit) && s.value.is_number() && is_integer(s.value);
  return integer || violated(s, "/type", [&] { return message::wrong_type(types.mask, s.value); });
}

bool Evaluator::apply(const keyword::Const& constant, const Subject& s) {
  return equal(constant.value, s.value, budget_) || violated(s, "/const", [&] {
           return message::not_one_of({&constant.value, 1}, s.value);
         });
}

bool Evaluator::apply(const keyword::Enum& list, const Subject& s) {
  for (const Value& value : list.values) {
    if (value.kind() == s.value.kind() && equal(value, s.value, budget_)) return true;
  }
  return violated(s, "/enum", [&] { return message::not_one_of(list.values, s.value); });
}

bool Evaluator::apply(const keyword::Limit& limit, const Subject& s) {
  if (!s.value.is_number() || is_within(limit, s.value)) return true;
  return violated(s, message::keyword_of(limit.bound), [&] { return message::outside(limit, s.value); });
}

bool Evaluator::apply(const keyword::MultipleOf& multiple, const Subject& s) {
  if (!s.value.is_number()) return true;
  if (!budget_.charge(s.value.literal_text().size() / kBytesPerWork)) return false;
  return is_multiple(s.value, multiple.divisor) || violated(s, "/multipleOf", [&] {
           return "must be a multiple of " + message::excerpt(multiple.value) + ", is " +
                  message::excerpt(s.value);
         });
}

bool Evaluator::apply(const keyword::Count& count, const Subject& s) {
  using keyword::Counted;
  std::uint64_t size = s.value.size();
  if (count.what == Counted::kCharacters) {
    if (!s.value.is_string()) return true;
    if (!budget_.charge(size / kBytesPerWork)) return false;
    size = count_characters(s.value.as_string());
  } else if (count.what == Counted::kItems ? !s.value.is_array() : !s.value.is_object()) {
    return true;
  }
  if (count.is_maximum ? size <= count.limit : size >= count.limit) return true;
  return violated(s, message::keyword_of(count), [&] { return message::wrong_count(count, size); });
}

bool Evaluator::finds(const Pattern& pattern, std::string_view text) {
  const auto found = pattern.search(text, budget_.work(), budget_.work_max());
  if (found == Regex::Found::kLimit) budget_.spend_all();
  return found == Regex::Found::kYes;
}

bool Evaluator::apply(const keyword::Matches& matches, const Subject& s) {
  return !s.value.is_string() || finds(matches.pattern, s.value.as_string()) || violated(s, "/pattern", [&] {
    return "must match the pattern " + matches.pattern.source() + ", is " + message::excerpt(s.value);
  });
}

bool Evaluator::apply(const keyword::Format& format, const Subject& s) {
  if (!s.value.is_string() || !(format.is_asserted || options_.assert_format)) return true;
  if (!budget_.charge(1 + s.value.size() / 4)) return false;
  return format.check(s.value.as_string()) || violated(s, "/format", [&] {
           return "must be in the format " + format.name + ", is " + message::excerpt(s.value);
         });
}

}  // namespace xf::schema
