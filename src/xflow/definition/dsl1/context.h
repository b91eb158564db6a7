// Context: what reading one definition knows and gathers.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "xflow/definition/dsl1/place.h"
#include "xflow/definition/dsl1/report.h"
#include "xflow/definition/dsl1/version.h"
#include "xflow/definition/plan/plan.h"

namespace xf::dsl1 {

// A part of `use` that is read anew for each reference, in the scope of the reference.
struct NamedPart {
  Place place;
  bool is_used = false;
};
using NamedParts = std::map<std::string, NamedPart, std::less<>>;

struct NamedFunction {
  Place place;
  plan::NodeId body = plan::kNoNode;
};

// An extension of `use.extensions`, read once; which tasks it applies to.
struct NamedExtension {
  std::string extend;
  plan::Extension extension;
};

struct Context {
  Context(Report& r, plan::Plan& p) : report(r), plan(p) {}

  Report& report;
  plan::Plan& plan;

  Version version = Version::kMain;
  bool is_strict = false;
  // Whether what `since` brought must be refused; what ended before it likewise.
  bool lacks(Version since) const { return is_strict && version < since; }

  // Places that live as long as this: named parts are read again for each reference.
  std::deque<Place> kept;
  NamedParts authentications, errors, retries, timeouts;
  std::map<std::string, NamedFunction, std::less<>> functions;
  std::vector<std::string> catalogs;
  std::vector<NamedExtension> extensions;
  bool may_extend = true;  // false inside an extension: its own tasks are never extended

  // The variables that an expression here may name: the eight arguments, then loop variables and the like.
  std::vector<std::string> scope{plan::kArgumentNames.begin(), plan::kArgumentNames.end()};
  // Inside the arguments of a call, which are evaluated when it is sent: there a token may be read.
  bool in_call = false;
};

// Adds names to the scope for as long as it lives.
class ScopedNames {
 public:
  ScopedNames(Context& cx, std::initializer_list<std::string_view> names) : cx_(cx), size_(cx.scope.size()) {
    for (const std::string_view name : names) cx.scope.emplace_back(name);
  }
  ScopedNames(const ScopedNames&) = delete;
  ScopedNames& operator=(const ScopedNames&) = delete;
  ~ScopedNames() { cx_.scope.resize(size_); }

 private:
  Context& cx_;
  std::size_t size_;
};

// Sets a value for as long as it lives.
template <typename T>
class Scoped {
 public:
  Scoped(T& target, T value) : target_(target), old_(std::exchange(target, std::move(value))) {}
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;
  ~Scoped() { target_ = std::move(old_); }

 private:
  T& target_;
  T old_;
};

}  // namespace xf::dsl1
