// Oniguruma behind Regex: translating its options, limits and error texts.
#include "base/regex/regex.h"

#include <oniguruma.h>

#include <algorithm>

namespace xf {
namespace {

// Once for the process, before the first pattern.
void initialize() {
  static const int done = [] {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    return onig_initialize(encodings, 1);
  }();
  (void)done;
}

const OnigUChar* bytes(const char* text) { return reinterpret_cast<const OnigUChar*>(text); }

OnigOptionType onig_options(const RegexOptions& options) {
  OnigOptionType bits = ONIG_OPTION_CAPTURE_GROUP;
  if (options.ignore_case) bits |= ONIG_OPTION_IGNORECASE;
  if (options.extended) bits |= ONIG_OPTION_EXTEND;
  if (options.dot_all) bits |= ONIG_OPTION_MULTILINE;
  if (options.whole_text) bits |= ONIG_OPTION_SINGLELINE;
  if (options.find_longest) bits |= ONIG_OPTION_FIND_LONGEST;
  if (options.find_not_empty) bits |= ONIG_OPTION_FIND_NOT_EMPTY;
  return bits;
}

std::string describe(int status, OnigErrorInfo* info) {
  OnigUChar text[ONIG_MAX_ERROR_MESSAGE_LEN];
  const int length = onig_error_code_to_str(text, status, info);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(std::max(length, 0))};
}

int collect_name(const OnigUChar* name, const OnigUChar* end, int count, int* groups, regex_t*, void* to) {
  auto& names = *static_cast<std::vector<std::pair<std::string, int>>*>(to);
  for (int i = 0; i < count; ++i) names.emplace_back(std::string(name, end), groups[i]);
  return 0;
}

struct MatchParam {
  explicit MatchParam(const RegexLimits& limits) : param(onig_new_match_param()) {
    onig_initialize_match_param(param);
    onig_set_retry_limit_in_match_of_match_param(param, limits.retries_max);
    onig_set_retry_limit_in_search_of_match_param(param, limits.retries_max);
    onig_set_match_stack_limit_size_of_match_param(param, limits.stack_max);
  }
  MatchParam(const MatchParam&) = delete;
  MatchParam& operator=(const MatchParam&) = delete;
  ~MatchParam() { onig_free_match_param(param); }
  OnigMatchParam* param;
};

struct Region {
  Region() { onig_region_init(&value); }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() { onig_region_free(&value, 0); }
  OnigRegion value;
};

}  // namespace

void Regex::Free::operator()(void* compiled) const noexcept { onig_free(static_cast<regex_t*>(compiled)); }

Regex::Regex(void* compiled) : compiled_(compiled) {
  onig_foreach_name(static_cast<regex_t*>(compiled), collect_name, &names_);
  std::ranges::sort(names_, {}, &std::pair<std::string, int>::second);
}

Result<Regex> Regex::compile(std::string_view pattern, const RegexOptions& options) {
  initialize();
  if (pattern.size() > kPatternBytesMax)
    return fail(Code::kInvalid, "the regular expression is longer than 64 KiB");
  if (!onigenc_is_valid_mbc_string(ONIG_ENCODING_UTF8, bytes(pattern.data()),
                                   bytes(pattern.data() + pattern.size())))
    return fail(Code::kInvalid, "the regular expression is not valid UTF-8");
  regex_t* compiled = nullptr;
  OnigErrorInfo info{};
  const int status = onig_new(&compiled, bytes(pattern.data()), bytes(pattern.data() + pattern.size()),
                              onig_options(options), ONIG_ENCODING_UTF8, ONIG_SYNTAX_PERL_NG, &info);
  if (status != ONIG_NORMAL) return fail(Code::kInvalid, describe(status, &info));
  return Regex(compiled);
}

Regex::Found Regex::search(std::string_view text, std::size_t from, std::vector<Group>* groups,
                           const RegexLimits& limits) const {
  if (from > text.size() || text.size() > kTextBytesMax) return Found::kNo;
  const MatchParam param(limits);
  Region region;
  const OnigUChar* begin = bytes(text.data());
  const OnigUChar* end = begin + text.size();
  const OnigUChar* range = begin + std::clamp(limits.begin_max, from, text.size());
  const int at =
      onig_search_with_param(static_cast<regex_t*>(compiled_.get()), begin, end, begin + from, range,
                             groups ? &region.value : nullptr, ONIG_OPTION_NONE, param.param);
  if (at == ONIG_MISMATCH) return Found::kNo;
  if (at < 0) return Found::kLimit;  // retries, stack or memory: all are limits to the caller
  if (groups) {
    groups->resize(static_cast<std::size_t>(region.value.num_regs));
    for (int i = 0; i < region.value.num_regs; ++i)
      (*groups)[static_cast<std::size_t>(i)] = {region.value.beg[i], region.value.end[i]};
  }
  return Found::kYes;
}

}  // namespace xf
