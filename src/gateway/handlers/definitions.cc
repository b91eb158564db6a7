// Definitions: deploying, reading, removing.
#include <algorithm>

#include "gateway/handlers/handlers.h"
#include "gateway/media_type.h"

namespace xf::gateway::handlers {
namespace {

plan::DefinitionId id_of(const Exchange& exchange) {
  return {exchange.path[0], exchange.path[1], exchange.path[2]};
}

std::string etag(std::string_view digest) { return "\"" + std::string(digest) + "\""; }

// Whether a list of tags (RFC 9110 §13.1) has this one; `weak` ones count too when nothing is written.
bool has_tag(std::string_view list, std::string_view tag, bool weak) {
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (weak && one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

std::string location(const plan::DefinitionId& id) {
  return "/api/v1/definitions/" + id.ns + "/" + id.name + "/" + id.version;
}

http::Response deployed(const runtime::Deployment& deployment) {
  http::Response out = json_response(deployment.created ? 201 : 200, encode(deployment));
  out.headers.push_back({"Location", location(deployment.id)});
  out.headers.push_back({"ETag", etag(deployment.digest)});
  return out;
}

}  // namespace

void list_definitions(Exchange& exchange) {
  Result<PageRequest> page = decode_page(exchange.query);
  if (!page) return exchange.send(page.error());
  exchange.services.runtime.definitions(
      exchange.tenant, page->cursor, page->limit,
      answer<runtime::Page<runtime::DefinitionSummary>>(
          exchange, [](auto found) { return json_response(200, encode(found)); }));
}

void deploy_definition(Exchange& exchange) {
  Result<bool> strict = decode_flag(exchange.query, "strict");
  if (!strict) return exchange.send(strict.error());
  auto plan = definition::load(exchange.request.body, {.file = "", .strict = *strict});
  if (!plan) return exchange.send(problem(plan.error()));
  exchange.services.runtime.deploy(exchange.tenant, *plan, std::move(exchange.request.body),
                                   answer<runtime::Deployment>(exchange, deployed));
}

void validate_definition(Exchange& exchange) {
  Result<bool> strict = decode_flag(exchange.query, "strict");
  if (!strict) return exchange.send(strict.error());
  auto plan = definition::load(exchange.request.body, {.file = "", .strict = *strict});
  json::Value out = json::Value::object({{"valid", json::Value::boolean(plan.has_value())}});
  if (plan) out = std::move(out).with("definition", encode((*plan)->id));
  out = std::move(out).with("problems", plan ? json::Value::array() : encode_items(plan.error()));
  exchange.send(json_response(200, out));
}

void get_definition(Exchange& exchange) {
  std::string known(exchange.request.header("If-None-Match").value_or(""));
  exchange.services.runtime.definition(
      exchange.tenant, id_of(exchange), answer<runtime::DefinitionDetail>(exchange, [known](auto found) {
        std::string tag = etag(found.summary.digest);
        http::Response out =
            has_tag(known, tag, true) ? http::Response{.status = 304, .content_type = "", .headers = {}, .body = ""}
                         : json_response(200, encode(found));
        out.headers.push_back({"ETag", tag});
        return out;
      }));
}

void delete_definition(Exchange& exchange) {
  Result<bool> retire = decode_flag(exchange.query, "retire");
  if (!retire) return exchange.send(retire.error());
  auto remove = [&runtime = exchange.services.runtime, tenant = exchange.tenant, retire = *retire](
                    const plan::DefinitionId& id, http::Responder responder) {
    runtime.remove_definition(
        tenant, id, retire,
        [responder = std::move(responder)](Result<runtime::DefinitionSummary> done) mutable {
          if (!done) return responder.send(problem(done.error()));
          if (done->retired) return responder.send(json_response(200, encode(*done)));
          responder.send({.status = 204, .content_type = "", .headers = {}, .body = ""});
        });
  };
  auto wanted = exchange.request.header("If-Match");
  if (!wanted) return remove(id_of(exchange), std::move(exchange.responder));
  // A definition never changes under its version, so reading it first and then removing it is safe.
  exchange.services.runtime.definition(
      exchange.tenant, id_of(exchange),
      [remove, wanted = std::string(*wanted),
       responder = std::move(exchange.responder)](Result<runtime::DefinitionDetail> found) mutable {
        if (!found) return responder.send(problem(found.error()));
        if (!has_tag(wanted, etag(found->summary.digest), false))
          return responder.send(
              problem(412, "The definition is not the one that If-Match names: read it again."));
        remove(found->summary.id, std::move(responder));
      });
}

}  // namespace xf::gateway::handlers
