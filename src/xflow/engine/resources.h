// Resources: documents by address, asked for when first needed. The instance keeps what it first saw.
#pragma once

#include "xflow/engine/machine.h"

namespace xf::engine {

// True: it is here. Else it has been asked for, and the frame's stage will be tried again when it comes.
bool ensure_resource(Machine&, Frame&, const std::string& uri, const std::optional<plan::Authentication>&);
const Resource* find_resource(const Machine&, std::string_view uri);
// What a Fetch brought.
void resource_arrived(Machine&, Frame&, const input::Fetched&);

// The compiled schema; an external one is here already.
std::expected<std::shared_ptr<const schema::Schema>, Fault> schema_of(Machine&, const plan::SchemaRef&);

}  // namespace xf::engine
