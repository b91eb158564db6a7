// Schema: one compiled JSON Schema (2020-12, or draft-07 when `$schema` says so). Immutable, shared between
// threads.
//
// It runs inside the deterministic core: validation fetches nothing, `pattern` is Oniguruma with its retry
// limit, and work is counted against a limit, never against time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json/value.h"
#include "base/result.h"

namespace xf::schema {

// One way in which a value does not fit.
struct Violation {
  std::string instance_pointer;  // JSON Pointer into the value: "/orders/3/price"
  std::string schema_pointer;    // JSON Pointer into the schema: "/properties/orders/items/minimum"
  std::string message;           // "must be at least 0, is -5"
};

struct Options {
  std::uint64_t work_max = 5'000'000;
  // Schemas applied inside of each other: one or two for each level of the value. Each takes C stack: see
  // kStackBytes.
  std::uint32_t depth_max = 2'000;
  std::size_t violations_max = 20;
  bool assert_format = false;  // 2020-12: `format` is an annotation unless asked for
};

// C stack that a validation at the default depth may need.
inline constexpr std::size_t kStackBytes = 4u << 20;

class Schema {
 public:
  // Code::kInvalid names the place in the schema. References to other documents are refused here, unless
  // `documents` holds them by their URI.
  static Result<std::shared_ptr<const Schema>> compile(
      const json::Value& schema, const std::vector<std::pair<std::string, json::Value>>& documents = {});

  // Empty: it fits. Code::kExhausted: the limit of work is reached.
  Result<std::vector<Violation>> validate(const json::Value&, const Options& = {}) const;

  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;
  ~Schema();

 private:
  struct Impl;
  explicit Schema(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xf::schema
