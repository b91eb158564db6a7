// Reading where to call and as whom: endpoints, external resources, authentication policies.
#pragma once

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

plan::Endpoint endpoint(Context&, const Place&);
plan::ExternalResource external_resource(Context&, const Place&);
// A policy, or {use: name}.
std::optional<plan::Authentication> authentication(Context&, const Place&);
// A policy without references to others, as in use.authentications.
std::optional<plan::Authentication> authentication_policy(Context&, const Place&);

}  // namespace xf::dsl1
