// The command line's grammar; see cli.h. What each command does lies in a file of its own.
#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/completion.h"
#include "cli/jq.h"
#include "cli/remote.h"
#include "cli/run.h"
#include "cli/validate.h"

namespace xf::cli {
namespace {

constexpr const char* kVersion = "xflow 0.1.0";
constexpr const char* kFooter =
    "Exit codes: 0 done; 1 the workflow faulted or the server refused; 2 wrong usage or a refused "
    "definition;\n"
    "3 a jq program that does not compile; 4 no server answers; 5 a jq program that ended with an error.";

// Everything that options are read into; lives as long as the parsing and the command.
struct Arguments {
  Remote remote;
  RunOptions run;
  ValidateOptions validate;
  ServeOptions serve;
  StartOptions start;
  PsOptions ps;
  ResetOptions reset;
  EmitOptions emit;
  std::vector<std::string> files, secrets;
  std::string id, reason, event_ttl, shell;
};

// What the chosen command does, once the line is read.
using Action = std::function<int()>;

class Grammar {
 public:
  Grammar(Arguments& a, const Wiring& wiring) : a_(a), wiring_(wiring) {
    app_.set_version_flag("--version", kVersion);
    app_.footer(kFooter);
    app_.require_subcommand(1);
    add_local();
    add_serve();
    add_definitions();
    add_instances();
    add_others();
  }

  int run(int argc, char** argv) {
    if (argc < 2) {
      std::cerr << app_.help();
      return kUsage;
    }
    const std::string name = argv[1];
    auto named = [&](const CLI::App* sub) { return sub->get_name() == name; };
    if (name[0] != '-' && std::ranges::none_of(app_.get_subcommands({}), named)) {
      std::cerr << "xflow: there is no command '" << name << "'; xflow --help lists those that there are\n";
      return kUsage;
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? kOk : kUsage;
    }
    return action_();
  }

 private:
  CLI::App* command(const char* name, const char* what, Action action) {
    CLI::App* sub = app_.add_subcommand(name, what);
    sub->callback([this, action = std::move(action)] { action_ = action; });
    return sub;
  }

  CLI::App* remote(const char* name, const char* what, Action action) {
    CLI::App* sub = command(name, what, std::move(action));
    sub->add_option("--server", a_.remote.server, "The server's address")
        ->envname("XFLOW_SERVER")
        ->capture_default_str();
    sub->add_option("-o,--output", a_.remote.output, "json, yaml or table")
        ->check(CLI::IsMember({"json", "yaml", "table"}))
        ->capture_default_str();
    return sub;
  }

  void add_local() {
    CLI::App* run = command("run", "Execute a definition here, to its end, in a throw-away engine",
                            [this] { return run_run(a_.run, wiring_); });
    run->add_option("file", a_.run.file, "The definition (YAML or JSON); - for standard input")->required();
    run->add_option("--input", a_.run.input, "JSON, @file, or - (default: {})");
    run->add_option("--trace", a_.run.trace,
                    "Write the lifecycle CloudEvents to this file, one on each line");
    run->add_option("--secret", a_.run.secrets, "name=value or name=@file; may be repeated");
    run->add_flag("--strict", a_.run.strict, "Hold the definition to its own document.dsl");

    CLI::App* validate = command("validate", "Check definitions; nothing is deployed or fetched",
                                 [this] { return run_validate(a_.validate); });
    validate->add_option("files", a_.validate.files, "Definitions (YAML or JSON)")->required();
    validate->add_flag("--strict", a_.validate.strict, "Hold each definition to its own document.dsl");
    validate->add_option("-o,--output", a_.validate.output, "json, yaml or table")
        ->check(CLI::IsMember({"json", "yaml", "table"}));

    // Only for the help: run_command_line() takes `jq` before this grammar sees it.
    app_.add_subcommand("jq", "Evaluate one expression, as workflows do (xflow jq --help)");
  }

  void add_serve() {
    CLI::App* serve = command("serve", "Run the durable server", [this] { return run_serve(); });
    serve->add_option("--data", a_.serve.data, "Data directory; one server at a time")
        ->envname("XFLOW_DATA")
        ->capture_default_str();
    serve->add_option("--listen", a_.serve.listen, "HOST:PORT on loopback")
        ->envname("XFLOW_LISTEN")
        ->capture_default_str();
    serve->add_option(
        "--outbound-allow", a_.serve.outbound_allow,
        "Address range or host that calls may reach beside the public internet; may be repeated");
    serve->add_option("--outbound-deny", a_.serve.outbound_deny,
                      "Address range or host that calls may not reach; may be repeated");
    serve->add_flag("--outbound-only", a_.serve.outbound_only, "Calls reach nothing but what --outbound-allow names");
    serve->add_option("--secret", a_.secrets, "name=@file; may be repeated");
    serve->add_option("--retain", a_.serve.retain,
                      "Delete finished instances after this time (ISO 8601, like P30D)");
    serve
        ->add_option("--event-ttl-ms", a_.serve.event_ttl_ms,
                     "How long an event waits for later listeners, unless it says so itself (xflowttl)")
        ->capture_default_str();
  }

