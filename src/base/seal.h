// Sealing: what is stored so that only who has the key can read it, and nobody can change it or put it in another
// place (AES-256-GCM).
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.h"

namespace xf {

using SealKey = std::array<unsigned char, 32>;
// Unpredictable. Ends the process if the operating system has no chance to give.
SealKey random_seal_key();

// `place` says what is sealed and is needed again to open it; it is not part of the result.
std::string seal(const SealKey&, std::string_view plain, std::string_view place);
// Code::kCorrupt: another key, another place, or changed bytes.
Result<std::string> unseal(const SealKey&, std::string_view sealed, std::string_view place);

}  // namespace xf
