// What the expression benchmark measures: expressions as workflows have them, over an order of about 2 KB.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace xf::bench {

inline constexpr std::array<std::string_view, 14> kExpressions = {
    ".customer.name",
    ".lines | length",
    "{id: .id, total: (.total + 1)}",
    ".status == \"open\" and .total > 100",
    "[.lines[] | .price * .quantity] | add",
    ".lines | map(select(.quantity > 3))",
    ".lines | map(.sku) | join(\",\")",
    "\"Order \\(.id) for \\(.customer.name)\"",
    ". + {shipped: true}",
    ".customer.address.city // \"unknown\"",
    ".lines | sort_by(.price) | .[0].sku",
    "if .total > 1000 then \"large\" elif .total > 100 then \"middle\" else \"small\" end",
    ".lines[2:5] | map({sku, quantity})",
    "reduce .lines[] as $line (0; . + $line.quantity)",
};

inline std::string document() {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    std::string n = std::to_string(i);
    lines += std::string(i ? "," : "") + R"({"sku":"sku-)" + n + R"(","title":"A thing of number )" + n +
             R"(","price":)" + std::to_string(10 + i * 7 % 13) + R"(.5,"quantity":)" +
             std::to_string(1 + i % 6) + "}";
  }
  return R"({"id":"order-0042","status":"open","total":1234.5,"customer":{"name":"Ada Lovelace","email":"ada@example.com",)"
         R"("address":{"street":"1 Main Street","city":"London","zip":"W1"}},"tags":["new","web","priority"],"note":")" +
         std::string(120, 'x') + R"(","lines":[)" + lines + "]}";
}

}  // namespace xf::bench
