// JSON equality, with its work counted: 1 equals 1.0, members have no order, and a boolean never equals a
// number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "base/json/value.h"

namespace xf::schema {

// Work that may still be done. Once it is used up it stays so, and every answer after that means nothing.
class Budget {
 public:
  explicit Budget(std::uint64_t work_max) : work_max_(work_max) {}

  // False: no more work may be done.
  [[nodiscard]] bool charge(std::uint64_t work) noexcept {
    work_ += work;
    return work_ <= work_max_;
  }
  bool is_spent() const noexcept { return work_ > work_max_; }
  void spend_all() noexcept { work_ = work_max_ + 1; }

  std::uint64_t& work() noexcept { return work_; }
  std::uint64_t work_max() const noexcept { return work_max_; }

 private:
  std::uint64_t work_ = 0;
  std::uint64_t work_max_;
};

bool equal(const json::Value&, const json::Value&, Budget&);

// The places of two elements that are equal.
std::optional<std::pair<std::size_t, std::size_t>> find_duplicate(std::span<const json::Value>, Budget&);

}  // namespace xf::schema
