// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"add", "[1,null,2]", "", "3"},
    {"add", R"({"a":"x","b":"y"})", "", R"("xy")"},
    {"add", "[]", "", "null"},
    {"add", R"([1,"a"])", "", R"(! number (1) and string ("a") cannot be added)"},
    {"add", "1", "", "! Cannot iterate over number (1)"},
    {"any", "[false,1]", "", "true"},
    {"any", "[]", "", "false"},
    {"all", "[true,null]", "", "false"},
    {"all", "{}", "", "true"},
    {"all", R"("a")", "", R"(! Cannot iterate over string ("a"))"},
    {"flatten", R"([1,[2,[3,[4]]],{"a":[5]}])", "", R"([1,2,3,4,{"a":[5]}])"},
    {"flatten", "[1,[2,[3,[4]]]]", "1", "[1,2,[3,[4]]]"},
    {"flatten", R"({"a":[[1]]})", "", "[1]"},
    {"flatten", "[[1]]", "-1", "! flatten depth must not be negative"},
    {"flatten", "[[1]]", R"("a")", R"(! string ("a") and number (1) cannot be subtracted)"},
    {"flatten", "1", "", "! Cannot iterate over number (1)"},
    {"reverse", "[1,2,3]", "", "[3,2,1]"},
    {"reverse", "null", "", "[]"},
    {"reverse", R"("ab")", "", "! Cannot index string with number (1)"},
    {"reverse", R"("")", "", "[]"},
    {"reverse", R"({"a":1})", "", "! Cannot index object with number (0)"},
    {"transpose", "[[1],[2,3],null]", "", "[[1,2,null],[null,3,null]]"},
    {"transpose", "[1]", "", "! Cannot index number with number (0)"},
    {"transpose", "[]", "", "[]"},
    {"_tostream", R"({"a":[1,{}],"b":2})", "", R"([[["a",0],1],[["a",1],{}],[["a",1]],[["b"],2],[["b"]]])"},
    {"_tostream", "5", "", "[[[],5]]"},
    {"_tostream", "[[]]", "", "[[[0],[]],[[0]]]"},
    {"to_entries", R"({"a":1,"b":null})", "", R"([{"key":"a","value":1},{"key":"b","value":null}])"},
    {"to_entries", "[5]", "", R"([{"key":0,"value":5}])"},
    {"from_entries", R"([{"key":"a","value":1},{"Name":"b","Value":2},{"name":"c"}])", "",
     R"({"a":1,"b":2,"c":null})"},
    {"from_entries", R"([{"key":null}])", "", "! Cannot use null (null) as object key"},
    {"from_entries", "[1]", "", R"(! Cannot index number with string ("key"))"},
    {"contains", R"({"a":["xyz",{"b":1}]})", R"({"a":[{}]})", "true"},
    {"contains", R"("foobar")", R"("bar")", "true"},
    {"contains", "[1,2]", "[3]", "false"},
    {"contains", "true", "false",
     "! boolean (true) and boolean (false) cannot have their containment checked"},
    {"inside", R"("bar")", R"("foobar")", "true"},
    {"inside", "1", R"("a")", R"(! string ("a") and number (1) cannot have their containment checked)"},
    {"sort", R"([{"b":1},{"a":2},[1],"a",2,true,false,null,nan,"é","Z"])", "",
     R"([null,false,true,null,2,"Z","a","é",[1],{"a":2},{"b":1}])"},
    {"sort", "1", "", "! number (1) cannot be sorted, as it is not an array"},
    {"unique", "[3,1,3,2,1]", "", "[1,2,3]"},
    {"min", "[3,1,2]", "", "1"},
    {"max", "[]", "", "null"},
    {"_sort_by", R"(["c","a","b"])", "[2,1,1]", R"(["a","b","c"])"},
    {"_sort_by", R"(["c","a"])", "[2]",
     R"(! array (["c","a"]) and array ([2]) cannot be sorted, as they are not both arrays)"},
    {"_group_by", R"(["c","a","b"])", "[2,1,2]", R"([["a"],["c","b"]])"},
    {"_unique_by", R"(["c","a","b"])", "[1,1,0]", R"(["b","c"])"},
    {"_min_by", R"(["c","a","b"])", "[1,1,2]", R"("c")"},
    {"_max_by", R"(["c","a","b"])", "[2,1,2]", R"("b")"},
    {"bsearch", "[1,2,4]", "3", "-3"},
    {"bsearch", "[1,2,4]", "4", "2"},
    {"bsearch", "1", "1", "! number (1) cannot be searched from"},
};

TEST(CollectionsTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
