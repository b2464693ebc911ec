// Detects values that escape the tape: item(), to_vector(), data(), user functions. vmap and
// custom_vjp need a complete recording, so they watch for escapes.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

struct Escapes {
  bool numbers = false;      // of a tracked tensor were read, by item(), to_vector() or data()
  bool floating = false;     // so were those of a floating one, or used in an op after detach()
  bool functions = false;    // of the user's were called, or scalars taken: not to be recomputed
  std::string outer_scalar;  // the first that came from a tape outside the one that records
  // Whose numbers partials are made of, detached ones among them; any tracked tensor's by default.
  std::function<bool(const Tensor&)> concerns;
};

// For engine/tape/captures.h, which asks what a function captures. Called for
// tensors that are read, and operands.
using NoteUse = void (*)(const Tensor& x);
extern constinit thread_local NoteUse note_use_of;

// While it lives it learns what leaves the record on this thread. Who watches around it learns of
// it, too, but for numbers that are detached there.
class WatchEscapes : public Escapes {
 public:
  explicit WatchEscapes(std::function<bool(const Tensor&)> of = {})
      : outer_(std::exchange(escapes, this)) {
    concerns = std::move(of);
  }
  ~WatchEscapes() {
    escapes = outer_;
    if (!outer_) return;
    outer_->numbers |= numbers;
    outer_->floating |= floating;
    outer_->functions |= functions;
    if (outer_->outer_scalar.empty()) outer_->outer_scalar = outer_scalar;
  }
  WatchEscapes(const WatchEscapes&) = delete;
  WatchEscapes& operator=(const WatchEscapes&) = delete;

 private:
  Escapes* outer_;
};

// While it lives, reading is no escape: a kernel reads, or a message or picture is made.
class UnwatchedReading {
 public:
  UnwatchedReading() : outer_(std::exchange(escapes, nullptr)) {}
  ~UnwatchedReading() { escapes = outer_; }
  UnwatchedReading(const UnwatchedReading&) = delete;
  UnwatchedReading& operator=(const UnwatchedReading&) = delete;

 private:
  Escapes* outer_;
};

inline void note_function() {
  if (escapes) escapes->functions = true;
}

}  // namespace tapestry::detail
