// One function for each operation of api/openapi.yaml; the table in routes.cc is the only place that names
// them.
#pragma once

#include "gateway/exchange.h"

namespace xf::gateway::handlers {

// definitions.cc
void list_definitions(Exchange&);
void deploy_definition(Exchange&);
void validate_definition(Exchange&);
void get_definition(Exchange&);
void delete_definition(Exchange&);

// instances.cc
void list_instances(Exchange&);
void start_instance(Exchange&);
void get_instance(Exchange&);
void get_history(Exchange&);
void stream_history(Exchange&);
void cancel_instance(Exchange&);
void suspend_instance(Exchange&);
void resume_instance(Exchange&);
void retry_instance(Exchange&);
void reset_instance(Exchange&);

// events.cc
void publish_events(Exchange&);

// schedules.cc
void list_schedules(Exchange&);
void pause_schedule(Exchange&);
void resume_schedule(Exchange&);
void trigger_schedule(Exchange&);

// operations.cc
void contract(Exchange&);
void health(Exchange&);
void ready(Exchange&);
void metrics(Exchange&);
void backup(Exchange&);

}  // namespace xf::gateway::handlers
