// Reading `use`: the parts that others refer to by name.
#pragma once

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

// Notes the names, and reads functions and extensions. `use` must outlive the reading of the whole document,
// for named parts are read again for each reference.
void use(Context&, const Place& use);
// Reads the parts that nothing refers to, for what may be wrong in them. Called last.
void check_unused(Context&);

}  // namespace xf::dsl1
