// Each line: a native, its input, its arguments, and what jq 1.8 answers (a text behind "! " is what `catch`
// sees).
#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

constexpr NativeCase kCases[] = {
    {"gmtime", "1425599621.25", "", "[2015,2,5,23,53,41.25,4,63]"},
    {"gmtime", "-1.5", "", "[1969,11,31,23,59,59.5,3,364]"},
    {"gmtime", "1e18", "", "! error converting number of seconds since epoch to datetime"},
    {"gmtime", R"("a")", "", "! gmtime() requires numeric inputs"},
    {"localtime", "0", "", "[1970,0,1,0,0,0,4,0]"},
    {"localtime", "null", "", "! localtime() requires numeric inputs"},
    {"mktime", "[2015,2,5,23,51,47,4,63]", "", "1425599507"},
    {"mktime", "[2015,14,35]", "", "1459728000"},
    {"mktime", "[1969,11,31,23,59,59]", "", "! invalid gmtime representation"},
    {"mktime", R"(["a"])", "", "! mktime requires parsed datetime inputs"},
    {"mktime", "1", "", "! mktime requires array inputs"},
    {"strftime", "1425599621", R"("%A, %B %d, %Y %H:%M:%S %Z %z %j %U %V %s %%")",
     R"("Thursday, March 05, 2015 23:53:41 GMT +0000 064 09 10 1425599621 %")"},
    {"strftime", "[2015,2,5,23,51,47,4,63]", R"("%Y-%m-%dT%H:%M:%SZ")", R"("2015-03-05T23:51:47Z")"},
    {"strftime", "1", "1", "! strftime/1 requires a string format"},
    {"strftime", R"("a")", R"("%Y")", "! strftime/1 requires parsed datetime inputs"},
    {"strftime", R"(["a"])", R"("%Y")", "! strftime/1 requires parsed datetime inputs"},
    {"strftime", "1", R"("")", R"("")"},
    {"strftime", "1", R"("%1000Y")", "! strftime/1: unknown system failure"},
    {"strflocaltime", "0", R"("%c %Z")", R"("Thu Jan  1 00:00:00 1970 UTC")"},
    {"strptime", R"("2015-03-05T23:51:47Z")", R"("%Y-%m-%dT%H:%M:%SZ")", "[2015,2,5,23,51,47,4,63]"},
    {"strptime", R"("Thu, 05 Mar 2015 23:51:47 +0100")", R"("%a, %d %b %Y %H:%M:%S %z")",
     "[2015,2,5,23,51,47,4,63]"},
    {"strptime", R"("10:20 rest")", R"("%H:%M")", R"([1900,0,0,10,20,0,8,367," rest"])"},
    {"strptime", R"("1425599621")", R"("%s")", "[2015,2,5,23,53,41,4,63]"},
    {"strptime", R"("x")", R"("%Y")", R"(! date "x" does not match format "%Y")"},
    {"strptime", "1", R"("%Y")", "! strptime/1 requires string inputs and arguments"},
    {"todate", "1425599621.9", "", R"("2015-03-05T23:53:41Z")"},
    {"fromdate", R"("2015-03-05T23:51:47Z")", "", "1425599507"},
    {"fromdate", R"("2015")", "", R"(! date "2015" does not match format "%Y-%m-%dT%H:%M:%SZ")"},
};

TEST(DatesTest, AnswerAsJq) { check_natives(kCases); }

}  // namespace
}  // namespace xf::expression
