// Completion scripts for shells, made from the grammar itself.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace xf::cli {

// `shell` is bash, zsh or fish.
std::string completion_script(const CLI::App&, const std::string& shell);

}  // namespace xf::cli
