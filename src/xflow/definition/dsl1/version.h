// The published versions of the DSL, for holding a definition to its own `document.dsl`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace xf::dsl1 {

// kMain is what follows 1.0.3 and is not published yet.
enum class Version : std::uint8_t { k1_0_0, k1_0_1, k1_0_2, k1_0_3, kMain };

std::string_view to_string(Version);

// Semantic Versioning 2.0.0.
bool is_semver(std::string_view);

// The version that a `document.dsl` names; nothing when it is not of 1.x.
std::optional<Version> version_of(std::string_view dsl);

}  // namespace xf::dsl1
