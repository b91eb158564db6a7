"""Programs that try to stall, to fill memory or to crash. Each is (expected, program, input text)."""

# What ends them: the budget, an error of jq's own, or nothing (their result is harmless). "any": it only must end in time.
BUDGET, ERROR, ENDS, ANY = "budget", "error", "ends", "any"

DEEP = 1_000_000


def with_null(expected, programs):
    return [(expected, program, "null") for program in programs]


# The least that is promised, one by one.
PROMISED = [
    *with_null(BUDGET, [
        "[range(1e9)]", "def f: f; f", "def f: 1+f; f", "reduce range(1e6) as $i (0;[.])", "[limit(1e9;repeat(1))]",
        '("a"*50000)|test("(a+)+$b")', "[range(1e5)]|[combinations(3)]"]),
    # jq has limits of its own for these two, and doubles for the third: its error and its result are the right ones.
    *with_null(ERROR, ['"x"*1e12', "[.[1e9]=1]"]),
    *with_null(ENDS, ["reduce range(40) as $i (10;.*.)|tostring"]),
    # Nested a million deep: read, built, compared, printed, freed.
    (ANY, ".", "[" * DEEP + "]" * DEEP), (ANY, ".", '{"a":' * DEEP + "1" + "}" * DEEP), (ANY, ".", "[" * DEEP),
    *with_null(BUDGET, [
        f'("["*{DEEP})+("]"*{DEEP})|fromjson', f"reduce range({DEEP}) as $i (0;{{a:.}})|tojson",
        f"(reduce range({DEEP}) as $i (0;[.])) as $a | (reduce range({DEEP}) as $i (0;[.])) as $b | $a == $b",
        f"[limit({DEEP};repeat(reduce range({DEEP}) as $i (0;[.])))]|sort"]),
]

NESTED = "reduce range(40) as $i (10;[.,.])"
MEMBERS = "reduce range(40) as $i (10;{a:.,b:.})"

SHARED = with_null(BUDGET, [
    f"{NESTED}|tojson", f"{NESTED}|flatten", f"{NESTED}|[..]|length", f"{NESTED}|walk(.)", f"{NESTED}|[paths]|length",
    f"{NESTED}|[tostream]|length", f"[({NESTED}),({NESTED})]|sort", f"[({NESTED}),({NESTED})]|unique",
    f"[({NESTED}),({NESTED})]|group_by(.)|length", f"[({NESTED}),({NESTED})]|min", f"[({MEMBERS}),({MEMBERS})]|sort",
    f"({NESTED}) as $a|({NESTED}) as $b|$a==$b", f"({NESTED}) as $a|({NESTED}) as $b|$a<$b", f"({MEMBERS})|tojson",
    f"({MEMBERS}) as $a|({MEMBERS}) as $b|$a*$b", f"({NESTED}) as $a|({NESTED}) as $b|$a|contains($b)", f"[{NESTED}]|@text",
    f"{NESTED}|\"\\(.)\"", f"{NESTED}|.. |= .", f"{NESTED}|del(..)", f"({NESTED}) as $a|({NESTED}) as $b|[$a]-[$b]",
    f"({NESTED}) as $a|({NESTED}) as $b|[$a]|index([$b])"]) + with_null(ANY, [f"error({NESTED})", f"{NESTED}|error"])

ENDLESS = with_null(BUDGET, [
    "last(range(1e9))", "until(false;.)", "[while(true;.+1)]", "[recurse([.])]", "last(recurse(.;true))", "last(repeat(1))",
    "def f: f,f; last(f)", "def f: [f]; f", "def f: f|f; f", "def f(g): f(g|g); f(.)", "def f($x): f($x+1); f(0)",
    "reduce repeat(1) as $x (0;.)", "last(foreach repeat(1) as $x (0;.+1))", "last(range(0;infinite))", "last(range(0;1;1e-12))",
    "first(repeat(empty))", "last(path(repeat(.)))", "[limit(1e9;path(repeat(.a)))]", "last(path(recurse(.a?)))",
    "fromstream(range(1e9)|[[.],1])", "def f(x): limit(1e9;repeat(x)); last(f(f(f(1))))", "label $x|last(repeat(1))",
    "def f: try f catch f; f", "def f: .a|=f; f", "def f: path(f); f", "def f: reduce f as $x (f;f); f", "isempty(repeat(empty))",
    "[limit(1e9;repeat({a:1}))]", "any(repeat(false);.)"])

