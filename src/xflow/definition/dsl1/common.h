// Reading what many tasks share: durations, timeouts, schemas, filters, references to named parts.
#pragma once

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

// The part of `use` that the text at `place` names, marked as used; unknown ones are reported. `what`:
// "timeout".
NamedPart* named_part(Context&, const Place&, NamedParts&, std::string_view what);

plan::Duration duration(Context&, const Place&);
// A name of use.timeouts, or {after: …}.
std::optional<plan::Duration> timeout(Context&, const Place&);
plan::Duration timeout_definition(Context&, const Place&);

// Literal text that must be a URI reference or template. Up to 1.0.3 most of them had to be absolute.
enum class Relative { kSinceMain, kAlways };
bool check_uri(Context&, const Place&, Relative = Relative::kSinceMain);

enum class FilterKind { kInput, kOutput, kExport };
plan::Filter filter(Context&, const Place&, FilterKind);

}  // namespace xf::dsl1
