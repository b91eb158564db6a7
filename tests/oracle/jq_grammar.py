"""Random jq programs and documents for jq_oracle.py. The same seed gives the same pairs.

Programs end: nothing here loops without a bound, and what multiplies is cut by `limit`. What differs by nature (time,
environment, input and output) is not generated."""

import json
import random

KEYS = ["a", "b", "c", "name", "id", "items", "x y"]
STRINGS = ["", "a", "abc", "Hello, World", "a,b, c", "x y", "aXbxcx", "1.50", "12", "nan", "é€😀", "tab\there",
           "line\nbreak", "<a href=\"x\">&'", "2015-03-05T23:51:47Z", "[1,2]", "{\"a\":1}", "aGVsbG8=", " trim me ",
           "foo bar foo", "test", "ABC", "\u0000", "%41%zz", "'quoted'"]
NUMBERS = ["0", "1", "-1", "2", "3", "10", "0.5", "-2.5", "1.0", "1.50", "1e3", "100000000000000000001", "1e1000", "3.7",
           "1425599621", "9007199254740993", "1e-5", "0.1", "-0", "255", "65"]


def document(r, depth=0):
    pick = r.random()
    if depth > 2 or pick < 0.35:
        return r.choice([lambda: "null", lambda: r.choice(["true", "false"]), lambda: r.choice(NUMBERS),
                         lambda: r.choice(NUMBERS[:8]), lambda: json.dumps(r.choice(STRINGS))])()
    if pick < 0.65:
        return "[" + ",".join(document(r, depth + 1) for _ in range(r.randrange(5))) + "]"
    keys = r.sample(KEYS, r.randrange(len(KEYS) - 1))
    return "{" + ",".join(f"{json.dumps(k)}:{document(r, depth + 1)}" for k in keys) + "}"


ZERO = """abs acos acosh add all any arrays ascii_downcase ascii_upcase asin asinh atan atanh booleans cbrt ceil
 cos cosh empty error exp exp10 exp2 explode expm1 fabs finites first flatten floor frexp from_entries fromdate
 fromdateiso8601 fromjson gamma gmtime implode infinite isfinite isinfinite isnan isnormal iterables
 join(",") keys keys_unsorted last length lgamma log log10 log1p log2 logb ltrim map_values(.) max min mktime modf nan
 nearbyint normals not nulls numbers objects paths recurse reverse rint round rtrim scalars significand sin sinh
 sort sqrt strings tan tanh to_entries toboolean todate tojson tonumber tostream tostring transpose trim trunc type
 unique utf8bytelength values have_decnum halt_error?//1 ..|numbers @text @json @html @uri @csv @tsv @sh @base64
 @base64d @urid combinations ascii_downcase explode|implode tojson|fromjson tostream?
 [paths] [..] [.[]?] ([tostream]|fromstream(.[])) to_entries|from_entries getpath(["a","b"])""".replace(
    "halt_error?//1 ", "").replace("ascii_downcase explode|implode tojson|fromjson", "ascii_downcase").split()
ONE = """all any contains delpaths endswith error flatten format fromstream getpath group_by has in index indices inside
 join map map_values ltrimstr rtrimstr trimstr startswith max_by min_by nth path paths select sort_by split splits
 strftime strptime test match capture scan unique_by walk with_entries del recurse first last isempty
 add any bsearch IN INDEX pick tojson? rindex truncate_stream""".replace("tojson? ", "").split()
TWO = """sub gsub test match capture split pow atan2 fmod ldexp scalb nearbyint? fmin fmax setpath IN INDEX any all
 splits scan copysign drem hypot fdim nextafter""".replace("nearbyint? ", "").split()
REGEXES = ['"a"', '"[a-z]+"', '"(?<x>[a-z])(?<y>[0-9])?"', '""', '"o+"', '"^"', '"$"', '"x|y"', '"(a)(b)?"', '"\\\\s"', '"["',
           '"[^a]"', '"(?i)abc"']
FLAGS = ['"g"', '"i"', '"gx"', '"n"', '"gn"', 'null', '"q"', '"s"', '"gi"']


