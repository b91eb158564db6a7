// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"floor", "-1.5", "", "-2"},
    {"sqrt", "2", "", "1.4142135623730951"},
    {"pow", "null", "2,0.5", "1.4142135623730951"},
    {"pow", "null", R"("a",1)", R"(! string ("a") number required)"},
    {"pow", "null", R"(1,"b")", R"(! string ("b") number required)"},
    {"log2", "8", "", "3"},
    {"exp10", "2", "", "100"},
    {"frexp", "10", "", "[0.625,4]"},
    {"modf", "-3.25", "", "[-0.25,-3]"},
    {"lgamma_r", "-0.5", "", "[1.2655121234846454,-1]"},
    {"gamma", "5", "", "3.1780538303479458"},
    {"ldexp", "null", "3,4", "48"},
    {"scalb", "null", "1.5,3", "12"},
    {"scalbln", "null", "1.5,-3", "0.1875"},
    {"significand", "10", "", "1.25"},
    {"drem", "null", "10,3", "1"},
    {"logb", "1000", "", "9"},
    {"nearbyint", "2.5", "", "2"},
    {"trunc", "-2.7", "", "-2"},
    {"fma", "null", "2,3,4", "10"},
    {"jn", "null", "2,3", "0.4860912605858911"},
    {"yn", "null", "2,3", "-0.1604003934849238"},
    {"nexttoward", "null", "1,2", "1.0000000000000002"},
    {"infinite", "null", "", "1.7976931348623157e+308"},
    {"isinfinite", "1e1000", "", "true"},
    {"isnormal", "1e-320", "", "false"},
    {"isfinite", R"("a")", "", "false"},
    {"isnan", "nan", "", "true"},
    {"cos", R"("a")", "", R"(! string ("a") number required)"},
};

TEST(MathTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
