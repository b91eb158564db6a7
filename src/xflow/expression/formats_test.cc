// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"format", R"([1,"a\"b",null,true,nan,1.10])", R"("csv")", R"("1,\"a\"\"b\",,true,,1.10")"},
    {"format", "[[1]]", R"("csv")", "! array ([1]) is not valid in a csv row"},
    {"format", "1", R"("csv")", "! number (1) cannot be csv-formatted, only array"},
    {"format", R"(["a\tb\\\n\r",null])", R"("tsv")", R"("a\\tb\\\\\\n\\r\t")"},
    {"format", R"("<&'\">")", R"("html")", R"("&lt;&amp;&apos;&quot;&gt;")"},
    {"format", "[1]", R"("html")", R"("[1]")"},
    {"format", R"("aé -._~/?")", R"("uri")", R"("a%C3%A9%20-._~%2F%3F")"},
    {"format", R"("%61%C3%A9+")", R"("urid")", R"("aé+")"},
    {"format", R"("%6")", R"("urid")", R"(! string ("%6") is not a valid uri encoding)"},
    {"format", R"("%ff")", R"("urid")", R"(! string ("%ff") is not a valid uri encoding)"},
    {"format", R"("it's")", R"("sh")", R"("'it'\\''s'")"},
    {"format", R"(["a b",1,null])", R"("sh")", R"("'a b' 1 null")"},
    {"format", "[[]]", R"("sh")", "! array ([]) can not be escaped for shell"},
    {"format", R"("é")", R"("base64")", R"("w6k=")"},
    {"format", R"("ab")", R"("base64")", R"("YWI=")"},
    {"format", R"("YWI=")", R"("base64d")", R"("ab")"},
    {"format", R"("YWI")", R"("base64d")", R"("ab")"},
    {"format", R"("Y")", R"("base64d")", R"(! string ("Y") trailing base64 byte found)"},
    {"format", R"("Y*==")", R"("base64d")", R"(! string ("Y*==") is not valid base64 data)"},
    {"format", R"("/w==")", R"("base64d")", R"("�")"},
    {"format", R"({"a":1})", R"("json")", R"("{\"a\":1}")"},
    {"format", R"({"a":1})", R"("text")", R"("{\"a\":1}")"},
    {"format", "1", R"("base32")", "! base32 is not a valid format"},
    {"format", "1", "2", "! number (2) is not a valid format"},
};

TEST(FormatsTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
