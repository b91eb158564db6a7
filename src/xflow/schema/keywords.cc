// Keyword by keyword: what the standard's text says, made into the model's structures, and refused where it
// is not what the keyword takes. Unknown keywords are annotations and ignored.
#include "base/json/print.h"
#include "xflow/schema/compiler.h"
#include "xflow/schema/parts.h"

namespace xf::schema {
namespace {

using json::Value;

std::string_view article_and_kind(const Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull: return "null";
    case json::Kind::kBool: return "a boolean";
    case json::Kind::kNumber: return "a number";
    case json::Kind::kString: return "a string";
    case json::Kind::kArray: return "an array";
    case json::Kind::kObject: return "an object";
  }
  return "";
}

std::uint8_t type_bit(std::string_view name) {
  static constexpr std::pair<std::string_view, std::uint8_t> kTypes[] = {
      {"null", kNullBit},      {"boolean", kBooleanBit}, {"object", kObjectBit},
      {"array", kArrayBit},    {"string", kStringBit},   {"number", kNumberBit | kIntegerBit},
      {"integer", kIntegerBit}};
  for (const auto& [known, bit] : kTypes) {
    if (known == name) return bit;
  }
  return 0;
}

class KeywordCompiler {
 public:
  KeywordCompiler(Compiler& compiler, const Place& place)
      : compiler_(compiler),
        place_(place),
        schema_(*place.value),
        dialect_(compiler.resource_of(place).dialect),
        is_07_(dialect_.draft == Draft::k07) {}

  Result<std::vector<Keyword>> run() {
    if (schema_.is_bool()) return std::move(out_);
    if (!schema_.is_object())
      return fail(Code::kInvalid,
                  ": a schema must be an object or a boolean, is " + std::string(article_and_kind(schema_)));
    all();
    if (!error_.empty()) return fail(Code::kInvalid, std::move(error_));
    return std::move(out_);
  }

 private:
  void all() {
    // In draft-07 a `$ref` hides its siblings.
    if (is_07_ && schema_.find("$ref")) return ref();
    if (dialect_.validation) assertions();
    format();
    ref();
    dynamic_ref();
    if (dialect_.applicator) applicators();
    if (dialect_.unevaluated && !is_07_) unevaluated();
  }

  void assertions() {
    types();
    constants();
    numbers();
    counts();
    pattern();
    required();
    if (const Value* unique = schema_.find("uniqueItems")) {
      if (!unique->is_bool()) return wrong("uniqueItems", "must be a boolean", *unique);
      if (unique->as_bool()) out_.emplace_back(keyword::UniqueItems{});
    }
  }

  void applicators() {
    if (auto nodes = list("allOf")) out_.emplace_back(keyword::AllOf{*std::move(nodes)});
    properties();
    property_names();
    dependents();
    items();
    contains();
    if (auto nodes = list("anyOf")) out_.emplace_back(keyword::AnyOf{*std::move(nodes)});
    if (auto nodes = list("oneOf")) out_.emplace_back(keyword::OneOf{*std::move(nodes)});
    if (const Value* schema = schema_.find("not")) out_.emplace_back(keyword::Not{child("not", *schema)});
    conditional();
  }

  void types() {
    const Value* type = schema_.find("type");
    if (!type) return;
    keyword::Types types;
    const Value one[] = {*type};
    for (const Value& name : type->is_array() ? type->elements() : std::span<const Value>(one)) {
      const std::uint8_t bit = name.is_string() ? type_bit(name.as_string()) : std::uint8_t{0};
      if (bit == 0)
        return wrong("type", "must name null, boolean, object, array, number, string or integer", name);
      types.mask |= bit;
    }
    if (types.mask == 0) return wrong("type", "must name at least one type", *type);
    out_.emplace_back(types);
  }

  void constants() {
    if (const Value* value = schema_.find("const")) out_.emplace_back(keyword::Const{*value});
    if (const Value* values = schema_.find("enum")) {
      if (!values->is_array()) return wrong("enum", "must be an array", *values);
      out_.emplace_back(keyword::Enum{{values->elements().begin(), values->elements().end()}});
    }
  }

  void numbers() {
    limit("minimum", keyword::Bound::kMinimum);
    limit("exclusiveMinimum", keyword::Bound::kExclusiveMinimum);
    limit("maximum", keyword::Bound::kMaximum);
    limit("exclusiveMaximum", keyword::Bound::kExclusiveMaximum);
    if (const Value* value = schema_.find("multipleOf")) {
      if (!value->is_number()) return wrong("multipleOf", "must be a number", *value);
      const auto divisor = Divisor::of(*value);
      if (!divisor) return wrong("multipleOf", "must be above 0 and have at most 18 digits", *value);
      out_.emplace_back(keyword::MultipleOf{*divisor, *value});
    }
  }

  void limit(std::string_view name, keyword::Bound bound) {
    const Value* value = schema_.find(name);
    if (!value) return;
    if (!value->is_number()) return wrong(name, "must be a number", *value);
    out_.emplace_back(keyword::Limit{bound, value->as_double(), *value, value->literal_text().empty()});
  }

