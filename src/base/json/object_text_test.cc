#include "base/json/object_text.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/json/parse.h"

namespace xf::json {

TEST(ObjectText, WritesMembersInOrderAndLeavesOutWhatIsEmpty) {
  std::string out = "> ";
  {
    ObjectText object(out);
    object.text("id", "a").text("key", "").number("n", 7).time("at", 1'772'366'400'123'000).time("never", 0);
    object.value("v", Value::object({{"x", Value()}}));
    print_array(object.member("list"), std::vector<std::string>{"p", "q"}, print_string);
    ObjectText(object.member("inner")).text("a", "b");
    ObjectText nothing(object.member("nothing"));
  }
  EXPECT_EQ(out, R"(> {"id":"a","n":7,"at":"2026-03-01T12:00:00.123Z","v":{"x":null},"list":["p","q"],)"
                 R"("inner":{"a":"b"},"nothing":{}})");
}

TEST(ObjectText, EscapesAsPrintDoes) {
  for (const std::string& text :
       {std::string("plain"), std::string("a\"b\\c\n\x01"), std::string("\x7f"),
        std::string("gr\xc3\xbc\xc3\x9f"), std::string("long enough for a block \"")}) {
    std::string out;
    print_string(out, text);
    EXPECT_EQ(out, print(Value::string(text)));
    EXPECT_EQ(parse(out).value().as_string(), text);
  }
}

}  // namespace xf::json
