// What a Batch can tell about itself.
#include "persistence/store.h"

namespace xf::persistence {

bool Batch::empty() const {
  return tenants.empty() && definitions.empty() && definition_states.empty() && started.empty() &&
         changed.empty() && journal.empty() && snapshots.empty() && timers.empty() && timers_gone.empty() &&
         shapes.empty() && subscriptions.empty() && subscriptions_gone.empty() && mail.empty() &&
         mail_gone.empty() && events.empty() && events_gone.empty() && idempotency.empty() &&
         schedules.empty() && schedules_gone.empty() &&
         secrets.empty() && secrets_gone.empty() && contents.empty() && incidents.empty() &&
         incidents_gone.empty() && deleted.empty() && idempotency_before == 0;
}

}  // namespace xf::persistence
