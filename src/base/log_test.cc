#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace xf::log {

namespace {

constexpr TimeUs kAt = 1'772'366'400'123'000;  // 2026-03-01T12:00:00.123Z

}  // namespace

TEST(Log, Text) {
  EXPECT_EQ(
      render(
          Format::kText, Level::kInfo, kAt, "server started",
          {{"address", "127.0.0.1"}, {"port", 8080}, {"tls", false}, {"share", 0.5}, {"note", "two words"}}),
      "2026-03-01T12:00:00.123Z info server started address=127.0.0.1 port=8080 tls=false share=0.5 "
      "note=\"two words\"\n");
}

TEST(Log, Json) {
  EXPECT_EQ(render(Format::kJson, Level::kWarning, kAt, "disk \"full\"",
                   {{"free", std::uint64_t{18446744073709551615u}},
                    {"ratio", std::numeric_limits<double>::infinity()},
                    {"error", Error{Code::kExhausted, "no space"}}}),
            "{\"time\":\"2026-03-01T12:00:00.123Z\",\"level\":\"warning\",\"message\":\"disk \\\"full\\\"\","
            "\"free\":18446744073709551615,\"ratio\":\"inf\",\"error\":\"no space\"}\n");
}

TEST(Log, ATextCannotForgeALine) {
  const auto line =
      render(Format::kText, Level::kError, kAt, "bad name", {{"name", "x\n2026 info all is well\x1b[2J"}});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(Log, LongTextsAreCutBetweenCharacters) {
  const std::string body = std::string(kTextMax - 1, 'a') + "€uro" + std::string(1000, 'b');
  const auto line = render(Format::kJson, Level::kInfo, kAt, "m", {{"text", body}});
  EXPECT_THAT(line, testing::HasSubstr("aaa…\""));
  EXPECT_LT(line.size(), kTextMax + 100);
}

TEST(Log, LeastLevel) {
  testing::internal::CaptureStderr();
  debug("quiet");
  warning("loud", {{"n", 1}});
  const auto seen = testing::internal::GetCapturedStderr();
  EXPECT_THAT(seen, testing::HasSubstr("warning loud n=1\n"));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("quiet")));
}

}  // namespace xf::log
