// DataFlow: what surrounds the work of every task (feature map 1.5):
//   if → timeout begins → extensions before → input.schema (raw) → input.from → the work
//   → output.as → output.schema → export.as → export.schema → extensions after → the parent goes on.
#pragma once

#include "xflow/engine/machine.h"

namespace xf::engine {

struct Place;

// One transition of a frame: as far as it gets without another frame or the world.
void advance(Machine&, Frame&);

// A list of an extension has ended. `is_exit`: one of its tasks said `exit`.
void extension_done(Machine&, Frame&, Part, Datum output, bool is_exit);

// The frame's timeout counts from now. False: raised.
bool begin_timeout(Machine&, Frame&);
// For a task whose work is taken up in its middle: everything before it counts as done. False: raised.
bool stand_in_body(Machine&, Frame&);

// Applies a filter's transform and schema to what a task gives, as output.as and output.schema do.
// False: raised, or waiting for an external schema.
bool ensure_schema(Machine&, Frame&, const plan::Filter&);
bool transform(Machine&, Frame&, const plan::Filter&, const Datum& value, const Place&, Datum& out);
bool validate(Machine&, Frame&, const plan::Filter&, const Datum& value, std::string_view what);
// A value that enters the state: its size is bounded. False: raised.
bool admit(Machine&, Frame&, const Datum&, std::string_view what);
// The same for one of a number without bound, each perhaps too small for admit() to weigh the instance:
// `unweighed` is what has come since it was weighed last.
bool admit_one_of_many(Machine&, Frame&, const Datum&, std::string_view what, std::uint64_t& unweighed);

}  // namespace xf::engine
