// The program `xflow`. Only this folder names adapters.
#include "apps/engine.h"
#include "apps/serve.h"
#include "cli/cli.h"

int main(int argc, char** argv) {
  return xf::cli::run_command_line(argc, argv,
                                   {.throw_away = xf::apps::throw_away, .serve = xf::apps::serve});
}
