// How an instance is called outside: 26 characters, of which the first 13 are its key (so that the order of
// the texts is the order of the starts) and the rest is its tenant's salt (so that no two data directories
// give the same id).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "persistence/store.h"

namespace xf::runtime::embedded {

std::string instance_id(persistence::InstanceKey, std::uint64_t salt);
// Nothing when the text is not an id, or one of another salt.
std::optional<persistence::InstanceKey> parse_instance_id(std::string_view, std::uint64_t salt);
// The keys whose ids begin with this text (up to 26 characters); nothing when no id can.
std::optional<std::pair<persistence::InstanceKey, persistence::InstanceKey>> id_prefix_range(
    std::string_view);

// The key of an instance that starts now: later than `last`, and later than any before this microsecond.
persistence::InstanceKey next_instance_key(persistence::InstanceKey last, TimeUs now);
// The start that a key tells, rounded down; and the smallest key of a time.
TimeUs started_at(persistence::InstanceKey);
persistence::InstanceKey first_key_at(TimeUs);

}  // namespace xf::runtime::embedded
