// Registers and renders metrics.
#include "base/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "base/check.h"
#include "base/match.h"

namespace xf::metrics {

namespace {

bool is_name(std::string_view name, bool colon_allowed) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c == ':' && colon_allowed);
  });
}

void append_escaped(std::string& out, std::string_view text, bool quoted) {
  for (char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quoted)
      out += "\\\"";
    else
      out += c;
  }
}

std::string render_labels(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    XF_CHECK(is_name(name, false) && !name.starts_with("__"),
             "a label must have a name that Prometheus accepts");
    if (!out.empty()) out += ',';
    out += name + "=\"";
    append_escaped(out, value, true);
    out += '"';
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[32];
  // The shortest form that reads back as the same number.
  for (int digits : {6, 15, 17}) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (std::strtod(text, nullptr) == value) break;
  }
  return text;
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix,
                   const std::string& labels, std::string_view value) {
  out.append(name).append(suffix);
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out.append(" ").append(value).append("\n");
}

void render(std::string& out, const std::string& name, const std::string& labels,
            const Histogram& histogram) {
  const std::string prefix = labels.empty() ? "" : labels + ",";
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) {
    count += histogram.in_bucket(i);
    const bool last = i == histogram.bounds().size();
    const std::string bound = last ? "+Inf" : number(histogram.bounds()[i]);
    append_sample(out, name, "_bucket", prefix + "le=\"" + bound + "\"", std::to_string(count));
  }
  append_sample(out, name, "_sum", labels, number(histogram.sum()));
  // The count is the sum of the buckets, so that a scrape in the middle of an observation agrees with itself.
  append_sample(out, name, "_count", labels, std::to_string(count));
}

template <typename Metric>
const char* kind_of(const Metric& metric) {
  return match(
      metric,  //
      [](const Counter&) { return "counter"; }, [](const Gauge&) { return "gauge"; },
      [](const Histogram&) { return "histogram"; },
      [](const Computed& m) { return m.is_counter ? "counter" : "gauge"; });
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
  XF_CHECK(std::is_sorted(bounds_.begin(), bounds_.end()), "a histogram's bounds must ascend");
}

void Histogram::observe(double value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

template <typename M, typename... Args>
M& Registry::find_or_add(std::string_view name, std::string_view help, const Labels& labels, Args&&... args) {
  XF_CHECK(is_name(name, true), "a metric must have a name that Prometheus accepts");
  const std::size_t kind = Metric(std::in_place_type<M>, args...).index();
  const std::lock_guard lock(mutex_);
  auto& family = families_.try_emplace(std::string(name), Family{std::string(help), kind, {}}).first->second;
  XF_CHECK(family.kind == kind, "a metric's name must stand for one kind");
  auto& metric =
      family.members.try_emplace(render_labels(labels), std::in_place_type<M>, std::forward<Args>(args)...)
          .first->second;
  return std::get<M>(metric);
}

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  return find_or_add<Counter>(name, help, labels);
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return find_or_add<Gauge>(name, help, labels);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                               const Labels& labels) {
  return find_or_add<Histogram>(name, help, labels, std::move(bounds));
}

void Registry::computed(std::string_view name, std::string_view help, Computed value, const Labels& labels) {
  find_or_add<Computed>(name, help, labels, std::move(value));
}

std::string Registry::render() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out += "# HELP " + name + " ";
    append_escaped(out, family.help, false);
    out += "\n# TYPE " + name + " " + kind_of(family.members.begin()->second) + "\n";
    for (const auto& [labels, metric] : family.members) {
      match(
          metric,  //
          [&](const Counter& m) { append_sample(out, name, "", labels, std::to_string(m.value())); },
          [&](const Gauge& m) { append_sample(out, name, "", labels, std::to_string(m.value())); },
          [&](const Histogram& m) { metrics::render(out, name, labels, m); },
          [&](const Computed& m) { append_sample(out, name, "", labels, number(m.value())); });
    }
  }
  return out;
}

std::vector<double> latency_bounds() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

}  // namespace xf::metrics
