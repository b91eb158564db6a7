// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"type", "nan", "", R"("number")"},
    {"length", R"("日本")", "", "2"},
    {"length", "-1.50", "", "1.50"},
    {"length", R"({"a":1})", "", "1"},
    {"length", "null", "", "0"},
    {"length", "true", "", "! boolean (true) has no length"},
    {"not", "null", "", "true"},
    {"abs", "-5", "", "5"},
    {"abs", "-0", "", "-0"},
    {"abs", R"("a")", "", R"("a")"},
    {"abs", "null", "", "! null (null) cannot be negated"},
    {"tonumber", R"("1.000")", "", "1.000"},
    {"tonumber", R"("-.5e-3")", "", "-0.0005"},
    {"tonumber", R"("nan")", "", "null"},
    {"tonumber", R"("Infinity")", "", "1.7976931348623157e+308"},
    {"tonumber", R"(" 1")", "", R"(! string (" 1") cannot be parsed as a number)"},
    {"tonumber", R"("0x10")", "", R"(! string ("0x10") cannot be parsed as a number)"},
    {"tonumber", R"("1e1000")", "", "1E+1000"},
    {"tonumber", R"("x\u00001")", "", R"(! string ("x\u00001") cannot be parsed as a number)"},
    {"tonumber", "[]", "", "! array ([]) cannot be parsed as a number"},
    {"toboolean", R"("true")", "", "true"},
    {"toboolean", R"("TRUE")", "", R"(! string ("TRUE") cannot be parsed as a boolean)"},
    {"toboolean", "1", "", "! number (1) cannot be parsed as a boolean"},
    {"tostring", R"([1,"a",{"b":null}])", "", R"("[1,\"a\",{\"b\":null}]")"},
    {"tostring", R"("a")", "", R"("a")"},
    {"tojson", "[1.10,1e2,nan,-0,100000000000000000000000000001]", "",
     R"("[1.10,1E+2,null,-0,100000000000000000000000000001]")"},
    {"tojson", R"("a\u0000\u007f\"é")", "", R"("\"a\\u0000\\u007f\\\"é\"")"},
    {"tonumber", R"("日本語日本語日本語日本語日本語")", "",
     R"(! string ("日本語日本語日本...") cannot be parsed as a number)"},
    {"tonumber", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14]", "",
     "! array ([1,2,3,4,5,6,7,8,9,10,11,...]) cannot be parsed as a number"},
    {"tonumber", R"({"a longer key":"and a longer value"})", "",
     R"(! object ({"a longer key":"and a lo...}) cannot be parsed as a number)"},
    {"tonumber", R"("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n")", "",
     R"(! string ("\n\n\n\n\n\n\n\n\n\n\n\n...") cannot be parsed as a number)"},
    {"have_decnum", "null", "", "true"},
};

TEST(ConversionsTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
