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

// While it lives it learns what leaves the record on this thread. Who watches around it learns of
// it, too, but for numbers that are detached there.
class WatchEscapes : public Escapes {
 public:
  explicit WatchEscapes(std::function<bool(const Tensor&)> of = {}) { concerns = std::move(of); }
  ~WatchEscapes() {
    Escapes* const outer = watch_.outer();
    if (!outer) return;
    outer->numbers |= numbers;
    outer->floating |= floating;
    outer->functions |= functions;
    if (outer->outer_scalar.empty()) outer->outer_scalar = outer_scalar;
  }

 private:
  const Ambient<&Context::escapes> watch_{this};
};

// While it lives, reading is no escape: a kernel reads, or a message or picture is made.
struct UnwatchedReading : Ambient<&Context::escapes> {
  UnwatchedReading() : Ambient(nullptr) {}
};

inline void note_function() {
  if (context.escapes) context.escapes->functions = true;
}

}  // namespace tapestry::detail
