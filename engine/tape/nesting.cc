#include "engine/tape/nesting.h"

namespace tapestry::detail {
namespace {

bool is_around(const Tape& tape, Epoch epoch) {
  const Tape* t = &tape;
  while (t && t->epoch() != epoch) t = t->outer();
  return t;
}

// As the outer tape of its own knows it.
Tensor outside(const Tensor& x) {
  const Tape* const tape = find_tape(x.epoch());
  return tape && tape->owns(x) ? tape->outer_value(x) : detach(x);
}

}  // namespace

Tensor known_to(const Tape& tape, Tensor x) {
  while (x.is_tracked() && !is_around(tape, x.epoch())) {
    const Tape* const inner = find_tape(x.epoch());
    if (!inner || !inner->owns(x)) break;
    x = inner->outer_value(x);
  }
  return x;
}

bool same_outside(const Tensor& a, const Tensor& b) {
  for (Tensor x = a; x.is_tracked(); x = outside(x))
    for (Tensor z = b; z.is_tracked(); z = outside(z))
      if (x.epoch() == z.epoch() && x.id() == z.id()) return true;
  return false;
}

bool follows_numbers(const Tape& tape, const Tensor& x) {
  if (x.is_tracked()) return known_to(tape, x).is_tracked();
  const auto [epoch, id] = x.origin();
  return find_tape(epoch) && known_to(tape, x.tracked_as(epoch, id)).is_tracked();
}

}  // namespace tapestry::detail
