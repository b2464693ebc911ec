// What a function captures that is given plain numbers, since a rule of the user's stands for its
// derivative: whatever a tape follows that it uses all the same came in with the function, and
// nothing would flow back to it.
#pragma once

#include <string>
#include <string_view>

#include "engine/tape/tape.h"
#include "engine/tensor/escapes.h"

namespace tapestry::detail {

// While it lives, such a function runs on this thread.
class WatchCaptures {
 public:
  WatchCaptures() : innermost_(Tape::innermost() ? Tape::innermost()->epoch() : 0) {}

  // The first that was noted, by its name; empty where there is none.
  const std::string& first() const { return first_; }

  // The function uses x. Noted when it is floating and a tape from before follows it, and it is no
  // constant there.
  void note(const Tensor& x);
  void note(Scalar x);
  // It uses what every tape that records would follow.
  void note(std::string_view name);

 private:
  bool is_from_before(const Tape& tape) const;

  const UnwatchedReading own_;  // others have the rule
  const WatchEscapes reads_;
  Epoch innermost_;  // the tape that was the innermost before
  std::string first_;
  const Ambient<&Context::captures> watch_{this};
  const Ambient<&Context::note_use> uses_{[](const Tensor& x) { context.captures->note(x); }};
};

template <class T>
void note_captured(const T& x) {
  if (context.captures) context.captures->note(x);
}

}  // namespace tapestry::detail
