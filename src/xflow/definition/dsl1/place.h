// Place: a value of the document and the way to it. Places are made on the stack while reading goes down;
// each points at the one above, so a JSON Pointer costs nothing until somebody needs it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/yaml/node.h"

namespace xf::dsl1 {

class Place {
 public:
  explicit Place(const yaml::Node& root) : node_(&root), position_(root.start) {}
  // A member or element of `parent`, which must outlive this.
  Place(const Place& parent, const yaml::Entry& member)
      : parent_(&parent), node_(&member.node), name_(member.key), position_(member.position) {}
  Place(const Place& parent, std::size_t index)
      : parent_(&parent), node_(&parent.node().items[index]), index_(index), position_(node_->start) {}

  const yaml::Node& node() const { return *node_; }
  const json::Value& value() const { return node_->value; }
  // The member's key; empty for an element.
  std::string_view name() const { return name_; }
  // Where the key stands, or the element begins.
  yaml::Position position() const { return position_; }
  std::string pointer() const;

 private:
  const Place* parent_ = nullptr;
  const yaml::Node* node_;
  std::string_view name_;
  std::size_t index_ = 0;
  yaml::Position position_;
};

}  // namespace xf::dsl1
