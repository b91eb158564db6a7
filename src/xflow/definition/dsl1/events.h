// Reading which CloudEvents are waited for, and how they are read.
#pragma once

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

plan::EventStrategy event_strategy(Context&, const Place&);
plan::EventRead event_read(Context&, const Place&);
// `emit.event.with`.
plan::Template event_to_emit(Context&, const Place&);

}  // namespace xf::dsl1
