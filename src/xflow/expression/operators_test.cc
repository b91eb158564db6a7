// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"_add", "null", "1,2", "3"},
    {"_add", "null", R"(null,"a")", R"("a")"},
    {"_add", "null", R"("a","é")", R"("aé")"},
    {"_add", "null", "[1],[2,3]", "[1,2,3]"},
    {"_add", "null", R"({"a":1,"b":2},{"a":3})", R"({"a":3,"b":2})"},
    {"_add", "null", "{},1", "! object ({}) and number (1) cannot be added"},
    {"_add", "null", "100000000000000000000000000001,0", "1e+29"},
    {"_subtract", "null", "[1,2,1,3],[1]", "[2,3]"},
    {"_subtract", "null", R"("a","b")", R"(! string ("a") and string ("b") cannot be subtracted)"},
    {"_multiply", "null", R"("ab",3)", R"("ababab")"},
    {"_multiply", "null", R"(0.5,"ab")", R"("")"},
    {"_multiply", "null", R"("ab",0)", R"("")"},
    {"_multiply", "null", R"("ab",-1)", "null"},
    {"_multiply", "null", R"("ab",nan)", "null"},
    {"_multiply", "null", R"("abc",1000000000)", "! Repeat string result too long"},
    {"_multiply", "null", R"({"a":{"b":1},"c":2},{"a":{"d":3},"c":{"e":4}})",
     R"({"a":{"b":1,"d":3},"c":{"e":4}})"},
    {"_multiply", "null", "[],1", "! array ([]) and number (1) cannot be multiplied"},
    {"_divide", "null", "7,2", "3.5"},
    {"_divide", "null", "1,0", "! number (1) and number (0) cannot be divided because the divisor is zero"},
    {"_divide", "null", R"("a,b,c",",")", R"(["a","b","c"])"},
    {"_divide", "null", "[],1", "! array ([]) and number (1) cannot be divided"},
    {"_modulo", "null", "5,-3", "2"},
    {"_modulo", "null", "-5,3", "-2"},
    {"_modulo", "null", "5,0.5",
     "! number (5) and number (0.5) cannot be divided (remainder) because the divisor is zero"},
    {"_modulo", "null", "1e19,7", "0"},
    {"_modulo", "null", "nan,1", "null"},
    {"_modulo", "null", "5,-1", "0"},
    {"_neg", "1.10", "", "-1.10"},
    {"_neg", "-0", "", "0"},
    {"_neg", "1e1000", "", "-1E+1000"},
    {"_neg", R"("a")", "", R"(! string ("a") cannot be negated)"},
};

TEST(OperatorsTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
