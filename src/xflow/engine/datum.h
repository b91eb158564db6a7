// Datum: a value of an instance, and what people may see of it. What was computed from a secret is hidden: the
// workflow goes on with the value, while traces, digests, outputs and faults have `shown`, which was computed by
// the same expressions with every secret masked. `shown` therefore depends on no secret, whatever was done to it;
// where both come out the same, nothing is hidden. (What a definition *decides* by a secret can be seen.)
#pragma once

#include <memory>
#include <vector>

#include "base/json/value.h"

namespace xf::engine {

class Datum {
 public:
  Datum() = default;                                       // null
  Datum(json::Value plain) : value_(std::move(plain)) {}   // NOLINT: what is plain is a Datum
  static Datum hidden(json::Value value, json::Value shown);

  // What the workflow computes with. It may enter the state, a call, or nothing else.
  const json::Value& value() const { return value_; }
  const json::Value& shown() const { return shown_ ? *shown_ : value_; }
  bool is_hidden() const { return shown_ != nullptr; }

 private:
  json::Value value_;
  std::shared_ptr<const json::Value> shown_;  // null: the value itself
};

// What stands for a secret.
const json::Value& mask();
// Every scalar masked; the names of members stay.
json::Value masked(const json::Value&);

Datum array_of(const std::vector<Datum>&);
// One element of an array; of one that looks otherwise to people, a mask where they have no such element.
Datum element_of(const Datum& array, std::size_t index);
// An object and one more member.
Datum with(const Datum& object, std::string_view key, const Datum& member);

}  // namespace xf::engine
