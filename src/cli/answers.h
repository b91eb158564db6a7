// What a server answered, shown to a person or a program: by `--output`, refusals on standard error.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/api.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/remote.h"

namespace xf::cli {

// Both print to standard error and give the exit code.
int complain(const Error&);
// A refusal of the server's: its detail, and every problem of a definition.
int refused(const ApiAnswer&);

void print_one(const Remote&, const json::Value&);
// A list's page: its items as a table, or all of it.
void print_rows(const Remote&, const json::Value& page, std::span<const Column>);

std::string instance_path(const std::string& id, std::string_view rest = "");

// Opens the API, does one request, and hands a 2xx answer to `show`.
template <typename Request, typename Show>
int once(const Remote& remote, Request&& request, Show&& show) {
  Result<Api> api = Api::open(remote.server);
  if (!api) return complain(api.error());
  Result<ApiAnswer> answer = request(*api);
  if (!answer) return complain(answer.error());
  if (answer->status < 200 || answer->status > 299) return refused(*answer);
  show(*answer);
  return kOk;
}

}  // namespace xf::cli
