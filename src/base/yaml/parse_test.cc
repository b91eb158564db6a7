#include "base/yaml/parse.h"

#include <gtest/gtest.h>

#include "base/json/print.h"

namespace xf::yaml {
namespace {

std::string json_of(std::string_view text) {
  const auto root = parse(text);
  return root ? json::print(root->value) : "refused: " + root.error()[0].message;
}

// "line:column message" of the first problem.
std::string refusal(std::string_view text, const Limits& limits = {}) {
  const auto root = parse(text, limits);
  if (root) return "accepted: " + json::print(root->value);
  const Problem& p = root.error()[0];
  return std::to_string(p.position.line) + ":" + std::to_string(p.position.column) + " " + p.message;
}

std::string place(const Node& node) {
  return std::to_string(node.start.line) + ":" + std::to_string(node.start.column);
}

struct Plain {
  std::string_view text, json;
};

void PrintTo(const Plain& p, std::ostream* out) { *out << p.text; }

class PlainScalar : public testing::TestWithParam<Plain> {};

TEST_P(PlainScalar, FollowsTheCoreSchemaOfYaml12) {
  EXPECT_EQ(json_of("v: " + std::string(GetParam().text)), "{\"v\":" + std::string(GetParam().json) + "}");
}

INSTANTIATE_TEST_SUITE_P(
    Yaml, PlainScalar,
    testing::Values(Plain{"~", "null"}, Plain{"", "null"}, Plain{"Null", "null"}, Plain{"nULL", "\"nULL\""},
                    Plain{"true", "true"}, Plain{"FALSE", "false"}, Plain{"tRue", "\"tRue\""},
                    Plain{"yes", "\"yes\""}, Plain{"off", "\"off\""}, Plain{"on", "\"on\""},
                    Plain{"y", "\"y\""}, Plain{"1:30", "\"1:30\""}, Plain{"2026-01-01", "\"2026-01-01\""},
                    Plain{"1_000", "\"1_000\""}, Plain{"12", "12"}, Plain{"-12", "-12"}, Plain{"+12", "12"},
                    Plain{"007", "7"}, Plain{"0", "0"}, Plain{"0x1F", "31"}, Plain{"0o17", "15"},
                    Plain{"0o18", "\"0o18\""}, Plain{"0b1", "\"0b1\""}, Plain{"1.5", "1.5"},
                    Plain{".5", "0.5"}, Plain{"5.", "5"}, Plain{"1e3", "1E+3"}, Plain{"1.2.3", "\"1.2.3\""},
                    Plain{".", "\".\""}, Plain{".nan", "null"}, Plain{".inf", "1.7976931348623157e+308"},
                    Plain{"-.INF", "-1.7976931348623157e+308"},
                    Plain{"100000000000000000001", "100000000000000000001"}, Plain{"1e", "\"1e\""},
                    Plain{"'12'", "\"12\""}, Plain{"\"true\"", "\"true\""}, Plain{"!!str 12", "\"12\""},
                    Plain{"!!int 12", "12"}, Plain{"! 12", "\"12\""}));

TEST(Yaml, ReadsBlocksFlowsAndScalars) {
  EXPECT_EQ(json_of("a: [1, {b: c}]\nd:\n  - e\n  - f: |\n      two\n      lines\n"),
            R"({"a":[1,{"b":"c"}],"d":["e",{"f":"two\nlines\n"}]})");
  EXPECT_EQ(json_of("on: 1\n200: ok\ntrue: t\n"), R"({"on":1,"200":"ok","true":"t"})");
  EXPECT_EQ(json_of("a: >\n  folded\n  text\n"), "{\"a\":\"folded text\\n\"}");
  EXPECT_EQ(json_of("%YAML 1.2\n---\na: 1\n...\n"), R"({"a":1})");
  EXPECT_EQ(json_of("\xEF\xBB\xBF"
                    "a: 1"),
            R"({"a":1})");
}

TEST(Yaml, KnowsWhereEverythingStands) {
  const auto root = parse("# c\ndo:\n  - \xC3\xA9t\xC3\xA9: { x: 'y' }\n");
  ASSERT_TRUE(root);
  const Entry& task = root->entries[0].node.items[0].entries[0];
  EXPECT_EQ(root->entries[0].position, (Position{2, 1}));
  EXPECT_EQ(task.position, (Position{3, 5}));
  EXPECT_EQ(place(task.node), "3:10");
  EXPECT_EQ(place(task.node.entries[0].node), "3:15");
}

TEST(Yaml, SharesOneValueBetweenNodeAndParent) {
  const auto root = parse("a: {b: [1, 2]}");
  ASSERT_TRUE(root);
  EXPECT_TRUE(root->entries[0].node.value.same_as(root->value.get("a")));
}

TEST(Yaml, AliasesCopyWhatTheirAnchorHolds) {
  EXPECT_EQ(json_of("a: &x {n: 1}\nb: *x\nc: [*x, *x]"),
            R"({"a":{"n":1},"b":{"n":1},"c":[{"n":1},{"n":1}]})");
  EXPECT_EQ(refusal("a: *x"), "1:4 no anchor '&x' stands before this alias");
  EXPECT_EQ(refusal("a: &x [*x]"), "1:8 no anchor '&x' stands before this alias");
}

TEST(Yaml, RefusesAliasesThatExplode) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + last;
    for (int k = 0; k < 8; ++k) bomb += ", " + last;
    bomb += "]\n";
  }
  EXPECT_NE(refusal(bomb).find("anchors and aliases stand for more than"), std::string::npos);
  const std::string wide = "a: &a '" + std::string(400'000, 'x') + "'\nb: [*a, *a, *a]";
  EXPECT_NE(refusal(wide).find("anchors and aliases stand for more than"), std::string::npos);
}

struct Refused {
  std::string_view text, problem;
};

void PrintTo(const Refused& r, std::ostream* out) { *out << r.text; }

class RefusedYaml : public testing::TestWithParam<Refused> {};

TEST_P(RefusedYaml, SaysWhere) {
  const std::string got = refusal(GetParam().text);
  EXPECT_TRUE(got.starts_with(GetParam().problem)) << got;
}

INSTANTIATE_TEST_SUITE_P(
    Yaml, RefusedYaml,
    testing::Values(
        Refused{"", "1:1 the document is empty"}, Refused{"# nothing\n", "1:1 the document is empty"},
        Refused{"a: 1\nb: 2\na: 3", "3:1 the key 'a' is written twice"},
        Refused{"a: {b: 1, b: 2}", "1:11 the key 'b' is written twice"},
        Refused{"a: 1\n---\nb: 2", "2:1 a second document begins here"},
        Refused{"<<: {a: 1}", "1:1 merge keys (<<) are not part of YAML 1.2"},
        Refused{"? [a]\n: 1", "1:3 a key must be a plain text"},
        Refused{"a: !!binary aGk=", "1:4 the tag 'tag:yaml.org,2002:binary' is not possible"},
        Refused{"a: !mine x", "1:4 the tag '!mine' is not possible"},
        Refused{"a: !!int x", "1:4 the tag 'tag:yaml.org,2002:int' is not possible"},
        Refused{"a: !!set {x}", "1:4 the tag 'tag:yaml.org,2002:set' is not possible"},
        Refused{"a: [1, 2", "2:1 not valid YAML"}, Refused{"a: 'x", "1:6 not valid YAML"},
        Refused{"a:\n\tb: 1", "2:1 the line is indented by a tab"}, Refused{"a: b: c", "1:5 not valid YAML"},
        Refused{"a: \"\\q\"", "1:5 not valid YAML"}, Refused{"a: 1\nb: \xFF", "2:4 not valid UTF-8"},
        Refused{"a: \xED\xA0\x80", "1:4 not valid UTF-8"}, Refused{"a: \x01", "1:4 not valid YAML"},
        Refused{"{\"a\": 1,,}", "1:9 expected a property name"},
        Refused{"{\"a\": 1, \"a\": 2}", "1:10 the key 'a' is written twice"},
        Refused{"{\"a\": \"\\ud800\"}", "1:8 half of a surrogate pair"},
        Refused{"a: 1e9999999999", "1:4 the number is out of range"},
        Refused{"{\"a\": 1e9999999999}", "1:7 the number is out of range"},
        Refused{"{\"a\" 1}", "1:6 expected ':'"}, Refused{"{\"a\": }}", "1:7 expected a value"},
        Refused{"{\"a\":\n \"x", "2:4 the string is not closed"}));

TEST(Yaml, HoldsItsLimits) {
  EXPECT_EQ(refusal("abc", {.bytes_max = 2}), "1:1 the document has 3 bytes; the limit is 2");
  EXPECT_EQ(json_of(std::string(128, '[') + std::string(128, ']')).size(), 256u);
  EXPECT_EQ(refusal(std::string(129, '[') + std::string(129, ']')), "1:129 nested deeper than 128 levels");
  EXPECT_EQ(refusal("a: " + std::string(128, '[')).substr(0, 20), "1:131 nested deeper ");
  std::string blocks;
  for (int i = 0; i < 200; ++i) blocks += "- ";
  EXPECT_EQ(refusal(blocks + "x"), "1:257 nested deeper than 128 levels");
}

TEST(Json, IsReadAsJsonAndNotAsItsYamlCousin) {
  EXPECT_EQ(json_of("{\"a\":\t\"\\/ \\ud83d\\ude00 \\u00e9\\n\", \"b\": [1.50, -0.5e+2, true, null]}"),
            "{\"a\":\"/ \xF0\x9F\x98\x80 \xC3\xA9\\n\",\"b\":[1.50,-5E+1,true,null]}");
  const std::string long_key(2'000, 'k');
  EXPECT_EQ(json_of("{\"" + long_key + "\": 1}"), "{\"" + long_key + "\":1}");
  EXPECT_EQ(json_of("{\n\t\"a\"\n\t: 1\n}"), R"({"a":1})");
  // Looks like JSON, is YAML.
  EXPECT_EQ(json_of("{a: 1, b: [x, y]}"), R"({"a":1,"b":["x","y"]})");
  EXPECT_EQ(json_of("{\"a\": x, 'b': 2} # c"), R"({"a":"x","b":2})");
}

TEST(Json, KnowsWhereEverythingStands) {
  const auto root = parse("{\n  \"d\xC3\xA9\": [1,\n    {\"x\": true}]\n}");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->entries[0].position, (Position{2, 3}));
  EXPECT_EQ(place(root->entries[0].node), "2:9");
  EXPECT_EQ(place(root->entries[0].node.items[1].entries[0].node), "3:11");
}

// Where the letter Q of the first value stands.
std::string locate_q(std::string_view text) {
  const auto root = parse(text);
  if (!root) return "refused: " + root.error()[0].message;
  const Node& scalar = root->entries[0].node;
  const auto position = locate(scalar, scalar.value.as_string().find('Q'));
  return position ? std::to_string(position->line) + ":" + std::to_string(position->column) : "hidden";
}

TEST(Locate, FindsACharacterOfAScalarInTheFile) {
  EXPECT_EQ(locate_q("a: xyQ"), "1:6");
  EXPECT_EQ(locate_q("a: \xC3\xA9yQ"), "1:6");
  EXPECT_EQ(locate_q("a: 'xyQ'"), "1:7");
  EXPECT_EQ(locate_q("a: \"xyQ\""), "1:7");
  EXPECT_EQ(locate_q("{\"a\": \"xyQ\"}"), "1:10");
  EXPECT_EQ(locate_q("a: |\n  x\n\n   yQ\n"), "4:5");
  EXPECT_EQ(locate_q("a: |-\n\n    x\n    yQ"), "4:6");
}

TEST(Locate, SaysNothingWhereEscapesOrFoldingHideIt) {
  EXPECT_EQ(locate_q("a: 'it''s Q'"), "hidden");
  EXPECT_EQ(locate_q("a: \"\\tQ\""), "hidden");
  EXPECT_EQ(locate_q("a: >\n  x\n  Q\n"), "hidden");
  EXPECT_EQ(locate_q("a: x\n  Q\n"), "hidden");
  EXPECT_EQ(locate_q("a: |2\n   xQ\n"), "hidden");
}

}  // namespace
}  // namespace xf::yaml
