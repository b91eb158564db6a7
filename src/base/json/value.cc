// Values that hold no others: numbers and strings, and what every kind can be asked.
#include "base/json/value.h"

#include <cmath>

#include "base/json/block.h"
#include "base/json/number.h"

namespace xf::json {

std::string_view to_string(Kind kind) {
  static constexpr std::string_view kNames[] = {"null", "boolean", "number", "string", "array", "object"};
  return kNames[std::size_t(kind)];
}

Value Access::literal(double d, std::string_view digits) {
  if (digits.size() <= kInlineDigitsMax) {
    std::uint64_t packed = 0;
    std::memcpy(&packed, digits.data(), digits.size());
    Value v = plain_literal(d);
    v.hi_ |= packed | std::uint64_t(digits.size()) << Value::kSizeShift;
    return v;
  }
  Block* block = new_literal_block(digits.size());
  block->number() = d;
  block->size = std::uint32_t(digits.size());
  std::memcpy(block->digits(), digits.data(), digits.size());
  return own(block, Kind::kNumber);
}

Value Value::integer(std::int64_t i) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (i >= -kExact && i <= kExact) return Access::plain_literal(double(i));
  return literal(std::to_string(i));
}

Value Value::literal(std::string_view text) {
  double d = 0;
  std::string digits;
  const LiteralForm form = read_literal(text, d, digits);
  XF_CHECK(form != LiteralForm::kInvalid, "a literal is a number");
  return form == LiteralForm::kPlain ? Access::plain_literal(d) : Access::literal(d, digits);
}

Value Value::string(std::string_view utf8) {
  if (utf8.size() <= kInlineMax) return Access::inline_text(utf8);
  Block* block = new_text_block(utf8.size());
  block->size = std::uint32_t(utf8.size());
  std::memcpy(block->bytes(), utf8.data(), utf8.size());
  return Access::own(block, Kind::kString);
}

bool Value::as_bool() const noexcept {
  XF_CHECK(is_bool(), "as_bool is for booleans");
  return lo_ != 0;
}

double Value::as_double() const noexcept {
  XF_CHECK(is_number(), "as_double is for numbers");
  return is_heap() ? Access::block(*this)->number() : std::bit_cast<double>(lo_);
}

std::string_view Value::literal_text() const noexcept {
  XF_CHECK(is_number(), "literal_text is for numbers");
  if (is_heap()) return {Access::block(*this)->digits(), Access::block(*this)->size};
  return {reinterpret_cast<const char*>(&hi_), Access::inline_size(*this)};
}

bool Value::is_literal() const noexcept {
  return is_number() && (is_heap() || (hi_ & Access::kIsLiteral) != 0);
}

namespace {

// The value of a decimal number when it is an integer of 64 bits.
bool decimal_to_int64(std::string_view text, std::int64_t& out) {
  Decimal d;
  if (!Decimal::parse(text, d)) return false;
  std::uint64_t magnitude = 0;
  if (!d.is_zero() && (d.top < 0 || d.top > 18)) return false;
  const std::size_t count = d.head.size() + d.tail.size();
  for (std::size_t i = 0; i < std::max(count, std::size_t(d.is_zero() ? 0 : d.top + 1)); ++i) {
    const char c = i < d.head.size() ? d.head[i] : i < count ? d.tail[i - d.head.size()] : '0';
    if (std::int64_t(i) <= d.top) {
      magnitude = magnitude * 10 + std::uint64_t(c - '0');
    } else if (c != '0') {
      return false;
    }
  }
  const std::uint64_t limit = (std::uint64_t{1} << 63) - (d.negative ? 0 : 1);
  out = std::int64_t(d.negative ? ~magnitude + 1 : magnitude);
  return magnitude <= limit;
}

bool number_to_int64(const Value& v, std::int64_t& out) {
  if (const auto text = v.literal_text(); !text.empty()) return decimal_to_int64(text, out);
  const double d = v.as_double();
  if (!(d >= -0x1p63 && d < 0x1p63) || std::trunc(d) != d) return false;
  out = std::int64_t(d);
  return true;
}

}  // namespace

bool Value::is_int64() const noexcept {
  std::int64_t ignored = 0;
  return is_number() && number_to_int64(*this, ignored);
}

std::int64_t Value::as_int64() const noexcept {
  std::int64_t i = 0;
  XF_CHECK(is_number() && number_to_int64(*this, i), "as_int64 is for integers: ask is_int64 first");
  return i;
}

std::string_view Value::as_string() const noexcept {
  XF_CHECK(is_string(), "as_string is for strings");
  if (is_heap()) return {Access::block(*this)->bytes(), Access::block(*this)->size};
  return {reinterpret_cast<const char*>(this), Access::inline_size(*this)};
}

Value Value::append_text(std::string_view more) && {
  const std::string_view text = as_string();
  const std::size_t size = text.size() + more.size();
  if (size <= kInlineMax) {
    char joined[kInlineMax];
    std::memcpy(joined, text.data(), text.size());
    std::memcpy(joined + text.size(), more.data(), more.size());
    return Access::inline_text({joined, size});
  }
  Block* block = is_heap() && !Access::block(*this)->is_shared() ? Access::block(*this) : nullptr;
  if (block != nullptr && size <= block->capacity) {
    std::memmove(block->bytes() + text.size(), more.data(), more.size());
    block->size = std::uint32_t(size);
    return std::move(*this);
  }
  // Room to grow only for what has already been grown once: most texts are joined once.
  Block* grown = new_text_block(block != nullptr ? std::max(size, text.size() * 2) : size);
  std::memcpy(grown->bytes(), text.data(), text.size());
  std::memcpy(grown->bytes() + text.size(), more.data(), more.size());
  grown->size = std::uint32_t(size);
  return Access::own(grown, Kind::kString);
}

std::size_t Value::size() const noexcept {
  if (is_heap() && !is_number()) return Access::block(*this)->size;
  return is_string() ? Access::inline_size(*this) : 0;
}

}  // namespace xf::json
