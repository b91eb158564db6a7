// Wire: the compact binary form of everything that is stored. One description of a struct's fields
// (`fields(archive, x)`, found beside the struct's codec) serves for writing, reading and digests.
//
// Numbers are varints; a JSON value that was written before in the same text is a reference to it. Reading
// never trusts the bytes: what does not fit sets `failed` and gives empty values.
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/json/value.h"
#include "xflow/engine/value_memo.h"

namespace xf::engine {

// wyhash-like, of our own: stable for ever, for digests that are stored; not against adversaries.
std::uint64_t hash_bytes(std::string_view);
void write_long_number(std::string& out, std::uint64_t);
inline void write_number(std::string& out, std::uint64_t n) {
  if (n < 0x80) return out.push_back(char(n));
  write_long_number(out, n);
}
void write_value(std::string& out, const json::Value&);
// What most of what is written fits into: growing costs more than the room.
inline constexpr std::size_t kUsualBytes = 320;

template <typename T>
concept Integral = std::integral<T> || std::is_enum_v<T>;

class Writer {
 public:
  static constexpr bool kReads = false;
  explicit Writer(std::string& out, ValueMemo* digest = nullptr) : out_(out), digest_(digest) {}

  template <typename... T>
  void operator()(const T&... parts) {
    (put(parts), ...);
  }
  void number(std::uint64_t n) { write_number(out_, n); }
  bool is_digest() const { return digest_ != nullptr; }

 private:
  template <Integral T>
  void put(const T& n) {
    if constexpr (std::is_signed_v<T>)
      number((std::uint64_t(n) << 1) ^ std::uint64_t(std::int64_t(n) >> 63));
    else
      number(std::uint64_t(n));
  }
  void put(const std::string&);
  void put(const json::Value&);
  template <typename A, typename B>
  void put(const std::pair<A, B>& p) {
    put(p.first);
    put(p.second);
  }
  template <typename T>
  void put(const std::optional<T>& o) {
    put(o.has_value());
    if (o) put(*o);
  }
  template <typename T>
  void put(const std::unique_ptr<T>& p) {
    put(*p);
  }
  template <typename T>
  void put(const std::vector<T>& items) {
    number(items.size());
    for (const auto& item : items) {
      if constexpr (std::same_as<T, bool>)
        put(bool(item));
      else
        put(item);
    }
  }
  template <typename T>
  void put(const std::deque<T>& items) {
    number(items.size());
    for (const T& item : items) put(item);
  }
  template <typename... T>
  void put(const std::variant<T...>& v) {
    number(v.index());
    std::visit([this](const auto& x) { put(x); }, v);
  }
  void put(std::monostate) {}
  template <typename T>
  requires std::is_class_v<T>
  void put(const T& x) { fields(*this, x); }

  std::string& out_;
  ValueMemo* digest_;
  // Values that may be referred to: where they were written.
  struct Written {
    std::uint64_t hash = 0;
    std::size_t offset = 0, size = 0;
  };
  std::vector<Written> seen_;
};

class Reader {
 public:
  static constexpr bool kReads = true;
  explicit Reader(std::string_view in) : in_(in) {}

  bool failed() const { return failed_; }
  bool at_end() const { return in_.empty(); }
  void refuse() {
    failed_ = true;
    in_ = {};
  }

  template <typename... T>
  void operator()(T&... parts) {
    (get(parts), ...);
  }
  std::uint64_t number();
  // A number of things to come: never more than there are bytes.
  std::size_t count();

 private:
  template <Integral T>
  void get(T& n) {
    const std::uint64_t raw = number();
    if constexpr (std::is_signed_v<T>)
      n = T(std::int64_t(raw >> 1) ^ -std::int64_t(raw & 1));
    else
      n = T(raw);
  }
  void get(std::string&);
  void get(json::Value&);
  template <typename A, typename B>
  void get(std::pair<A, B>& p) {
    get(p.first);
    get(p.second);
  }
  template <typename T>
  void get(std::optional<T>& o) {
    bool has = false;
    get(has);
    o.reset();
    if (has) get(o.emplace());
  }
  template <typename T>
  void get(std::unique_ptr<T>& p) {
    p = std::make_unique<T>();
    get(*p);
  }
  template <typename Items>
  void get_items(Items& items) {
    items.clear();
    for (std::size_t n = count(); n > 0 && !failed_; --n) {
      typename Items::value_type item{};
      get(item);
      items.push_back(std::move(item));
    }
  }
  template <typename T>
  void get(std::vector<T>& items) {
    get_items(items);
  }
  template <typename T>
  void get(std::deque<T>& items) {
    get_items(items);
  }
  template <typename... T>
  void get(std::variant<T...>& v) {
    const std::uint64_t index = number();
    if (index >= sizeof...(T)) return refuse();
    get_alternative(v, index, std::index_sequence_for<T...>{});
  }
  template <typename V, std::size_t... I>
  void get_alternative(V& v, std::uint64_t index, std::index_sequence<I...>) {
    ((index == I ? get(v.template emplace<I>()) : void()), ...);
  }
  void get(std::monostate&) {}
  template <typename T>
  requires std::is_class_v<T>
  void get(T& x) { fields(*this, x); }

  std::string_view in_;
  bool failed_ = false;
  std::vector<json::Value> seen_;
};

}  // namespace xf::engine
