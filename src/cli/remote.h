// The commands that talk to a server.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"

namespace xf::cli {

struct Remote {
  std::string server = "http://127.0.0.1:8080";
  std::string output = "table";
};

int run_deploy(const Remote&, const std::vector<std::string>& files);

struct StartOptions {
  std::string definition;  // namespace/name[:version]
  std::string input, key, wait, idempotency_key;
};
int run_start(const Remote&, const StartOptions&);

struct PsOptions {
  std::string status, definition, text;
  std::uint32_t limit = 50;
};
int run_ps(const Remote&, const PsOptions&);

int run_show(const Remote&, const std::string& id);
int run_history(const Remote&, const std::string& id);
// Prints what happens to the instance until it has ended.
int run_watch(const Remote&, const std::string& id);
// cancel, suspend, resume, retry
int run_command(const Remote&, const std::string& id, const std::string& verb, const std::string& reason);

struct ResetOptions {
  std::string id, position, data;
};
int run_reset(const Remote&, const ResetOptions&);

struct EmitOptions {
  std::string type, source = "/xflow/cli", id, subject, data;
  std::vector<std::string> attributes;  // name=value
};
int run_emit(const Remote&, const EmitOptions&);

int run_definitions(const Remote&);
int run_schedules(const Remote&);
int run_backup(const Remote&);
int run_ready(const Remote&);

}  // namespace xf::cli
