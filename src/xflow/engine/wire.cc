#include "xflow/engine/wire.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::engine {
namespace {

using json::Kind;
using json::Value;

enum class Tag : std::uint8_t {
  kNull,
  kFalse,
  kTrue,
  kInteger,  // a literal, zigzag
  kResult,   // of arithmetic, a whole number, zigzag
  kDouble,   // of arithmetic, 8 bytes
  kLiteral,  // as text
  kString,
  kArray,
  kObject,
  kAgain,  // the n-th value written before
};

// Shorter ones are written again: that costs no more than referring to them.
constexpr std::size_t kReferableBytes = 16;

std::uint64_t zigzag(std::int64_t n) { return (std::uint64_t(n) << 1) ^ std::uint64_t(n >> 63); }
std::int64_t unzigzag(std::uint64_t n) { return std::int64_t(n >> 1) ^ -std::int64_t(n & 1); }

void write_tag(std::string& out, Tag tag) { out.push_back(char(tag)); }

void write_text(std::string& out, std::string_view text) {
  write_number(out, text.size());
  out.append(text);
}

// Whole, exact as a double, and not -0.
bool is_plain_integer(const Value& value) {
  if (!value.literal_text().empty()) return false;
  const double d = value.as_double();
  return std::fabs(d) <= 9007199254740992.0 && d == std::floor(d) && !(d == 0 && std::signbit(d));
}

void write_json_number(std::string& out, const Value& value) {
  const bool is_whole = is_plain_integer(value);
  if (value.is_literal() && !is_whole) {
    write_tag(out, Tag::kLiteral);
    return write_text(out, json::print(value));
  }
  if (is_whole) {
    write_tag(out, value.is_literal() ? Tag::kInteger : Tag::kResult);
    return write_number(out, zigzag(std::int64_t(value.as_double())));
  }
  write_tag(out, Tag::kDouble);
  const auto bits = std::bit_cast<std::uint64_t>(value.as_double());
  out.append(reinterpret_cast<const char*>(&bits), sizeof bits);
}

// One value without what it holds.
void write_head(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return write_tag(out, Tag::kNull);
    case Kind::kBool: return write_tag(out, value.as_bool() ? Tag::kTrue : Tag::kFalse);
    case Kind::kNumber: return write_json_number(out, value);
    case Kind::kString: write_tag(out, Tag::kString); return write_text(out, value.as_string());
    case Kind::kArray: write_tag(out, Tag::kArray); return write_number(out, value.size());
    case Kind::kObject: write_tag(out, Tag::kObject); return write_number(out, value.size());
  }
}

bool has_parts(const Value& value) { return value.size() > 0 && !value.is_string(); }

// All below `top`, however deep.
void write_deep_parts(std::string& out, const Value& top) {
  struct Open {
    const Value* value;
    std::size_t next;
  };
  std::vector<Open> open{{&top, 0}};
  while (!open.empty()) {
    Open& at = open.back();
    if (at.next == at.value->size()) {
      open.pop_back();
      continue;
    }
    const Value* part = nullptr;
    if (at.value->is_array()) {
      part = &at.value->elements()[at.next++];
    } else {
      const json::Member& member = at.value->members()[at.next++];
      write_text(out, member.key.as_string());
      part = &member.value;
    }
    write_head(out, *part);
    if (has_parts(*part)) open.push_back({part, 0});
  }
}

// The same, on the C stack as far as values usually nest.
void write_parts(std::string& out, const Value& top, unsigned levels) {
  if (levels == 0) return write_deep_parts(out, top);
  const auto write = [&](const Value& part) {
    write_head(out, part);
    if (has_parts(part)) write_parts(out, part, levels - 1);
  };
  for (const Value& element : top.elements()) write(element);
  for (const json::Member& member : top.members()) {
    write_text(out, member.key.as_string());
    write(member.value);
  }
}

// Reads one value; nothing when the bytes are none.
class ValueReader {
 public:
  explicit ValueReader(std::string_view in) : in_(in) {}
  std::string_view rest() const { return in_; }

  std::optional<Value> read() {
    std::vector<Open> open;
    for (;;) {
      std::string key;
      if (!open.empty() && open.back().is_object && !text(key)) return std::nullopt;
      std::uint64_t size = 0;
      bool is_object = false;
      std::optional<Value> value = head(size, is_object);
      if (!value) return std::nullopt;
      if (size > 0) {
        open.push_back({is_object, size, std::move(key), {}, {}});
        if (open.size() > json::kDepthMax) return std::nullopt;
        continue;
      }
      // A value is whole: it goes into what holds it, which may make that whole too.
      for (;;) {
        if (open.empty()) return value;
        Open& at = open.back();
        if (at.is_object)
          at.members.push_back({Value::string(key), *std::move(value)});
        else
          at.elements.push_back(*std::move(value));
        if (--at.left > 0) break;
        value = at.is_object ? Value::object(std::move(at.members)) : Value::array(std::move(at.elements));
        key = std::move(at.key);
        open.pop_back();
      }
    }
  }

 private:
  struct Open {
    bool is_object;
    std::uint64_t left;
    std::string key;  // under which it will be put itself
    std::vector<json::Member> members;
    std::vector<Value> elements;
  };

