// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"fromjson", R"("[1,{\"a\":null}]")", "", R"([1,{"a":null}])"},
    {"fromjson", R"("[1.10, nan, \"\\ud83d\\ude00\\udc00\"]")", "", R"([1.10,null,"😀�"])"},
    {"fromjson", R"("\ufeff1")", "", "1"},
    {"fromjson", R"("")", "", "! Expected JSON value (while parsing '')"},
    {"fromjson", R"("1 2")", "", "! Unexpected extra JSON values (while parsing '1 2')"},
    {"fromjson", R"("[1,2")", "", "! Unfinished JSON term at EOF at line 1, column 4 (while parsing '[1,2')"},
    {"fromjson", R"("[1,]")", "",
     "! Expected another array element at line 1, column 4 (while parsing '[1,]')"},
    {"fromjson", R"("{\"a\"}")", "",
     R"(! Objects must consist of key:value pairs at line 1, column 5 (while parsing '{"a"}'))"},
    {"fromjson", R"("{\"a\":1,}")", "",
     R"(! Expected another key-value pair at line 1, column 8 (while parsing '{"a":1,}'))"},
    {"fromjson", R"("{1:2}")", "",
     "! Object keys must be strings at line 1, column 3 (while parsing '{1:2}')"},
    {"fromjson", R"("]")", "", "! Unmatched ']' at line 1, column 1 (while parsing ']')"},
    {"fromjson", R"("[\n 1}")", "",
     "! Objects must consist of key:value pairs at line 2, column 3 (while parsing '[\n 1}')"},
    {"fromjson", R"("tru")", "", "! Invalid literal at EOF at line 1, column 3 (while parsing 'tru')"},
    {"fromjson", R"("NaN1")", "",
     "! Invalid numeric literal at EOF at line 1, column 4 (while parsing 'NaN1')"},
    {"fromjson", R"("'a'")", "",
     R"(! Invalid string literal; expected ", but got ' at EOF at line 1, column 3 (while parsing ''a''))"},
    {"fromjson", R"("\"a")", "", R"(! Unfinished string at EOF at line 1, column 2 (while parsing '"a'))"},
    {"fromjson", R"("\"\\x\"")", "", R"(! Invalid escape at line 1, column 4 (while parsing '"\x"'))"},
    {"fromjson", R"("\"\\ud800\"")", "",
     R"(! Invalid \uXXXX\uXXXX surrogate pair escape at line 1, column 8 (while parsing '"\ud800"'))"},
    {"fromjson", R"("\"\t\"")", "",
     "! Invalid string: control characters from U+0000 through U+001F must be escaped at line 1, column 3 "
     "(while parsing '\"\t\"')"},
    {"fromjson", R"("1]")", "", "! Unmatched ']' at line 1, column 2 (while parsing '1]')"},
    {"fromjson", R"("[1 2]")", "",
     "! Expected separator between values at line 1, column 5 (while parsing '[1 2]')"},
    {"fromjson", R"(":")", "", "! Expected string key before ':' at line 1, column 1 (while parsing ':')"},
    {"fromjson", R"(",")", "", "! Expected value before ',' at line 1, column 1 (while parsing ',')"},
    {"fromjson", "1", "", "! number (1) only strings can be parsed"},
};

TEST(FromJsonTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
