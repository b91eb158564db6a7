// What calls have in common: they are sent once, under a key that tells the other side when the same work is asked for
// again, and end with a value or a fault.
#pragma once

#include "xflow/engine/kinds.h"

namespace xf::engine::nodes {

// Everything of a StartCall but its request; watched, and ready to be issued.
command::StartCall prepare_call(Machine&, Frame&);
// The address that an endpoint names: its URI template filled in, or its expression's value. False: raised.
bool expand_endpoint(Machine&, Frame&, const plan::Endpoint&, std::string_view field, Datum& out);
// `is_sealed`: part of the request waits for secrets. Gives the call what the sender evaluates over.
void seal(Machine&, Frame&, command::StartCall&, bool is_sealed);
// CallCompleted.
void on_call(Machine&, Frame&, WaitKind, const InputBody&);

}  // namespace xf::engine::nodes
