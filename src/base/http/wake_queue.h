// WakeQueue: a lock-free stack of nodes that any thread pushes and one thread takes whole, in order of
// pushing. push() says whether the queue was empty: only then must the taker be woken. Nodes link themselves
// by `next_wake`.
#pragma once

#include <atomic>
#include <cstdint>

namespace xf::http {

template <typename Node>
class WakeQueue {
 public:
  enum class Pushed : std::uint8_t { kFirst, kMore, kClosed };

  // A node must not be pushed again before it was taken.
  Pushed push(Node* node) {
    Node* head = head_.load(std::memory_order_relaxed);
    do {
      if (head == closed_mark()) return Pushed::kClosed;
      node->next_wake = head;
    } while (!head_.compare_exchange_weak(head, node, std::memory_order_acq_rel, std::memory_order_acquire));
    return head == nullptr ? Pushed::kFirst : Pushed::kMore;
  }

  // Calls take(node) for each, the oldest first; take may push again and destroy the node.
  template <typename Take>
  void drain(Take&& take) {
    each(head_.exchange(nullptr, std::memory_order_acq_rel), take);
  }

  // The same, and nothing is accepted any more.
  template <typename Take>
  void close(Take&& take) {
    Node* head = head_.exchange(closed_mark(), std::memory_order_acq_rel);
    if (head != closed_mark()) each(head, take);
  }

 private:
  // An address that no node can have.
  Node* closed_mark() { return reinterpret_cast<Node*>(this); }

  template <typename Take>
  static void each(Node* newest, Take& take) {
    Node* oldest = nullptr;
    while (newest != nullptr) {
      Node* next = newest->next_wake;
      newest->next_wake = oldest;
      oldest = newest;
      newest = next;
    }
    while (oldest != nullptr) {
      Node* next = oldest->next_wake;
      take(oldest);
      oldest = next;
    }
  }

  alignas(64) std::atomic<Node*> head_ = nullptr;
};

}  // namespace xf::http
