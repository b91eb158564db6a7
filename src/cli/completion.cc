// Completion scripts; see completion.h.
#include "cli/completion.h"

#include <CLI/CLI.hpp>

namespace xf::cli {
namespace {

std::string names_of(const CLI::App& app) {
  std::string out;
  for (const CLI::App* sub : app.get_subcommands({})) out += (out.empty() ? "" : " ") + sub->get_name();
  return out;
}

std::string options_of(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) out += (out.empty() ? "--" : " --") + name;
  return out;
}

std::string bash(const CLI::App& app) {
  std::string out =
      "_xflow() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    "
      "COMPREPLY=($(compgen -W \"" +
      names_of(app) + "\" -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n";
  for (const CLI::App* sub : app.get_subcommands({}))
    out += "    " + sub->get_name() + ") COMPREPLY=($(compgen -f -W \"" + options_of(*sub) +
           "\" -- \"$word\")) ;;\n";
  return out + "  esac\n}\ncomplete -o filenames -F _xflow xflow\n";
}

std::string fish(const CLI::App& app) {
  std::string out;
  for (const CLI::App* sub : app.get_subcommands({})) {
    out += "complete -c xflow -n __fish_use_subcommand -a " + sub->get_name() + " -d '" +
           sub->get_description() + "'\n";
    for (const CLI::Option* option : sub->get_options())
      for (const std::string& name : option->get_lnames())
        out += "complete -c xflow -n '__fish_seen_subcommand_from " + sub->get_name() + "' -l " + name + "\n";
  }
  return out;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "fish") return fish(app);
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash(app);
  return bash(app);
}

}  // namespace xf::cli
