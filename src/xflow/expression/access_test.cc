// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"_index", "[1,2,3]", "-1", "3"},
    {"_index", "[1,2,3]", "1.7", "2"},
    {"_index", "[1,2,3]", "nan", "null"},
    {"_index", "[1,2,1,2]", "[1,2]", "[0,2]"},
    {"_index", "[1,2]", R"({"start":1,"end":null})", "[2]"},
    {"_index", "[1,2]", R"({"start":1})", "! Array/string slice indices must be integers"},
    {"_index", R"({"a":1})", R"("b")", "null"},
    {"_index", R"({"a":1})", "0", "! Cannot index object with number (0)"},
    {"_index", "null", R"("a")", "null"},
    {"_index", "null", "[1]", "! Cannot index null with array ([1])"},
    {"_index", R"("aéb")", "0", "! Cannot index string with number (0)"},
    {"_index", "5", R"("a longer key than thirty bytes is cut")",
     R"(! Cannot index number with string ("a longer key than thirty..."))"},
    {"_slice", R"("日本語テキスト")", "1,-1", R"("本語テキス")"},
    {"_slice", "[0,1,2,3,4]", "1.2,3.5", "[1,2,3]"},
    {"_slice", "[0,1,2]", "-10,null", "[0,1,2]"},
    {"_slice", "[0,1,2]", "2,1", "[]"},
    {"_slice", R"("abc")", R"("a",null)", "! Array/string slice indices must be integers"},
    {"_slice", "true", "0,1", R"(! Cannot index boolean with object ({"start":0,"end":1}))"},
    {"has", "[1]", "0", "true"},
    {"has", "[1]", "-1", "false"},
    {"has", R"({"a":null})", R"("a")", "true"},
    {"has", "null", R"("a")", "false"},
    {"has", "1", R"("a")", "! Cannot check whether number has a string key"},
    {"in", R"("a")", R"({"a":1})", "true"},
    {"keys", R"({"b":1,"a":2,"é":3,"Z":4})", "", R"(["Z","a","b","é"])"},
    {"keys", "[5,6]", "", "[0,1]"},
    {"keys", "1", "", "! number (1) has no keys"},
    {"keys_unsorted", R"({"b":1,"a":2})", "", R"(["b","a"])"},
    {"getpath", R"({"a":[{"b":5}]})", R"(["a",0,"b"])", "5"},
    {"getpath", "null", R"(["a",1])", "null"},
    {"getpath", R"({"a":1})", R"(["a","b"])", R"(! Cannot index number with string ("b"))"},
    {"getpath", "1", R"("a")", "! Path must be specified as an array"},
    {"setpath", "null", R"(["a",1,"b"],7)", R"({"a":[null,{"b":7}]})"},
    {"setpath", "[1]", "[-2],7", "! Out of bounds negative array index"},
    {"setpath", "[1]", "[1000000000],7", "! Array index too large"},
    {"setpath", "[1]", "[nan],7", "! Cannot set array element at NaN index"},
    {"setpath", "[1,2,3]", R"([{"start":0,"end":2}],["x"])", R"(["x",3])"},
    {"setpath", "[1,2,3]", R"([{"start":0,"end":2}],1)",
     "! A slice of an array can only be assigned another array"},
    {"setpath", R"("a")", R"([{"start":0,"end":1}],"b")", "! Cannot update string slices"},
    {"setpath", R"({"a":1})", R"(["a","b"],1)", R"(! Cannot index number with string ("b"))"},
    {"setpath", "[]", R"(["a"],1)", R"(! Cannot index array with string ("a"))"},
    {"setpath", R"({"a":1})", "[],2", "2"},
    {"delpaths", R"({"a":[1,2,3,4],"b":1})", R"([["a",0],["a",-1],["b"],["x","y"]])", R"({"a":[2,3]})"},
    {"delpaths", "[0,1,2,3,4]", R"([[{"start":1,"end":3}],[4],[nan]])", "[0,3]"},
    {"delpaths", "1", "[[]]", "null"},
    {"delpaths", "[1]", R"([["a"]])", "! Cannot delete string element of array"},
    {"delpaths", R"({"a":1})", "[[0]]", "! Cannot delete number field of object"},
    {"delpaths", "1", R"([["a"]])", "! Cannot delete fields from number"},
    {"delpaths", "1", "[1]", "! Path must be specified as array, not number"},
    {"delpaths", "1", "1", "! Paths must be specified as an array"},
};

TEST(AccessTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