  void counts() {
    using keyword::Counted;
    count("minLength", Counted::kCharacters, false);
    count("maxLength", Counted::kCharacters, true);
    count("minItems", Counted::kItems, false);
    count("maxItems", Counted::kItems, true);
    count("minProperties", Counted::kProperties, false);
    count("maxProperties", Counted::kProperties, true);
  }

  void count(std::string_view name, keyword::Counted what, bool is_maximum) {
    if (const auto limit = natural(name)) out_.emplace_back(keyword::Count{what, is_maximum, *limit});
  }

  // A keyword whose value counts something; anything above 2^53 is as good as 2^53.
  std::optional<std::uint64_t> natural(std::string_view name) {
    constexpr double kLargest = 9007199254740992.0;
    const Value* value = schema_.find(name);
    if (!value) return std::nullopt;
    if (!value->is_number() || !is_integer(*value) || value->as_double() < 0) {
      wrong(name, "must be a whole number, 0 or more", *value);
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(std::min(value->as_double(), kLargest));
  }

  void pattern() {
    const Value* value = schema_.find("pattern");
    if (!value) return;
    if (!value->is_string()) return wrong("pattern", "must be a string", *value);
    auto compiled = Pattern::compile(value->as_string());
    if (!compiled) return refuse("pattern", compiled.error().message);
    out_.emplace_back(keyword::Matches{*std::move(compiled)});
  }

  void format() {
    const Value* name = schema_.find("format");
    if (!name) return;
    if (!name->is_string()) return wrong("format", "must be a string", *name);
    if (const FormatCheck check = find_format(name->as_string()))
      out_.emplace_back(keyword::Format{check, std::string(name->as_string()), dialect_.asserts_format});
  }

  void required() {
    if (const Value* names = schema_.find("required")) {
      if (auto list = strings("required", *names)) out_.emplace_back(keyword::Required{*std::move(list)});
    }
    if (is_07_) return;
    const Value* dependent = schema_.find("dependentRequired");
    if (!dependent) return;
    if (!dependent->is_object()) return wrong("dependentRequired", "must be an object", *dependent);
    keyword::DependentRequired keyword;
    for (const json::Member& member : dependent->members()) {
      if (auto list = strings("dependentRequired/" + escape_pointer(member.key.as_string()), member.value))
        keyword.names.emplace_back(member.key, *std::move(list));
    }
    out_.emplace_back(std::move(keyword));
  }

  std::optional<std::vector<Value>> strings(std::string_view name, const Value& value) {
    for (const Value& element : elements_of(value)) {
      if (!element.is_string()) {
        wrong(name, "must be an array of strings; it has an element that", element);
        return std::nullopt;
      }
    }
    if (!value.is_array()) {
      wrong(name, "must be an array of strings", value);
      return std::nullopt;
    }
    return std::vector<Value>(value.elements().begin(), value.elements().end());
  }

  void properties() {
    keyword::Properties keyword;
    std::vector<Value> names;
    if (const Value* map = object("properties")) {
      for (const json::Member& member : map->members()) {
        names.push_back(member.key);
        keyword.nodes.push_back(child("properties/" + escape_pointer(member.key.as_string()), member.value));
      }
    }
    if (const Value* map = object("patternProperties")) {
      for (const json::Member& member : map->members()) {
        const std::string where = "patternProperties/" + escape_pointer(member.key.as_string());
        auto compiled = Pattern::compile(member.key.as_string());
        if (!compiled) return refuse(where, compiled.error().message);
        keyword.patterns.emplace_back(*std::move(compiled), child(where, member.value));
      }
    }
    if (const Value* schema = schema_.find("additionalProperties"))
      keyword.additional = child("additionalProperties", *schema);
    if (names.empty() && keyword.patterns.empty() && !keyword.additional) return;
    keyword.names = NameTable(std::move(names));
    out_.emplace_back(std::move(keyword));
  }

  void property_names() {
    if (const Value* schema = schema_.find("propertyNames"))
      out_.emplace_back(keyword::PropertyNames{child("propertyNames", *schema)});
  }

  void dependents() {
    if (const Value* map = is_07_ ? nullptr : object("dependentSchemas")) {
      keyword::DependentSchemas keyword;
      for (const json::Member& m : map->members())
        keyword.schemas.emplace_back(m.key,
                                     child("dependentSchemas/" + escape_pointer(m.key.as_string()), m.value));
      out_.emplace_back(std::move(keyword));
    }
    // Part of draft-07, kept by 2020-12's meta-schema for compatibility.
    const Value* map = object("dependencies");
    if (!map) return;
    keyword::DependentRequired names{{}, true};
    keyword::DependentSchemas schemas{{}, true};
    for (const json::Member& m : map->members()) {
      const std::string where = "dependencies/" + escape_pointer(m.key.as_string());
      if (!m.value.is_array())
        schemas.schemas.emplace_back(m.key, child(where, m.value));
      else if (auto list = strings(where, m.value))
        names.names.emplace_back(m.key, *std::move(list));
    }
    if (!names.names.empty()) out_.emplace_back(std::move(names));
    if (!schemas.schemas.empty()) out_.emplace_back(std::move(schemas));
  }

  void items() {
    keyword::Items keyword;
    const Value* items = schema_.find("items");
    if (is_07_ && items && items->is_array()) {
      add_list(keyword.prefix, "items", *items);
      if (const Value* rest = schema_.find("additionalItems")) keyword.rest = child("additionalItems", *rest);
    } else {
      if (auto prefix = is_07_ ? std::nullopt : list("prefixItems")) keyword.prefix = *std::move(prefix);
      if (items) keyword.rest = child("items", *items);
    }
    if (!keyword.prefix.empty() || keyword.rest) out_.emplace_back(std::move(keyword));
  }

  void contains() {
    const Value* schema = schema_.find("contains");
    if (!schema) return;
    keyword::Contains keyword{child("contains", *schema), 1, std::nullopt, !is_07_};
    if (!is_07_ && dialect_.validation) {
      keyword.least = natural("minContains").value_or(1);
      keyword.most = natural("maxContains");
    }
    out_.emplace_back(keyword);
  }

  void conditional() {
    const Value* condition = schema_.find("if");
    if (!condition) return;
    keyword::Conditional keyword{child("if", *condition), std::nullopt, std::nullopt};
    if (const Value* then = schema_.find("then")) keyword.then = child("then", *then);
    if (const Value* otherwise = schema_.find("else")) keyword.otherwise = child("else", *otherwise);
    out_.emplace_back(keyword);
  }

  void unevaluated() {
    if (const Value* schema = schema_.find("unevaluatedProperties"))
      out_.emplace_back(keyword::UnevaluatedProperties{child("unevaluatedProperties", *schema)});
    if (const Value* schema = schema_.find("unevaluatedItems"))
      out_.emplace_back(keyword::UnevaluatedItems{child("unevaluatedItems", *schema)});
  }

  void ref() {
    if (const auto target = reference("$ref")) out_.emplace_back(keyword::Ref{compiler_.node_of(*target)});
  }

  // It is dynamic only when its first target is a `$dynamicAnchor` of the name it was found by.
  void dynamic_ref() {
    const auto target = is_07_ ? std::nullopt : reference("$dynamicRef");
    if (!target) return;
    const NodeId node = compiler_.node_of(*target);
    const std::string_view text = schema_.get("$dynamicRef").as_string();
    const std::string_view name = text.substr(std::min(text.find('#'), text.size() - 1) + 1);
    const auto& anchors = compiler_.resource_of(*target).dynamic_anchors;
    const auto anchor = anchors.find(name);
    if (anchor == anchors.end() || anchor->second.value != target->value)
      out_.emplace_back(keyword::Ref{node});
    else
      out_.emplace_back(keyword::DynamicRef{node, compiler_.dynamic_anchor(name)});
  }

  std::optional<Place> reference(std::string_view name) {
    const Value* text = schema_.find(name);
    if (!text) return std::nullopt;
    if (!text->is_string()) {
      wrong(name, "must be a string", *text);
      return std::nullopt;
    }
    auto target = compiler_.find(place_, text->as_string());
    if (target) return *std::move(target);
    refuse(name, target.error().message);
    return std::nullopt;
  }

  const Value* object(std::string_view name) {
    const Value* value = schema_.find(name);
    if (!value || value->is_object()) return value;
    wrong(name, "must be an object", *value);
    return nullptr;
  }

  std::optional<std::vector<NodeId>> list(std::string_view name) {
    const Value* value = schema_.find(name);
    if (!value) return std::nullopt;
    if (!value->is_array() || value->size() == 0) {
      wrong(name, "must be an array of at least one schema", *value);
      return std::nullopt;
    }
    std::vector<NodeId> nodes;
    add_list(nodes, name, *value);
    return nodes;
  }

  void add_list(std::vector<NodeId>& nodes, std::string_view name, const Value& value) {
    for (std::size_t i = 0; i < value.size(); ++i)
      nodes.push_back(child(std::string(name) + "/" + std::to_string(i), value.elements()[i]));
  }

  // The registry has seen every place that may be a resource of its own.
  NodeId child(std::string_view way, const Value& value) {
    return compiler_.node_of({place_.document, compiler_.resource_at(place_, way),
                              place_.pointer + "/" + std::string(way), &value});
  }

  void wrong(std::string_view name, std::string_view rule, const Value& value) {
    refuse(name, std::string(rule) + ", is " +
                     (value.is_string() || value.is_number() ? json::print(value)
                                                             : std::string(article_and_kind(value))));
  }

  // The first problem is the one that is told.
  void refuse(std::string_view name, const std::string& why) {
    if (error_.empty()) error_ = "/" + std::string(name) + ": " + why;
  }

  Compiler& compiler_;
  const Place& place_;
  const Value& schema_;
  const Dialect dialect_;
  const bool is_07_;
  std::vector<Keyword> out_;
  std::string error_;
};

}  // namespace

Result<std::vector<Keyword>> compile_keywords(Compiler& compiler, const Place& place) {
  return KeywordCompiler(compiler, place).run();
}

}  // namespace xf::schema
