// Lists of instances, newest first: a merge of streams, each of which an index gives in that order. A page
// costs as much as it shows, however many instances there are.
#include <algorithm>

#include "persistence/sqlite/rows.h"

namespace xf::persistence::sqlite {

namespace {

// Beyond this many matches of a business key's prefix it is cheaper to walk from the newest and look.
constexpr std::uint32_t kPrefixMatchesMax = 5'000;
// Beyond this many definitions the same holds for their streams.
constexpr std::size_t kDefinitionsMax = 64;

std::string prefix_end(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

bool contains(const std::vector<DefinitionKey>& keys, DefinitionKey key) {
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

class InstanceSearch {
 public:
  InstanceSearch(Reader& reader, const InstanceFilter& filter) : reader_(reader), filter_(filter) {}

  Result<std::vector<Instance>> run() {
    if (!filter_.text) {
      XF_TRY(filter_.definitions ? by_definitions(*filter_.definitions) : by_status());
    } else {
      XF_TRY(by_text(*filter_.text));
    }
    std::ranges::sort(out_, std::greater{}, &Instance::key);
    out_.erase(
        std::unique(out_.begin(), out_.end(), [](const auto& a, const auto& b) { return a.key == b.key; }),
        out_.end());
    if (out_.size() > filter_.limit) out_.resize(filter_.limit);
    return std::move(out_);
  }

 private:
  template <typename Fill>
  Result<void> stream(const std::string& where, std::uint32_t limit, Fill fill) {
    const std::string sql = "SELECT " + std::string(kInstanceColumns) + " FROM instances WHERE " + where +
                            " ORDER BY id DESC LIMIT ?";
    XF_TRY_ASSIGN(auto found, reader_.rows<Instance>(
                                  sql,
                                  [&](Statement& s) {
                                    fill(s);
                                    s.bind(limit);
                                  },
                                  read_instance));
    for (auto& row : found)
      if (fits(row)) out_.push_back(std::move(row));
    return {};
  }

  bool fits(const Instance& row) const {
    return row.tenant == filter_.tenant &&
           (filter_.statuses == 0 || (filter_.statuses & (1u << row.status)) != 0) &&
           (!filter_.definitions || contains(*filter_.definitions, row.definition));
  }

  Result<void> by_status() {
    for (std::uint8_t status = 0; status < kStatuses; ++status) {
      if (filter_.statuses != 0 && (filter_.statuses & (1u << status)) == 0) continue;
      XF_TRY(stream("tenant=? AND status=? AND id>=? AND id<?", filter_.limit, [&](Statement& s) {
        s.bind(filter_.tenant).bind(status).bind(filter_.key_min).bind(filter_.key_before);
      }));
    }
    return {};
  }

  Result<void> by_definitions(const std::vector<DefinitionKey>& keys) {
    if (keys.size() > kDefinitionsMax)
      return walk([&](const Instance& row) { return contains(keys, row.definition); });
    for (const auto key : keys)
      for (std::uint8_t status = 0; status < kStatuses; ++status) {
        if (filter_.statuses != 0 && (filter_.statuses & (1u << status)) == 0) continue;
        XF_TRY(stream("definition=? AND status=? AND id>=? AND id<?", filter_.limit, [&](Statement& s) {
          s.bind(key).bind(status).bind(filter_.key_min).bind(filter_.key_before);
        }));
      }
    return {};
  }

  Result<void> by_text(const InstanceFilter::Text& text) {
    if (text.key_min <= text.key_max) {
      XF_TRY(stream("id>=? AND id<=? AND id>=? AND id<?", filter_.limit, [&](Statement& s) {
        s.bind(text.key_min).bind(text.key_max).bind(filter_.key_min).bind(filter_.key_before);
      }));
    }
    XF_TRY(by_definitions(text.definitions));
    return by_business_key(text.business_key);
  }

  Result<void> by_business_key(const std::string& prefix) {
    const std::string end = prefix_end(prefix);
    const auto range = [&](Statement& s) { s.bind(filter_.tenant).text(prefix).text(end); };
    XF_TRY_ASSIGN(const auto matches, reader_.rows<InstanceKey>(
                                          "SELECT id FROM instances WHERE tenant=? AND business_key<>'' AND "
                                          "business_key>=? AND business_key<? LIMIT ?",
                                          [&](Statement& s) {
                                            range(s);
                                            s.bind(kPrefixMatchesMax + 1);
                                          },
                                          [](const Statement& s) { return s.integer(0); }));
    if (matches.size() > kPrefixMatchesMax)
      return walk([&](const Instance& row) { return row.business_key.starts_with(prefix); });
    std::vector<InstanceKey> newest(matches);
    std::ranges::sort(newest, std::greater{});
    std::uint32_t taken = 0;
    for (const auto key : newest) {
      if (taken >= filter_.limit) break;
      if (key < filter_.key_min || key >= filter_.key_before) continue;
      XF_TRY_ASSIGN(auto row, reader_.instance(key));
      if (!row || !fits(*row)) continue;
      out_.push_back(std::move(*row));
      ++taken;
    }
    return {};
  }

  // From the newest down until the page is full.
  template <typename F>
  Result<void> walk(F wanted) {
    InstanceKey before = filter_.key_before;
    const std::size_t enough = out_.size() + filter_.limit;
    constexpr std::uint32_t kStep = 2'000;
    static const std::string sql = "SELECT " + std::string(kInstanceColumns) +
                                   " FROM instances WHERE id>=? AND id<? ORDER BY id DESC LIMIT ?";
    while (out_.size() < enough) {
      XF_TRY_ASSIGN(
          auto found,
          reader_.rows<Instance>(
              sql, [&](Statement& s) { s.bind(filter_.key_min).bind(before).bind(kStep); }, read_instance));
      for (auto& row : found) {
        before = row.key;
        if (fits(row) && wanted(row)) out_.push_back(std::move(row));
      }
      if (found.size() < kStep) return {};
    }
    return {};
  }

  Reader& reader_;
  const InstanceFilter& filter_;
  std::vector<Instance> out_;
};

Result<std::vector<Instance>> Reader::instances(const InstanceFilter& filter) {
  return consistent([&] { return InstanceSearch(*this, filter).run(); });
}

}  // namespace xf::persistence::sqlite
