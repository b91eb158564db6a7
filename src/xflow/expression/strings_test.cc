// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"ascii_downcase", R"("AÉz@[")", "", R"("aÉz@[")"},
    {"ascii_upcase", R"("aéZ`{")", "", R"("AéZ`{")"},
    {"ascii_upcase", "1", "", "! explode input must be a string"},
    {"explode", R"("aé😀")", "", "[97,233,128512]"},
    {"implode", "[97,233,128512,55296,1114112,-5]", "", R"("aé😀���")"},
    {"implode", R"(["a"])", "", R"(! string ("a") can't be imploded, unicode codepoint needs to be numeric)"},
    {"implode", "[nan]", "", "! number (null) can't be imploded, unicode codepoint needs to be numeric"},
    {"implode", "1", "", "! implode input must be an array"},
    {"startswith", R"("abc")", R"("ab")", "true"},
    {"startswith", R"("abc")", "1", "! startswith() requires string inputs"},
    {"endswith", R"("abc")", R"("bc")", "true"},
    {"ltrimstr", R"("abcab")", R"("ab")", R"("cab")"},
    {"ltrimstr", "1", R"("a")", "! startswith() requires string inputs"},
    {"rtrimstr", R"("abcab")", R"("ab")", R"("abc")"},
    {"rtrimstr", R"("abc")", R"("")", R"("abc")"},
    {"rtrimstr", R"("a")", "1", "! endswith() requires string inputs"},
    {"trimstr", R"("abcab")", R"("ab")", R"("c")"},
    {"trim", R"(" \u00a0\u3000a b\t\n")", "", R"("a b")"},
    {"ltrim", R"("  a ")", "", R"("a ")"},
    {"rtrim", R"("  a ")", "", R"("  a")"},
    {"trim", "1", "", "! trim input must be a string"},
    {"split", R"("a,b,,c")", R"(",")", R"(["a","b","","c"])"},
    {"split", R"("a,b,")", R"(",")", R"(["a","b",""])"},
    {"split", R"("aé")", R"("")", R"(["a","é"])"},
    {"split", R"("")", R"(",")", "[]"},
    {"split", "1", R"(",")", "! split input and separator must be strings"},
    {"join", R"([1,null,"x",false,1.10])", R"(", ")", R"("1, , x, false, 1.10")"},
    {"join", R"(["a",[1]])", R"(",")", R"(! string ("a,") and array ([1]) cannot be added)"},
    {"join", R"(["a","b"])", "1", R"(! string ("a") and number (1) cannot be added)"},
    {"join", R"(["a"])", "1", R"("a")"},
    {"join", R"(["a","b"])", "null", R"("ab")"},
    {"join", R"({"a":"x","b":"y"})", R"("-")", R"("x-y")"},
    {"join", "1", R"(",")", "! Cannot iterate over number (1)"},
    {"indices", R"("aéaéa")", R"("aéa")", "[0,2]"},
    {"indices", R"("abc")", R"("")", "[]"},
    {"indices", "[1,2,1,2]", "[1,2]", "[0,2]"},
    {"indices", "[1,2,1]", "1", "[0,2]"},
    {"indices", "null", R"("a")", "null"},
    {"indices", "1", R"("a")", R"(! Cannot index number with string ("a"))"},
    {"index", R"("xéyé")", R"("é")", "1"},
    {"index", R"("a")", R"("b")", "null"},
    {"rindex", R"("xéyé")", R"("é")", "3"},
    {"utf8bytelength", R"("é")", "", "2"},
    {"utf8bytelength", "[1]", "", "! array ([1]) only strings have UTF-8 byte length"},
};

TEST(StringsTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