class Programs:
    """One random program at a time. `names` are the variables in scope, `functions` the (name, arity) pairs."""

    def __init__(self, r):
        self.r = r
        self.names, self.functions, self.labels = [], [], []

    def program(self):
        self.names, self.functions, self.labels = [], [], []
        return self.pipe(self.r.choice([1, 2, 2, 3, 3, 4]))

    def pipe(self, d):
        r = self.r
        if d <= 0:
            return self.term(0)
        form = r.random()
        if form < 0.34:
            return f"{self.term(d - 1)} | {self.pipe(d - 1)}"
        if form < 0.42:
            return f"{self.term(d - 1)}, {self.term(d - 1)}"
        if form < 0.5:
            return self.binding(d)
        if form < 0.55:
            return self.function(d)
        if form < 0.62:
            return self.update(d)
        if form < 0.72:
            return f"{self.term(d - 1)} {self.operator()} {self.term(d - 1)}"
        return self.term(d)

    def operator(self):
        return self.r.choice(["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//"])

    def scoped(self, names, make):
        self.names += names
        text = make()
        del self.names[len(self.names) - len(names):]
        return text

    def pattern(self, names, d=1):
        r = self.r
        form = r.random()
        if d == 0 or form < 0.5:
            names.append(r.choice(["$v", "$w", "$k"]))
            return names[-1]
        if form < 0.75:
            return "[" + ", ".join(self.pattern(names, d - 1) for _ in range(r.randrange(1, 3))) + "]"
        name = r.choice(["$a", "$b"])
        entries = [f"a: {self.pattern(names, d - 1)}", f'"b": {self.pattern(names, d - 1)}', name,
                   f"(\"c\",\"a\"): {self.pattern(names, d - 1)}", f"{name}: {self.pattern(names, d - 1)}"]
        entry = r.choice(entries)
        if name in entry:
            names.append(name)
        return "{" + entry + "}"

    def binding(self, d):
        names = []
        patterns = [self.pattern(names)]
        while self.r.random() < 0.25:
            patterns.append(self.pattern(names))
        source = self.term(d - 1)
        body = self.scoped(names, lambda: self.pipe(d - 1))
        return f"{source} as {' ?// '.join(patterns)} | {body}"

    def function(self, d):
        r = self.r
        form = r.randrange(4)
        if form == 0:
            text, name = f"def f: {self.pipe(d - 1)};", ("f", 0)
        elif form == 1:
            self.functions.append(("g", 0))
            text, name = f"def h(g): {self.pipe(d - 1)};", ("h", 1)
            self.functions.pop()
        elif form == 2:
            text = "def h($p): " + self.scoped(["$p"], lambda: self.pipe(d - 1)) + ";"
            name = ("h", 1)
        else:
            text, name = "def f: if type == \"array\" then .[] | f else . end;", ("f", 0)
        self.functions.append(name)
        body = self.pipe(d - 1)
        self.functions.pop()
        return f"{text} {body}"

    def path(self, d):
        r = self.r
        steps = [".a", ".b", ".[0]", ".[-1]", ".[]", ".[]?", ".a?", '.["name"]', ".items", ".[1:]", ".[:2]", ".[-2:]", "..",
                 ".[1:3]", '."x y"', ".[2]", 'getpath(["a"])', "first", "last", "(.a,.b)", ".[]|select(.)?", "(.a // .b)",
                 "(.[] | numbers)", "recurse", "if .a? then .a else . end", "empty", "paths", "nth(1)", "first(.[])",
                 "limit(1; .[])", "to_entries", ".[0.5]", ".[1.7:2.2]", ".[null:1]", "try .a", "error", "reduce 1 as $i (.; .a?)"]
        return " | ".join(r.choice(steps) for _ in range(r.choice([1, 1, 1, 2])))

    def update(self, d):
        value = self.term(min(d - 1, 1))
        op = self.r.choice(["=", "|=", "|=", "+=", "-=", "*=", "/=", "%=", "//="])
        return f"({self.path(d)}) {op} {value}"

    def term(self, d):
        r = self.r
        if d <= 0 or r.random() < 0.3:
            return self.leaf()
        form = r.randrange(17)
        if form == 0:
            return f"({self.pipe(d)})"
        if form == 1:
            return f"[{self.pipe(d - 1)}]"
        if form == 2:
            return self.construct(d)
        if form == 3:
            parts = [f"if {self.pipe(d - 1)} then {self.pipe(d - 1)}"]
            if r.random() < 0.3:
                parts.append(f"elif {self.term(d - 1)} then {self.term(d - 1)}")
            if r.random() < 0.7:
                parts.append(f"else {self.pipe(d - 1)}")
            return " ".join(parts + ["end"])
        if form == 4:
            return f"try ({self.pipe(d - 1)}) catch {self.leaf()}" if r.random() < 0.7 else f"({self.pipe(d - 1)})?"
        if form == 5:
            return self.fold(d)
        if form == 6:
            return self.text(d)
        if form in (7, 8, 9):
            return f"{r.choice(ONE)}({self.argument(d)})"
        if form == 10:
            name = r.choice(TWO)
            first = r.choice(REGEXES) if name in ("sub", "gsub", "test", "match", "capture", "split", "scan", "splits") else self.term(d - 1)
            last = r.choice(FLAGS) if name in ("test", "match", "capture", "split", "scan", "splits") else self.argument(d)
            return f"{name}({first}; {last})"
        if form == 11:
            return self.bounded(d)
        if form == 12:
            self.labels.append("$out")
            text = f"(label $out | {self.pipe(d - 1)})"
            self.labels.pop()
            return text
        if form == 13:
            return f"{r.choice(['path', 'del', 'paths', 'pick', '[paths]|map', 'delpaths', 'to_entries|map'])}({self.path(d)})"
        if form == 14:
            return f"{self.leaf()}{r.choice(['[0]', '.a', '[]', '[]?', '[1:]', '[.]?', '?', '[:-1]', '.a?.b?'])}"
        if form == 15:
            return f"-({self.pipe(d - 1)})"
        return f"({self.term(d - 1)} {self.operator()} {self.term(d - 1)})"

    def argument(self, d):
        r = self.r
        return r.choice([lambda: self.leaf(), lambda: self.term(d - 1), lambda: self.pipe(d - 1), lambda: self.path(d),
                         lambda: r.choice(REGEXES), lambda: json.dumps(r.choice(STRINGS)), lambda: r.choice(NUMBERS[:8])])()

    def construct(self, d):
        r = self.r
        entries = []
        for _ in range(r.randrange(3)):
            entries.append(r.choice([
                lambda: f"a: {self.term(d - 1)}", lambda: "name", lambda: f'"b": {self.leaf()}',
                lambda: f"({self.term(d - 1)}): {self.leaf()}", lambda: f'"k\\({self.leaf()})": 1', lambda: "@base64 \"x\": 2",
                lambda: r.choice(self.names) if self.names else "a", lambda: "if: 1", lambda: "$__loc__"])())
        return "{" + ", ".join(entries) + "}"

    def fold(self, d):
        names = []
        pattern = self.pattern(names)
        source = f"limit(5; {self.term(d - 1)})" if self.r.random() < 0.5 else ".[]?"
        init, form = self.leaf(), self.r.random()
        update = self.scoped(names, lambda: self.pipe(d - 1))
        if form < 0.5:
            return f"reduce {source} as {pattern} ({init}; {update})"
        if form < 0.75:
            return f"foreach {source} as {pattern} ({init}; {update})"
        extract = self.scoped(names, lambda: self.term(d - 1))
        return f"foreach {source} as {pattern} ({init}; {update}; {extract})"

    def bounded(self, d):
        r = self.r
        body = self.pipe(d - 1)
        small = r.choice(["0", "1", "2", "3", "-1", "."])
        return r.choice([
            f"limit({small}; {body})", f"skip({small}; {body})", f"first({body})", f"last({body})", f"nth({small}; {body})",
            f"isempty({body})", f"limit(4; repeat({body}))", f"limit(4; recurse({self.leaf()}))",
            "[limit(20; range(0; 10; 3))]", f"range({r.choice(NUMBERS[:8])}; 5)", "[limit(20; range(5; 0; -2))]",
            f"limit(5; while(. != 3; {self.leaf()}))", "[.[]?] | until(length < 2; .[1:])", f"any({body}; .)", f"all({body}; .)",
            f"add({body})", f"error({body})", f"getpath({self.leaf()})", f"setpath([\"a\"]; {body})", f"input_line_number?",
            f"[splits({r.choice(REGEXES)})]", f"walk({self.leaf()})", f"env? | 1" if False else "1", f"limit(3; .[]?)",
            f"tojson | fromjson", f"ltrimstr({json.dumps(r.choice(STRINGS))})", f"group_by({self.leaf()})",
            f"[limit(9; combinations(2))]", "ascii_downcase, ascii_upcase", f"with_entries(.value |= {self.leaf()})",
            f"to_entries | map({self.leaf()})", f"with_entries({body})", "splits(\", *\"; null)",
            f"strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime", f"strftime(\"%A, %B %d, %Y %j %e %H:%M:%S %Z\")", f"todate", f"@json \"x\\({body})\""])

    def text(self, d):
        r = self.r
        form = r.choice(["", "", "@json ", "@text ", "@html ", "@uri ", "@csv ", "@tsv ", "@sh ", "@base64 ", "@base64d "])
        return f'{form}"v=\\({self.pipe(d - 1)}) \\(1+1)"'

    def leaf(self):
        r = self.r
        form = r.random()
        if form < 0.2:
            return "."
        if form < 0.32:
            return r.choice([".a", ".b", ".[0]", ".[]?", ".name", ".[-1]", ".items[0]?", "..", ".[1:]", ".a.b?"])
        if form < 0.44:
            return r.choice(NUMBERS)
        if form < 0.54:
            return json.dumps(r.choice(STRINGS), ensure_ascii=r.random() < 0.5).replace("\\u0000", "\\u0000")
        if form < 0.62 and self.names:
            return r.choice(self.names)
        if form < 0.68 and self.functions:
            name, arity = r.choice(self.functions)
            return name if arity == 0 else f"{name}({r.choice(['.', '1', '.[]?', '.a?'])})"
        if form < 0.7 and self.labels:
            return f"break {r.choice(self.labels)}"
        if form < 0.76:
            return r.choice(["null", "true", "false", "[]", "{}", "[1,2,3]", '{"a":1,"b":[2]}', "[[1,2],[3,4]]", "nan", "infinite",
                             '[{"a":1},{"a":2}]', '["a","b"]', '[3,1,2]', '{"a":{"b":null}}'])
        text = r.choice(ZERO)
        return f"({text})" if "|" in text else text
