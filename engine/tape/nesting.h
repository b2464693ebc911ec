// Tapes in each other, seen from one of them. A rule or hook may use what it captured of a tape
// while only the outer tapes that one record, as in a plain gradient within another; to them it is
// what it stands for outside.
#pragma once

#include "engine/tape/tape.h"

namespace tapestry::detail {

// x as `tape` and those around it know it: followed by one of them, or plain numbers. A stale
// handle stays what it is, for its user to refuse.
Tensor known_to(const Tape& tape, Tensor x);

// Whether they are one node, or are so to some outer tape the ones that track them.
bool same_outside(const Tensor& a, const Tensor& b);

// Whether `tape` or one around it follows x or, where x has no history, what it was detached from.
bool follows_numbers(const Tape& tape, const Tensor& x);

}  // namespace tapestry::detail
