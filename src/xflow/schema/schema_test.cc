// What the public test suite does not ask: messages, places, refusals and limits.
#include "xflow/schema/schema.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"

namespace xf::schema {
namespace {

json::Value parse(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value) << text << ": " << value.error().message;
  return value ? *std::move(value) : json::Value();
}

// "/instance /schema message" for each violation, or the error.
std::string check(std::string_view schema, const json::Value& value, const Options& options = {}) {
  const auto compiled = Schema::compile(parse(schema));
  if (!compiled) return "refused: " + compiled.error().message;
  const auto violations = (*compiled)->validate(value, options);
  if (!violations) return "error: " + violations.error().message;
  std::string out;
  for (const Violation& v : *violations)
    out += (out.empty() ? "" : "\n") + v.instance_pointer + " | " + v.schema_pointer + " | " + v.message;
  return out;
}
std::string check(std::string_view schema, std::string_view value, const Options& options = {}) {
  return check(schema, parse(value), options);
}

TEST(Schema, TellsPeopleWhatMustBeAndWhatIs) {
  const struct {
    std::string_view schema, value, expected;
  } cases[] = {
      {R"({"minimum":0})", "-5", " | /minimum | must be at least 0, is -5"},
      {R"({"exclusiveMaximum":1.5})", "1.5", " | /exclusiveMaximum | must be below 1.5, is 1.5"},
      {R"({"multipleOf":0.01})", "0.005", " | /multipleOf | must be a multiple of 0.01, is 0.005"},
      {R"({"type":"integer"})", "1.5", " | /type | must be an integer, is 1.5"},
      {R"({"type":["string","null"]})", "[]", " | /type | must be a string or null, is an array"},
      {R"({"enum":["a","b",3]})", "\"c\"", R"( | /enum | must be "a", "b" or 3, is "c")"},
      {R"({"const":1})", "2", " | /const | must be 1, is 2"},
      {R"({"minLength":3})", "\"é\"", " | /minLength | must have at least 3 characters, has 1"},
      {R"({"maxItems":1})", "[1,2]", " | /maxItems | must have at most 1 element, has 2"},
      {R"({"pattern":"^a/"})", "\"b\"", R"( | /pattern | must match the pattern ^a/, is "b")"},
      {R"({"required":["id"]})", "{}", R"( | /required | must have the property "id")"},
      {R"({"properties":{"a":true},"additionalProperties":false})", R"({"b":1})",
       "/b | /additionalProperties | is not a known property here; known are a"},
      {R"({"dependentRequired":{"a/b":["c"]}})", R"({"a/b":1})",
       R"( | /dependentRequired/a~1b | must have the property "c" because it has "a/b")"},
      {R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})",
       "/abc | /propertyNames | has a name that is not allowed; in the nearest /abc must have at most 2 "
       "characters, "
       "has 3"},
      {R"({"uniqueItems":true})", R"([{"a":1,"b":2},0,{"b":2.0,"a":1}])",
       " | /uniqueItems | must not have equal elements, but those at 0 and 2 are equal"},
      {R"({"contains":{"const":1},"minContains":2})", "[1]",
       " | /minContains | must have at least 2 elements that fit `contains`, has 1"},
      {R"({"not":{}})", "1", " | /not | must not fit the schema under `not`"},
      {R"({"items":{"$ref":"#/$defs/p"},"$defs":{"p":{"properties":{"n":false}}}})", R"([{"n":0}])",
       "/0/n | /$defs/p/properties/n | is not allowed here"},
      {R"({"anyOf":[{"type":"string"},{"properties":{"x":{"properties":{"y":{"type":"null"}}}}}]})",
       R"({"x":{"y":1}})",
       " | /anyOf | fits none of the 2 forms allowed; in the nearest /x/y must be null, is a number"},
      {R"({"oneOf":[true,{"type":"null"},true]})", "1",
       " | /oneOf | must fit exactly one of 3 forms, fits those numbered 0 and 2"},
      {R"({"properties":{"a":true},"unevaluatedProperties":false})", R"({"a":1,"c":2})",
       "/c | /unevaluatedProperties | is not a known property here"},
      {R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})", R"({"minLength":-1})",
       "/minLength | https://json-schema.org/draft/2020-12/meta/validation#/$defs/nonNegativeInteger/minimum "
       "| must "
       "be at least 0, is -1"},
  };
  for (const auto& c : cases) EXPECT_EQ(check(c.schema, c.value), c.expected) << c.schema;
}

