#include "engine/tape/captures.h"

#include "engine/tape/called.h"

namespace tapestry::detail {

// Tapes that the function makes itself are its own affair.
bool WatchCaptures::is_from_before(const Tape& tape) const {
  const Tape* before = find_tape(innermost_);
  while (before && before != &tape) before = before->enclosing();
  return before;
}

void WatchCaptures::note(const Tensor& used) {
  if (!first_.empty() || !used.is_tracked() || !is_floating(used.dtype())) return;
  for (Tensor x = used; x.is_tracked();) {
    const Tape* const tape = find_tape(x.epoch());
    if (!tape || x.id() > tape->size() || !is_from_before(*tape)) return;
    // Only what is around a tape that observes, or of which it is a constant, may differentiate it.
    if (!tape->observes() && !tape->is_constant(x.id())) {
      first_ = called(*tape, x.id());
      return;
    }
    x = tape->outer_value(x);
  }
}

void WatchCaptures::note(Scalar x) {
  const Tape* const tape = x.is_tracked() ? find_tape(x.epoch()) : nullptr;
  if (first_.empty() && tape && x.id() <= tape->size() && !tape->is_constant(x.id()) &&
      is_from_before(*tape))
    first_ = called(*tape, x.id());
}

void WatchCaptures::note(std::string_view name) {
  if (first_.empty()) first_ = name;
}

}  // namespace tapestry::detail
