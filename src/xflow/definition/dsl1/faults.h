// Reading what is raised and caught: errors, error filters, retry policies.
#pragma once

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

// A definition, or a name of use.errors.
plan::ErrorTemplate error(Context&, const Place&);
plan::ErrorTemplate error_definition(Context&, const Place&);
// `catch.errors`.
std::optional<plan::ErrorFilter> error_filter(Context&, const Place&);
// A definition, or a name of use.retries.
std::optional<plan::RetryPolicy> retry(Context&, const Place&);
plan::RetryPolicy retry_definition(Context&, const Place&);

}  // namespace xf::dsl1
