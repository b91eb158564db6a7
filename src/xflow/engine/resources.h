// Resources: documents by address, asked for when first needed. The instance keeps what it first saw.
#pragma once

#include "xflow/engine/machine.h"

namespace xf::engine {

// True: it is here. Else it has been asked for, and the frame's stage will be tried again when it comes.
bool ensure_resource(Machine&, Frame&, const std::string& uri, ResourceUse,
                     const std::optional<plan::Authentication>&);
const Resource* find_resource(const Machine&, std::string_view uri, ResourceUse);
// An address as the frame's task writes it: relative ones are seen from the function that it is part of.
std::string address(const Machine&, const Frame&, std::string_view written);
// What a Fetch brought.
void resource_arrived(Machine&, Frame&, const input::Fetched&);

// The compiled schema; an external one is here already.
std::expected<std::shared_ptr<const schema::Schema>, Fault> schema_of(Machine&, const Frame&,
                                                                      const plan::SchemaRef&);
// The compiled function at this address, whose content is here already. It lives as long as the instance.
std::expected<plan::PlanPtr, Fault> function_at(Instance::State&, const std::string& uri);

// The plan that the frame's node is of, when that is a fetched function's; else null.
plan::PlanPtr function_of(const Machine&, const Frame&);

}  // namespace xf::engine