TEST(Schema, CollectsAllViolationsUpToTheLimit) {
  constexpr std::string_view kSchema = R"({"items":{"type":"string","minimum":10}})";
  EXPECT_EQ(
      check(kSchema, "[1,\"a\",20]"),
      "/0 | /items/type | must be a string, is a number\n/0 | /items/minimum | must be at least 10, is 1\n"
      "/2 | /items/type | must be a string, is a number");
  EXPECT_EQ(check(kSchema, "[1,2,3]", {.violations_max = 1}),
            "/0 | /items/type | must be a string, is a number");
}

TEST(Schema, RefusesWhatIsNoSchemaAtItsPlace) {
  const struct {
    std::string_view schema, expected;
  } cases[] = {
      {"3", "refused: the schema is wrong at : a schema must be an object or a boolean, is a number"},
      {R"({"properties":{"a":{"minimum":"0"}}})",
       R"(refused: the schema is wrong at /properties/a/minimum: must be a number, is "0")"},
      {R"({"type":"strng"})",
       R"(refused: the schema is wrong at /type: must name null, boolean, object, array, number, string or integer, is "strng")"},
      {R"({"pattern":"a("})",
       "refused: the schema is wrong at /pattern: a group is not closed with ')' at byte 2"},
      {R"({"$ref":"#/$defs/a"})",
       "refused: the schema is wrong at /$ref: refers to /$defs/a, which does not exist"},
      {R"({"$ref":"http://example.com/a.json"})",
       "refused: the schema is wrong at /$ref: refers to http://example.com/a.json, which is not among the "
       "documents "
       "given; nothing is fetched"},
      {R"({"allOf":[{"$ref":"#"}]})",
       "refused: the schema is wrong at /allOf/0: its reference leads back to itself without looking at the "
       "value"},
      {R"({"$schema":"http://json-schema.org/draft-04/schema#"})",
       "refused: the schema is wrong: `$schema` is http://json-schema.org/draft-04/schema, which is not "
       "known here: use "
       "\"https://json-schema.org/draft/2020-12/schema\" or \"http://json-schema.org/draft-07/schema#\""},
      {R"({"multipleOf":0})",
       "refused: the schema is wrong at /multipleOf: must be above 0 and have at most 18 digits, is 0"},
      {R"({"maxLength":1.5})",
       "refused: the schema is wrong at /maxLength: must be a whole number, 0 or more, is 1.5"},
  };
  for (const auto& c : cases) EXPECT_EQ(check(c.schema, "1"), c.expected) << c.schema;
}

TEST(Schema, FindsOtherDocumentsByTheirAddressAndTheirIds) {
  const std::vector<std::pair<std::string, json::Value>> documents = {
      {"http://example.com/a.json",
       parse(R"({"$defs":{"s":{"$id":"inner","type":"string"}},"type":"null"})")}};
  for (std::string_view reference : {"http://example.com/inner", "http://example.com/a.json#/$defs/s"}) {
    const auto schema = Schema::compile(parse("{\"$ref\":\"" + std::string(reference) + "\"}"), documents);
    ASSERT_TRUE(schema) << schema.error().message;
    const auto violations = (*schema)->validate(parse("1"));
    ASSERT_TRUE(violations);
    ASSERT_EQ(violations->size(), 1u);
    EXPECT_EQ((*violations)[0].schema_pointer, "http://example.com/a.json#/$defs/s/type");
  }
}

TEST(Schema, DraftSevenIgnoresWhatCameLater) {
  constexpr std::string_view kSeven = "\"$schema\":\"http://json-schema.org/draft-07/schema#\",";
  auto seven = [&](std::string_view rest) { return "{" + std::string(kSeven) + std::string(rest) + "}"; };
  EXPECT_EQ(check(seven(R"("prefixItems":[false])"), "[1]"), "");
  EXPECT_EQ(check(seven(R"("items":[true],"additionalItems":false)"), "[1,2]"),
            "/1 | /additionalItems | is not allowed here");
  EXPECT_EQ(check(seven(R"("definitions":{"a":true},"$ref":"#/definitions/a","type":"null")"), "1"), "");
  EXPECT_EQ(check(seven(R"("dependencies":{"a":["b"]})"), R"({"a":1})"),
            R"( | /dependencies/a | must have the property "b" because it has "a")");
}

TEST(Schema, FormatIsAssertedOnlyOnRequest) {
  constexpr std::string_view kSchema = R"({"format":"date"})";
  EXPECT_EQ(check(kSchema, "\"2026-02-30\""), "");
  EXPECT_EQ(check(kSchema, "\"2026-02-30\"", {.assert_format = true}),
            R"( | /format | must be in the format date, is "2026-02-30")");
  EXPECT_EQ(check(R"({"format":"no-such"})", "\"x\"", {.assert_format = true}), "");
}

json::Value nested(std::size_t levels) {
  json::Value value = parse("[]");
  for (std::size_t i = 0; i < levels; ++i) value = json::Value::array({std::move(value)});
  return value;
}

TEST(SchemaLimits, DeepValuesAreRefusedNotCrashedOn) {
  constexpr std::string_view kSchema = R"({"items":{"$ref":"#"}})";
  EXPECT_EQ(check(kSchema, nested(900)), "");
  EXPECT_TRUE(check(kSchema, nested(100'000))
                  .starts_with("error: checking the value against its schema went deeper"));
  const std::string constant = check(R"({"items":{"uniqueItems":true}})", nested(100'000));
  EXPECT_EQ(constant, "");
  const json::Value twins = json::Value::array({nested(100'000), nested(100'000)});
  EXPECT_EQ(check(R"({"uniqueItems":true})", twins),
            " | /uniqueItems | must not have equal elements, but those at 0 and 1 are equal");
}

TEST(SchemaLimits, SchemasThatNeverEndAreStopped) {
  // Endless only for the values that take the branch.
  const std::string result = check(R"({"if":{"type":"number"},"then":{"$ref":"#"}})", "1");
  EXPECT_TRUE(result.starts_with("error: checking the value against its schema went deeper")) << result;
  EXPECT_EQ(check(R"({"if":{"type":"number"},"then":{"$ref":"#"}})", "null"), "");
}

TEST(SchemaLimits, SchemasThatExplodeAreStopped) {
  // Each level tries both branches: 2^200 without a limit.
  std::string schema = R"({"$ref":"#/$defs/d0","$defs":{)";
  for (int i = 0; i < 200; ++i) {
    const std::string next = "{\"$ref\":\"#/$defs/d" + std::to_string(i + 1) + "\"}";
    schema += "\"d" + std::to_string(i) + "\":{\"anyOf\":[" + next + "," + next + "]},";
  }
  schema += R"("d200":false}})";
  const std::string result = check(schema, "1");
  EXPECT_TRUE(result.starts_with("error: checking the value against its schema takes more work")) << result;
}

TEST(SchemaLimits, PatternsThatBacktrackAreStopped) {
  const std::string slow =
      check(R"({"pattern":"^(a|aa)+$"})", json::Value::string(std::string(5'000, 'a') + "b"));
  EXPECT_TRUE(slow.starts_with("error: checking the value against its schema takes more work")) << slow;
}

TEST(SchemaLimits, ManyElementsAreComparedInTime) {
  std::vector<json::Value> elements;
  for (int i = 0; i < 100'000; ++i) elements.push_back(json::Value::number(i));
  EXPECT_EQ(check(R"({"uniqueItems":true})", json::Value::array(elements)), "");
  elements.push_back(json::Value::number(77));
  EXPECT_EQ(check(R"({"uniqueItems":true})", json::Value::array(elements)),
            " | /uniqueItems | must not have equal elements, but those at 77 and 100000 are equal");
}

TEST(SchemaLimits, ADeepSchemaIsRefused) {
  std::string schema;
  for (int i = 0; i < 300; ++i) schema += "{\"not\":";
  schema += "true" + std::string(300, '}');
  EXPECT_EQ(check(schema, "1"), "refused: the schema is wrong: the schema is nested deeper than 256 levels");
}

}  // namespace
}  // namespace xf::schema
