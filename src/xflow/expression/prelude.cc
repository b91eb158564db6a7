// See prelude.h.
#include "xflow/expression/prelude.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "xflow/expression/parser.h"

namespace xf::expression {
namespace {

constexpr std::string_view kText = R"jq(
# Collections.
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def select(f): if f then . else empty end;
def add(f): reduce f as $x (null; . + $x);
def error(message): message | error;
def with_entries(f): to_entries | map(f) | from_entries;
def sort_by(f): _sort_by(map([f]));
def group_by(f): _group_by(map([f]));
def unique_by(f): _unique_by(map([f]));
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
def any(source; f): isempty(source | f or empty) | not;
def all(source; f): isempty(source | f and empty);
def any(f): any(.[]; f);
def all(f): all(.[]; f);
def walk(f): def step: (if type == "object" then map_values(step) elif type == "array" then map(step) else . end) | f; step;
def combinations: if length == 0 then [] else .[0][] as $head | (.[1:] | combinations) as $tail | [$head] + $tail end;
def combinations(n): [. as $set | range(n) | $set] | combinations;

# By kind.
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def nulls: select(. == null);
def values: select(. != null);
def normals: select(isnormal);
def finites: select(isfinite);

# Generators.
def recurse(f): def step: ., (f | step); step;
def recurse(f; more): def step: ., (f | select(more) | step); step;
def repeat(f): def step: f, step; step;
def while(more; next): def step: if more then ., (next | step) else empty end; step;
def until(done; next): def step: if done then . else next | step end; step;
def range($end): range(0; $end);
def range($from; $to; $by):
  if $by > 0 then $from | while(. < $to; . + $by)
  elif $by < 0 then $from | while(. > $to; . + $by)
  else empty end;
def limit($n; f):
  if $n > 0 then label $enough | foreach f as $x ($n; . - 1; $x, if . <= 0 then break $enough else empty end)
  elif $n == 0 then empty
  else error("limit doesn't support negative count") end;
def skip($n; f):
  if $n > 0 then foreach f as $x ($n; . - 1; if . < 0 then $x else empty end)
  elif $n == 0 then f
  else error("skip doesn't support negative count") end;
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("nth doesn't support negative indices") else first(skip($n; f)) end;
def first: .[0];
def last: .[-1];

# Paths.
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def del(f): delpaths([path(f)]);
def pick(f): . as $whole | reduce path(f) as $p (null; setpath($p; $whole | getpath($p)));

# Streams.
def tostream: _tostream[];
def fromstream(f):
  foreach f as $event ({x: null, done: false};
    (if .done then {x: null, done: false} else . end)
    | if $event | length == 2
      then .done = ($event[0] | length == 0) | setpath(["x"] + $event[0]; $event[1])
      else .done = ($event[0] | length == 1) end;
    if .done then .x else empty end);
def truncate_stream(f): . as $depth | null | f | if (.[0] | length) > $depth then .[0] |= .[$depth:] else empty end;

# Regular expressions.
def _arguments: type as $kind
  | if $kind == "string" then [., null]
    elif $kind == "array" and length > 1 then [.[0], .[1]]
    elif $kind == "array" and length > 0 then [.[0], null]
    else error($kind + " not a string or array") end;
def _captures: reduce (.captures[] | select(.name != null) | {(.name): .string}) as $pair ({}; . + $pair);
def match(pattern; flags): _match(pattern; flags; false)[];
def match($how): ($how | _arguments) as [$pattern, $flags] | match($pattern; $flags);
def capture(pattern; flags): match(pattern; flags) | _captures;
def capture($how): ($how | _arguments) as [$pattern, $flags] | capture($pattern; $flags);
def scan($pattern; $flags):
  match($pattern; "g" + $flags) | if .captures | length > 0 then [.captures[].string] else .string end;
def scan($pattern): scan($pattern; null);
def splits($pattern; $flags):
  .[foreach (match($pattern; $flags + "g"), null) as {$offset, $length}
    (null; {start: .next, end: $offset, next: ($offset + $length)})];
def splits($pattern): splits($pattern; null);
def sub($pattern; text; $flags):
  . as $whole
  | _pieces($pattern; $flags) as $pieces
  | [range($pieces | length / 2 | floor) as $at
     | [$pieces[2 * $at + 1] | _captures | text] as $new
     | [$pieces[2 * $at] + $new[]]] as $rows
  | ($rows | map(length) | max // 0) as $count
  | if $count == 0 then $whole
    else range($count) as $i | ([$rows[] | select(length > $i) | .[$i]] | add) + $pieces[-1] end;
def sub($pattern; text): sub($pattern; text; "");
def gsub($pattern; text; flags): sub($pattern; text; flags + "g");
def gsub($pattern; text): sub($pattern; text; "g");

# Dates.
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdate: fromdateiso8601;
def todate: todateiso8601;

# As in SQL.
def INDEX(rows; key): reduce rows as $row ({}; .[$row | key | tostring] = $row);
def INDEX(key): INDEX(.[]; key);
def JOIN($index; key): [.[] | [., $index[key]]];
def JOIN($index; rows; key): rows | [., $index[key]];
def JOIN($index; rows; key; joined): rows | [., $index[key]] | joined;
def IN(set): any(set == .; .);
def IN(rows; set): any(rows == set; .);
)jq";

struct Library {
  Arena arena;
  std::vector<const AstDef*> definitions;
  Library() {
    auto parsed = parse_library(kText, arena);
    XF_CHECK(parsed.has_value(), "the prelude is an expression like any other");
    definitions = *std::move(parsed);
    std::sort(definitions.begin(), definitions.end(), before);
  }
  static bool before(const AstDef* a, const AstDef* b) {
    if (a->name != b->name) return a->name < b->name;
    return a->parameters.size() < b->parameters.size();
  }
};

const Library& library() {
  static const Library instance;
  return instance;
}

}  // namespace

std::span<const AstDef* const> prelude() { return library().definitions; }

const AstDef* find_prelude(std::string_view name, std::size_t arity) {
  const auto all = prelude();
  const auto found = std::lower_bound(
      all.begin(), all.end(), std::pair(name, arity),
      [](const AstDef* d, auto& key) { return std::pair(d->name, d->parameters.size()) < key; });
  return found != all.end() && (*found)->name == name && (*found)->parameters.size() == arity ? *found
                                                                                              : nullptr;
}

}  // namespace xf::expression
