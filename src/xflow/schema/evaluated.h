// Evaluated: which members or elements of one value some keyword has looked at, for `unevaluatedProperties`
// and `unevaluatedItems`. The annotations of the standard, cut down to what those two need.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace xf::schema {

class Evaluated {
 public:
  void add(std::size_t place) {
    if (place >= places_.size()) places_.resize(place + 1);
    places_[place] = true;
  }
  // Everything below `end`.
  void add_first(std::size_t end) { first_ = std::max(first_, end); }
  bool has(std::size_t place) const { return place < first_ || (place < places_.size() && places_[place]); }
  void merge(const Evaluated& other) {
    add_first(other.first_);
    if (other.places_.size() > places_.size()) places_.resize(other.places_.size());
    for (std::size_t i = 0; i < other.places_.size(); ++i) {
      if (other.places_[i]) places_[i] = true;
    }
  }

 private:
  std::size_t first_ = 0;
  std::vector<bool> places_;
};

}  // namespace xf::schema