  bool number(std::uint64_t& n) {
    n = 0;
    for (unsigned shift = 0; shift < 64 && !in_.empty(); shift += 7) {
      const auto byte = std::uint8_t(in_.front());
      in_.remove_prefix(1);
      n |= std::uint64_t(byte & 0x7f) << shift;
      if (!(byte & 0x80)) return true;
    }
    return false;
  }
  bool text(std::string& out) {
    std::uint64_t size = 0;
    if (!number(size) || size > in_.size()) return false;
    out = in_.substr(0, size);
    in_.remove_prefix(size);
    return true;
  }

  std::optional<Value> head(std::uint64_t& size, bool& is_object) {
    if (in_.empty()) return std::nullopt;
    const auto tag = Tag(in_.front());
    in_.remove_prefix(1);
    std::uint64_t n = 0;
    std::string s;
    switch (tag) {
      case Tag::kNull: return Value();
      case Tag::kFalse: return Value::boolean(false);
      case Tag::kTrue: return Value::boolean(true);
      case Tag::kInteger: return number(n) ? std::optional(Value::integer(unzigzag(n))) : std::nullopt;
      case Tag::kResult: return number(n) ? std::optional(Value::number(double(unzigzag(n)))) : std::nullopt;
      case Tag::kDouble:
        if (in_.size() < sizeof n) return std::nullopt;
        std::memcpy(&n, in_.data(), sizeof n);
        in_.remove_prefix(sizeof n);
        return Value::number(std::bit_cast<double>(n));
      case Tag::kLiteral:
        if (!text(s)) return std::nullopt;
        return literal(s);
      case Tag::kString: return text(s) ? std::optional(Value::string(s)) : std::nullopt;
      case Tag::kArray:
      case Tag::kObject:
        is_object = tag == Tag::kObject;
        if (!number(size) || size > in_.size()) return std::nullopt;
        return is_object ? Value::object() : Value::array();
      case Tag::kAgain: return std::nullopt;
    }
    return std::nullopt;
  }
  static std::optional<Value> literal(const std::string& text) {
    auto parsed = json::parse(text, {.bytes_max = 1u << 20, .depth_max = 1, .jq_extensions = true});
    return parsed && parsed->is_number() ? std::optional(*std::move(parsed)) : std::nullopt;
  }

  std::string_view in_;
};

}  // namespace

void write_long_number(std::string& out, std::uint64_t n) {
  char bytes[10];
  std::size_t size = 0;
  for (; n >= 0x80; n >>= 7) bytes[size++] = char(n | 0x80);
  bytes[size++] = char(n);
  out.append(bytes, size);
}

void write_value(std::string& out, const Value& top) {
  constexpr unsigned kLevels = 8;
  write_head(out, top);
  if (has_parts(top)) write_parts(out, top, kLevels);
}

// ---- Writer

void Writer::put(const std::string& text) { write_text(out_, text); }

void Writer::put(const Value& value) {
  if (digest_) {
    const std::uint64_t hash = digest_->hash(value);
    out_.append(reinterpret_cast<const char*>(&hash), sizeof hash);
    return;
  }
  const std::size_t offset = out_.size();
  write_value(out_, value);
  const std::size_t size = out_.size() - offset;
  if (size < kReferableBytes) return;
  const std::string_view bytes = std::string_view(out_).substr(offset);
  const std::uint64_t hash = hash_bytes(bytes);
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i].hash != hash || std::string_view(out_).substr(seen_[i].offset, seen_[i].size) != bytes)
      continue;
    out_.resize(offset);
    write_tag(out_, Tag::kAgain);
    return write_number(out_, i);
  }
  seen_.push_back({hash, offset, size});
}

// ---- Reader

std::uint64_t Reader::number() {
  std::uint64_t n = 0;
  for (unsigned shift = 0; shift < 64 && !in_.empty(); shift += 7) {
    const auto byte = std::uint8_t(in_.front());
    in_.remove_prefix(1);
    n |= std::uint64_t(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return n;
  }
  refuse();
  return 0;
}

std::size_t Reader::count() {
  const std::uint64_t n = number();
  if (n <= in_.size()) return n;
  refuse();
  return 0;
}

void Reader::get(std::string& text) {
  const std::size_t size = count();
  text = in_.substr(0, size);
  in_.remove_prefix(size);
}

void Reader::get(Value& value) {
  if (!in_.empty() && Tag(in_.front()) == Tag::kAgain) {
    in_.remove_prefix(1);
    const std::uint64_t index = number();
    if (index >= seen_.size()) return refuse();
    value = seen_[index];
    return;
  }
  ValueReader reader(in_);
  std::optional<Value> read = reader.read();
  if (!read) return refuse();
  value = *std::move(read);
  const std::size_t size = in_.size() - reader.rest().size();
  in_ = reader.rest();
  if (size >= kReferableBytes) seen_.push_back(value);
}

// ---- Hash

std::uint64_t hash_bytes(std::string_view bytes) {
  constexpr std::uint64_t kA = 0xa0761d6478bd642fu, kB = 0xe7037ed1a0b428dbu;
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return std::uint64_t(product) ^ std::uint64_t(product >> 64);
  };
  std::uint64_t hash = kA ^ bytes.size();
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    hash = mix(hash ^ word, kB);
    hash ^= word;  // a factor of zero must not forget what came before
    bytes.remove_prefix(8);
  }
  std::uint64_t last = 0;
  std::memcpy(&last, bytes.data(), bytes.size());
  return mix(hash ^ last ^ kB, kA) ^ mix(hash + last, kB);
}

}  // namespace xf::engine
