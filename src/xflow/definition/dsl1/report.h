// Report: every problem found while one definition is read.
#pragma once

#include <string>
#include <vector>

#include "xflow/definition/dsl1/place.h"
#include "xflow/definition/problem.h"

namespace xf::dsl1 {

class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  // At the value itself.
  void value(const Place& place, std::string message, std::string hint = "") {
    at(place.node().start, place.pointer(), std::move(message), std::move(hint));
  }
  // At the key under which the value stands: it is too much, or lacks something.
  void key(const Place& place, std::string message, std::string hint = "") {
    at(place.position(), place.pointer(), std::move(message), std::move(hint));
  }
  void at(yaml::Position, std::string pointer, std::string message, std::string hint = "");

  bool empty() const { return problems_.empty(); }
  // In the order of the document, each once, the first hundred.
  std::vector<definition::Problem> take() &&;

 private:
  std::string file_;
  std::vector<definition::Problem> problems_;
};

}  // namespace xf::dsl1
