#include "xflow/definition/problem.h"

namespace xf::definition {

std::string to_string(const Problem& problem) {
  std::string out = problem.file;
  if (problem.line > 0) {
    out.append(":").append(std::to_string(problem.line)).append(":").append(std::to_string(problem.column));
  }
  out += ": ";
  if (!problem.pointer.empty()) out.append(problem.pointer).append(": ");
  out += problem.message;
  if (!problem.hint.empty()) out.append("; ").append(problem.hint);
  return out;
}

}  // namespace xf::definition
