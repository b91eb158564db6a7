// The frame tree: adding, taking out, and keeping a few ended frames for the next task.
#include "xflow/engine/state.h"

namespace xf::engine {
namespace {

constexpr std::uint32_t kSparesMax = 16;

void drop_chain(Frame* frame) {
  while (frame) delete std::exchange(frame, frame->next);
}

}  // namespace

Frames::~Frames() {
  if (root_) remove(root_);
  drop_chain(spare_);
}

Frame* Frames::add(Frame* parent) {
  Frame* frame = spare_;
  if (frame) {
    spare_ = frame->next;
    --spares_;
    frame->next = nullptr;
  } else {
    frame = new Frame;
  }
  frame->parent = parent;
  if (!parent) {
    root_ = frame;
    return frame;
  }
  frame->depth = std::uint16_t(parent->depth + 1);
  (parent->tail ? parent->tail->next : parent->child) = frame;
  parent->tail = frame;
  return frame;
}

void Frames::remove(Frame* frame) {
  unlink(frame);
  // From leaf to leaf, so that a deep tree needs no C stack.
  Frame* at = frame;
  while (at) {
    if (at->child) {
      Frame* child = at->child;
      at->child = child->next;
      child->next = nullptr;
      at = child;
      continue;
    }
    Frame* up = at == frame ? nullptr : at->parent;
    recycle(at);
    at = up;
  }
}

void Frames::unlink(Frame* frame) {
  Frame* parent = frame->parent;
  if (!parent) {
    root_ = nullptr;
    return;
  }
  Frame* before = nullptr;
  for (Frame* at = parent->child; at != frame; at = at->next) before = at;
  (before ? before->next : parent->child) = frame->next;
  if (parent->tail == frame) parent->tail = before;
  frame->next = nullptr;
}

void Frames::recycle(Frame* frame) {
  if (spares_ >= kSparesMax) {
    delete frame;
    return;
  }
  *frame = Frame{};
  frame->next = spare_;
  spare_ = frame;
  ++spares_;
}

}  // namespace xf::engine
