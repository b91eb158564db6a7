// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"_match", R"("aéb")", R"("é","g",false)", R"([{"offset":1,"length":1,"string":"é","captures":[]}])"},
    {"_match", R"("abc")", R"("(?<x>b)(?<y>z)?",null,false)",
     R"([{"offset":1,"length":1,"string":"b","captures":[{"offset":1,"length":1,"string":"b","name":"x"},{"offset":-1,"string":null,"length":0,"name":"y"}]}])"},
    {"_match", R"("qux")", R"j("(?=(u))","g",false)j",
     R"([{"offset":1,"length":0,"string":"","captures":[{"offset":1,"string":"","length":0,"name":null}]}])"},
    {"_match", R"("aéb")", R"("","g",false)",
     R"([{"offset":0,"length":0,"string":"","captures":[]},{"offset":1,"length":0,"string":"","captures":[]},{"offset":2,"length":0,"string":"","captures":[]},{"offset":2,"length":0,"string":"","captures":[]},{"offset":3,"length":0,"string":"","captures":[]}])"},
    {"_match", R"("aAbB")", R"j("(?<l>[a-z])","gi",false)j",
     R"([{"offset":0,"length":1,"string":"a","captures":[{"offset":0,"length":1,"string":"a","name":"l"}]},{"offset":1,"length":1,"string":"A","captures":[{"offset":1,"length":1,"string":"A","name":"l"}]},{"offset":2,"length":1,"string":"b","captures":[{"offset":2,"length":1,"string":"b","name":"l"}]},{"offset":3,"length":1,"string":"B","captures":[{"offset":3,"length":1,"string":"B","name":"l"}]}])"},
    {"_match", R"("ab\nc")", R"(".+","gm",false)",
     R"([{"offset":0,"length":4,"string":"ab\nc","captures":[]}])"},
    {"_match", R"("aab")", R"("a*?","n",false)", R"([{"offset":0,"length":1,"string":"a","captures":[]}])"},
    {"_match", R"("a b")", R"("a b","x",false)", "[]"},
    {"_match", R"("abc")", R"("B","i",true)", "true"},
    {"test", R"("abc")", R"("b")", "true"},
    {"test", R"("abc")", R"(["B","i"])", "true"},
    {"test", R"("abc")", "[]", "! array not a string or array"},
    {"test", R"("abc")", "1", "! number not a string or array"},
    {"test", R"("abc")", R"("b","z")", "! z is not a valid modifier string"},
    {"test", R"("abc")", R"("b",1)", "! number (1) is not a string"},
    {"test", "1", R"("b")", "! number (1) cannot be matched, as it is not a string"},
    {"test", R"("abc")", R"("(")", "! Regex failure: end pattern with unmatched parenthesis"},
    {"test", R"("abc")", R"("*")", "! Regex failure: target of repeat operator is not specified"},
    {"test", R"("x")", R"("\\p{Foo}")", "! Regex failure: invalid character property name {Foo}"},
    {"split", R"("a1b22c")", R"("\\d+",null)", R"(["a","b","c"])"},
    {"split", R"("abc")", R"("",null)", R"(["","a","b","c",""])"},
    {"split", R"("aXbxc")", R"("x","i")", R"(["a","b","c"])"},
    {"split", R"("日本")", R"("",null)", R"(["","日","","","本","","",""])"},
    {"split", R"("abc")", R"("b",1)", R"(! number (1) and string ("g") cannot be added)"},
};

TEST(MatchingTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