WIDE = with_null(BUDGET, [
    '[limit(1e9;repeat("x"*1e6))]', 'reduce range(60) as $i ("ab";.+.)', 'reduce range(60) as $i ("ab";.*2)', '"abc"*1e8',
    '[range(1e6)|tostring|test("[\\(.)]")]', '("<"*4e6)|@html', '("\'"*8e6)|@sh', '("é"*4e6)|@uri', "[limit(4;repeat(\"y\"*4e6))]|@csv",
    "reduce range(1e6) as $i ({};.[\"k\\($i)\"]=$i)", "[range(1e5)] as $a|$a-$a",
    "reduce range(1e6) as $i ([];.[$i][$i%3]=1)", ".[range(1e9)]=1", "null|[.[range(1e9)]]", "[range(1e6)|[.]]|group_by(.[0]%7)",
    "[[range(100)]|.,.,.,.,.]|last(combinations)", "last(range(1e9)|[1,{a:2}]|tojson|fromjson)", "[range(1e7)|65]|implode",
    '("a"*1e7)|explode', "last(range(1e9)|todate)", "last(range(1e9)|exp10)", "[limit(1e6;repeat({a:{b:1}}))]|reduce .[] as $x ({};.*$x)",
    '("a"*2e6)|[splits("a")]', '("ab"*1e6)|gsub("(?<x>.)";"\\(.x)\\(.x)")', '("a"*30000)|[match("(?=(a+))";"g")]', ".[1e8]=1",
    '("a"*50000)|test("(a|aa)+$")', '("a"*100000)|test("a*a*a*a*b")', '("ab"*50000)|[scan("(a|b)*c")]', '@json "\\([range(1e9)])"',
    "[limit(1000;repeat(\"1\"*10000|tonumber))]|last(range(1e9) as $i|sort)", "[range(1e5)]|[range(1e5)] as $b|contains($b)"])

ENDS_SOON = with_null(ANY, [
    "[range(3e4)]|indices([range(15000)])", '("a"*50000)|[scan("(?>a+)b|a")]', '("a"*50000)|[scan("a*+b|a")]', '("a"*50000)|[scan("(?!a+b)a")]',
    ".[1e18]", ".[-1e18]=1", "[1]|.[1e18:]", ".[1e18]=1", "getpath([range(1e5)])", "setpath([range(20000)];1)", '"x"*nan', '"x"*-1',
    '"x"*infinite', "1e308|exp10", "pow(1e300;1e300)", "ldexp(1;1e18)", "range(nan)", "1e18|todate", "-1e300|gmtime", '0|strftime("%A"*1e5)',
    '0|strftime("%1000000000Y")', '"1"|strptime("%Y"*1e5)', '("1"*1e6)|tonumber', '"1e1000000000"|tonumber', '("0."+"1"*1e6)|tonumber|tostring',
    '"a"|test("("*5000)', '"a"|test("a{1,100000}{1,100000}")', '("a"*200)|test("(.*)*(.*)*(.*)*x")', '("a"*1e5)|indices("a"*5e4)',
    '("a,"*1e5)|split(",")', "[range(300)|[range(300)]]|[paths]", "[range(1e5)]|tojson|fromjson|tojson", "delpaths([range(1e5)|[.]])",
    "pick(.[1e6])", "[range(1000)]|.[range(1000)]|=empty", "[range(2e4)]|[.[1:],.[:-1]]|transpose", "[limit(1e5;repeat([[[]]]))]|flatten(1e9)",
    "reduce range(200000) as $i (0;[.])|tojson", "[limit(1e5;repeat({}))]|add", "(\"\\u0000\"*1e5)|@json", "[range(1e5)]|join(\",\")",
    "[.[]?//range(1e5)]", "reduce range(20) as $i ([1];[.,.])|[.,.,.]|group_by(.)", '("a"*1e6)|ltrimstr("a"*5e5)', "$__loc__|tojson"])


def repeated(count, before, inside, after=""):
    return (ANY, before * count + inside + after * count, "null")


# Long texts and deep syntax; one argument of a process takes 128 KiB.
SYNTAX = [
    repeated(50_000, "(", "1", ")"), repeated(50_000, "[", "1", "]"), repeated(100_000, "(", "1"), repeated(100_000, "-", "1"),
    repeated(20_000, "{a:", "1", "}"), repeated(30_000, "1+", "1"), repeated(30_000, "1|", "1"), repeated(50_000, "1,", "1"),
    repeated(30_000, "1//", "1"), repeated(20_000, ".a|=", "1"), repeated(5_000, "if 1 then ", "1", " end"), repeated(10_000, "if 1 then ", "1"),
    repeated(1, ".", "?" * 100_000), repeated(1, ".", ".a" * 30_000), repeated(1, ".", "[0]" * 30_000), repeated(30_000, ".[", "0", "]"),
    repeated(10_000, '"\\(', "1", ')"'), repeated(10_000, "def f: ", "1", "; f"), repeated(10_000, "def f: 1; ", "f"), repeated(10_000, "1 as $x|", "$x"),
    repeated(20_000, "try ", "error"), repeated(5_000, "reduce 1 as $x(0;", "$x", ")"), repeated(5_000, "foreach 1 as $x(0;", "$x", ")"),
    repeated(8_000, "label $x|", "break $x"), repeated(20_000, "path(", ".", ")"), repeated(20_000, "not|", "1"),
    (ANY, ". as " + "[$a] ?// " * 10_000 + "[$b] | 1", "null"), (ANY, ". as " + "[" * 20_000 + "$a" + "]" * 20_000 + "|$a", "null"),
    (ANY, ". as " + "{a:" * 20_000 + "$a" + "}" * 20_000 + "|$a", "null"), (ANY, '"' + "x" * 120_000 + '"', "null"), (ANY, "1" * 120_000, "null"),
    (ANY, "def f(g): g|g; " + "f(" * 60 + "." + ")" * 60, "null"), (ANY, "#" * 120_000, "null"), (ANY, "def f(a;b): a,b; " + "f(" * 3_000 + "1;1" + ";1)" * 2_999 + ")", "null"),
]

MORE = SHARED + ENDLESS + WIDE + ENDS_SOON + SYNTAX
