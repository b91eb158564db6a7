// match(variant, [](const A&) {…}, [](const B&) {…}): visits a variant; the compiler counts the cases.
#pragma once

#include <utility>
#include <variant>

namespace xf {

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};

template <typename Variant, typename... F>
decltype(auto) match(Variant&& variant, F&&... cases) {
  return std::visit(Overloaded<std::decay_t<F>...>{std::forward<F>(cases)...}, std::forward<Variant>(variant));
}

}  // namespace xf
