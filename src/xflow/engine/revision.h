// The behaviour of step() and of everything that it calls (expressions, schemas, formatting, budget costs), numbered.
// An instance keeps the revision of its Started input; only a journaled Upgraded raises it.
#pragma once

#include <cstdint>
#include <string_view>

namespace xf::engine {

inline constexpr std::uint32_t kRevision = 1;        // what new instances get
inline constexpr std::uint32_t kRevisionReadable = 1;  // the newest that this program can continue

// $runtime.version. Part of the behaviour: it changes with a revision, not with every build.
inline constexpr std::string_view kRuntimeVersion = "1.0.0";

}  // namespace xf::engine