  int run_serve() {
    for (const std::string& secret : a_.secrets) {
      std::size_t at = secret.find("=@");
      if (at == std::string::npos || at == 0) {
        std::cerr << "xflow: --secret takes name=@file: a secret on the command line can be read by others\n";
        return kUsage;
      }
      a_.serve.secrets.emplace_back(secret.substr(0, at), secret.substr(at + 2));
    }
    return wiring_.serve(a_.serve);
  }

  void add_definitions() {
    CLI::App* deploy =
        remote("deploy", "Deploy definitions", [this] { return run_deploy(a_.remote, a_.files); });
    deploy->add_option("files", a_.files, "Definitions (YAML or JSON); - for standard input")->required();
    remote("definitions", "List the deployed definitions", [this] { return run_definitions(a_.remote); });
    remote("schedules", "List what starts instances by itself", [this] { return run_schedules(a_.remote); });
  }

  CLI::App* on_instance(const char* name, const char* what, Action action) {
    CLI::App* sub = remote(name, what, std::move(action));
    sub->add_option("id", a_.id, "The instance")->required();
    return sub;
  }

  void add_instances() {
    CLI::App* start = remote("start", "Start an instance", [this] { return run_start(a_.remote, a_.start); });
    start->add_option("definition", a_.start.definition, "namespace/name or namespace/name:version")
        ->required();
    start->add_option("--input", a_.start.input, "JSON, @file, or -");
    start->add_option("--key", a_.start.key, "The business's own name for this run");
    start->add_option("--wait", a_.start.wait,
                      "Answer when it ended, or after this time (ISO 8601, at most PT60S)");
    start->add_option("--idempotency-key", a_.start.idempotency_key,
                      "Starting again under this key starts nothing new");

    CLI::App* ps =
        remote("ps", "List instances, the newest first", [this] { return run_ps(a_.remote, a_.ps); });
    ps->add_option("--status", a_.ps.status,
                   "One or more of pending,running,waiting,suspended,cancelled,faulted,completed");
    ps->add_option("--definition", a_.ps.definition, "namespace/name or namespace/name:version");
    ps->add_option("--text", a_.ps.text, "Prefix of the id, the key or the definition's name");
    ps->add_option("--limit", a_.ps.limit, "At most so many")
        ->check(CLI::Range(1, 500))
        ->capture_default_str();

    on_instance("show", "Where an instance stands, and why it waits",
                [this] { return run_show(a_.remote, a_.id); });
    on_instance("history", "What happened to an instance", [this] { return run_history(a_.remote, a_.id); });
    on_instance("watch", "Follow an instance to its end", [this] { return run_watch(a_.remote, a_.id); });
    for (const char* verb : {"cancel", "suspend"}) {
      CLI::App* sub =
          on_instance(verb, verb[0] == 'c' ? "End an instance" : "Hold an instance where it stands",
                      [this, verb] { return run_command(a_.remote, a_.id, verb, a_.reason); });
      sub->add_option("--reason", a_.reason, "Why; kept in the history");
    }
    on_instance("resume", "Let a suspended instance go on",
                [this] { return run_command(a_.remote, a_.id, "resume", ""); });
    on_instance("retry", "Continue a faulted instance from the task that failed",
                [this] { return run_command(a_.remote, a_.id, "retry", ""); });
    CLI::App* reset = on_instance("reset", "Go back to a task", [this] {
      a_.reset.id = a_.id;
      return run_reset(a_.remote, a_.reset);
    });
    reset->add_option("--to", a_.reset.position, "The task's reference, like /do/2/pay")->required();
    reset->add_option("--data", a_.reset.data, "The task's raw input: JSON, @file, or -");
  }

  void add_others() {
    CLI::App* emit = remote("emit", "Send a CloudEvent", [this] { return run_emit(a_.remote, a_.emit); });
    emit->add_option("--type", a_.emit.type, "The event's type")->required();
    emit->add_option("--source", a_.emit.source, "The event's source")->capture_default_str();
    emit->add_option("--id", a_.emit.id, "The event's id (default: a new one)");
    emit->add_option("--subject", a_.emit.subject, "The event's subject");
    emit->add_option("--data", a_.emit.data, "JSON, @file, or -");
    emit->add_option("--attribute", a_.emit.attributes, "name=value; may be repeated");
    remote("backup", "Write a consistent copy of all data, on the server",
           [this] { return run_backup(a_.remote); });
    remote("ready", "Ask whether the server is ready", [this] { return run_ready(a_.remote); });
    CLI::App* completion = command("completion", "Print a completion script: bash, zsh or fish", [this] {
      std::cout << completion_script(app_, a_.shell);
      return static_cast<int>(kOk);
    });
    completion->add_option("shell", a_.shell)->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  }

  CLI::App app_{"xFlow runs business workflows that must not get lost (CNCF Serverless Workflow DSL 1.0).",
                "xflow"};
  Arguments& a_;
  const Wiring& wiring_;
  Action action_;
};

}  // namespace

int run_command_line(int argc, char** argv, const Wiring& wiring) {
  if (argc >= 2 && std::string_view(argv[1]) == "jq")
    return run_jq(std::vector<std::string>(argv + 2, argv + argc));
  Arguments arguments;
  return Grammar(arguments, wiring).run(argc, argv);
}

}  // namespace xf::cli
