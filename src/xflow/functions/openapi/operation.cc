// An OpenAPI operation as an HTTP request; see operation.h.
#include "xflow/functions/openapi/operation.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "base/json/print.h"
#include "base/uri_template.h"

namespace xf::functions::openapi {
namespace {

using json::Value;

constexpr std::array<std::string_view, 8> kMethods = {"get",     "put",  "post",  "delete",
                                                      "options", "head", "patch", "trace"};
constexpr int kReferencesMax = 32;

std::unexpected<Error> invalid(std::string message) { return fail(Code::kInvalid, std::move(message)); }

std::string unescape_pointer(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

// Follows `$ref: '#/…'` until something that is not a reference.
Result<Value> resolve(const Value& document, const Value& node) {
  Value at = node;
  for (int i = 0; i < kReferencesMax; ++i) {
    const Value* ref = at.find("$ref");
    if (!ref || !ref->is_string()) return at;
    std::string_view pointer = ref->as_string();
    if (!pointer.starts_with("#/"))
      return invalid("the document refers to '" + std::string(pointer) + "' outside itself");
    Value next = document;
    std::string_view rest = pointer.substr(2);
    while (true) {
      std::size_t slash = std::min(rest.find('/'), rest.size());
      const Value* child = next.find(unescape_pointer(rest.substr(0, slash)));
      if (!child) return invalid("the document has nothing at '" + std::string(pointer) + "'");
      next = Value(*child);
      if (slash == rest.size()) break;
      rest.remove_prefix(slash + 1);
    }
    at = next;
  }
  return invalid("the document's references run in a circle");
}

std::string text_of(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::print(value);
}

struct Operation {
  std::string path, method;
  Value path_item, definition;
};

Result<Operation> find_operation(const Value& document, std::string_view id) {
  std::string known;
  for (const json::Member& path : document.get("paths").members()) {
    XF_TRY_ASSIGN(Value item, resolve(document, path.value));
    for (std::string_view method : kMethods) {
      const Value* definition = item.find(method);
      if (!definition) continue;
      const Value& found = definition->get("operationId");
      if (!found.is_string()) continue;
      if (found.as_string() == id)
        return Operation{std::string(path.key.as_string()), std::string(method), item, *definition};
      if (known.size() < 200) known += (known.empty() ? "" : ", ") + std::string(found.as_string());
    }
  }
  return invalid("the document has no operation '" + std::string(id) +
                 "'; it has: " + (known.empty() ? "none" : known));
}

// Parameters of the operation and of its path; the operation's win.
Result<std::vector<Value>> parameters_of(const Value& document, const Operation& operation) {
  std::vector<Value> out;
  for (const Value* owner : {&operation.definition, &operation.path_item}) {
    for (const Value& declared : owner->get("parameters").elements()) {
      XF_TRY_ASSIGN(Value parameter, resolve(document, declared));
      auto same = [&](const Value& other) {
        return other.get("name") == parameter.get("name") && other.get("in") == parameter.get("in");
      };
      if (std::none_of(out.begin(), out.end(), same)) out.push_back(std::move(parameter));
    }
  }
  return out;
}

std::string expand_variables(std::string url, const Value& variables) {
  for (const json::Member& variable : variables.members()) {
    std::string place = "{" + std::string(variable.key.as_string()) + "}";
    std::string value = text_of(variable.value.get("default"));
    for (std::size_t at = url.find(place); at != std::string::npos; at = url.find(place, at + value.size()))
      url.replace(at, place.size(), value);
  }
  return url;
}

std::string origin_of(std::string_view uri) {
  std::size_t host = uri.find("://");
  if (host == std::string_view::npos) return std::string(uri);
  return std::string(uri.substr(0, uri.find('/', host + 3)));
}

std::string scheme_of(std::string_view uri) { return std::string(uri.substr(0, uri.find("://"))); }

std::string swagger_server(const Value& document, std::string_view document_uri) {
  const Value& host = document.get("host");
  const Value& schemes = document.get("schemes");
  // The first of the document's schemes unless it offers the one by which it was fetched.
  std::string scheme = scheme_of(document_uri);
  auto offered = schemes.elements();
  bool has = std::any_of(offered.begin(), offered.end(),
                         [&](const Value& s) { return s.is_string() && s.as_string() == scheme; });
  if (!offered.empty() && !has) scheme = text_of(offered[0]);
  std::string base =
      host.is_string() ? scheme + "://" + std::string(host.as_string()) : origin_of(document_uri);
  const Value& path = document.get("basePath");
  return path.is_string() && path.as_string() != "/" ? base + std::string(path.as_string()) : base;
}

std::string server_of(const Value& document, const Operation& operation, std::string_view document_uri) {
  if (document.find("swagger")) return swagger_server(document, document_uri);
  for (const Value* owner : {&operation.definition, &operation.path_item, &document}) {
    auto servers = owner->get("servers").elements();
    if (servers.empty()) continue;
    std::string url = expand_variables(text_of(servers[0].get("url")), servers[0].get("variables"));
    if (url.find("://") != std::string::npos) return url;
    if (url.starts_with("/")) return origin_of(document_uri) + url;
    return std::string(document_uri.substr(0, document_uri.rfind('/') + 1)) + url;
  }
  return origin_of(document_uri);
}

// How an array is written: repeated names (a=1&a=2), or one value with its elements joined by `separator`.
struct ArrayStyle {
  bool repeated = true;
  std::string_view separator = ",";
};

ArrayStyle array_style(const Value& parameter, bool swagger) {
  if (swagger) {
    const Value& format = parameter.get("collectionFormat");
    std::string_view word = format.is_string() ? format.as_string() : "csv";
    if (word == "multi") return {true, ","};
    return {false, word == "ssv" ? " " : word == "tsv" ? "\t" : word == "pipes" ? "|" : ","};
  }
  const Value& style = parameter.get("style");
  std::string_view word = style.is_string() ? style.as_string() : "form";
  const Value* explode = parameter.find("explode");
  bool repeated = explode ? explode->truthy() : word == "form";
  return {repeated, word == "spaceDelimited" ? " " : word == "pipeDelimited" ? "|" : ","};
}

std::string join(const Value& array, std::string_view separator) {
  std::string out;
  for (const Value& element : array.elements()) {
    if (&element != array.elements().data()) out += separator;
    out += text_of(element);
  }
  return out;
}

struct Building {
  engine::command::HttpRequest request;
  std::string path;
  Value headers = Value::object(), query = Value::object(), form = Value::object();
  std::string cookies;
};

void place(Building& out, const Value& parameter, std::string_view in, std::string_view name,
           const Value& given, bool swagger) {
  if (in == "path") {
    std::string mark = "{" + std::string(name) + "}";
    std::string value = percent_encode(given.is_array() ? join(given, ",") : text_of(given));
    for (std::size_t at = out.path.find(mark); at != std::string::npos;
         at = out.path.find(mark, at + value.size()))
      out.path.replace(at, mark.size(), value);
  } else if (in == "query") {
    ArrayStyle style = array_style(parameter, swagger);
    bool joined = given.is_array() && !style.repeated;
    out.query = std::move(out.query).with(name, joined ? Value::string(join(given, style.separator)) : given);
  } else if (in == "header") {
    out.headers = std::move(out.headers)
                      .with(name, Value::string(given.is_array() ? join(given, ",") : text_of(given)));
  } else if (in == "cookie") {
    out.cookies +=
        (out.cookies.empty() ? "" : "; ") + std::string(name) + "=" + percent_encode(text_of(given));
  } else if (in == "formData") {
    out.form = std::move(out.form).with(name, given);
  } else if (in == "body") {
    out.request.body = given;
    out.request.has_body = true;
  }
}

// What a schema gives a parameter that was not passed; nullptr: nothing.
const Value* default_of(const Value& parameter) {
  if (const Value* value = parameter.find("default")) return value;
  return parameter.get("schema").find("default");
}

Result<void> take_body(const Value& document, const Operation& operation, const Value& parameters,
                       const std::set<std::string, std::less<>>& taken, Building& out) {
  const Value* declared = operation.definition.find("requestBody");
  if (!declared) {
    for (const json::Member& member : parameters.members()) {
      if (!taken.contains(member.key.as_string()))
        return invalid("the operation has no parameter '" + std::string(member.key.as_string()) + "'");
    }
    return {};
  }
  XF_TRY_ASSIGN(Value body, resolve(document, *declared));
  Value rest = Value::object();
  for (const json::Member& member : parameters.members())
    if (!taken.contains(member.key.as_string())) rest = std::move(rest).with(member.key, member.value);
  if (rest.size() == 0) {
    if (body.get("required").truthy())
      return invalid("the operation needs a request body: pass it as 'body'");
    return {};
  }
  out.request.body = rest.size() == 1 && rest.find("body") ? rest.get("body") : rest;
  out.request.has_body = true;
  auto types = body.get("content").members();
  if (!types.empty() && !body.get("content").find("application/json"))
    out.headers = std::move(out.headers).with("Content-Type", types[0].key);
  return {};
}

}  // namespace

Result<engine::command::HttpRequest> request_for(const Value& document, std::string_view document_uri,
                                                 std::string_view operation_id, const Value& parameters) {
  if (!document.find("swagger") && !document.find("openapi"))
    return invalid("the resource at " + std::string(document_uri) + " is not an OpenAPI or Swagger document");
  bool swagger = document.find("swagger") != nullptr;
  XF_TRY_ASSIGN(Operation operation, find_operation(document, operation_id));
  XF_TRY_ASSIGN(std::vector<Value> declared, parameters_of(document, operation));
  Building out;
  out.path = operation.path;
  std::set<std::string, std::less<>> taken;
  for (const Value& parameter : declared) {
    std::string name = text_of(parameter.get("name")), in = text_of(parameter.get("in"));
    const Value* given = parameters.find(name);
    if (!given && in == "body") given = parameters.find("body");
    if (!given) given = default_of(parameter);
    taken.insert(name);
    if (in == "body") taken.insert("body");
    if (!given) {
      if (parameter.get("required").truthy() || in == "path")
        return invalid("the operation '" + std::string(operation_id) + "' needs the parameter '" + name +
                       "'");
      continue;
    }
    place(out, parameter, in, name, *given, swagger);
  }
  XF_TRY(take_body(document, operation, parameters, taken, out));
  if (out.form.size() > 0) {
    out.request.body = out.form;
    out.request.has_body = true;
    out.headers =
        std::move(out.headers).with("Content-Type", Value::string("application/x-www-form-urlencoded"));
  }
  if (!out.cookies.empty()) out.headers = std::move(out.headers).with("Cookie", Value::string(out.cookies));
  out.request.method = operation.method;
  std::transform(out.request.method.begin(), out.request.method.end(), out.request.method.begin(),
                 [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
  std::string server = server_of(document, operation, document_uri);
  if (server.ends_with("/")) server.pop_back();
  out.request.uri = server + out.path;
  if (out.headers.size() > 0) out.request.headers = out.headers;
  if (out.query.size() > 0) out.request.query = out.query;
  return std::move(out.request);
}

}  // namespace xf::functions::openapi
