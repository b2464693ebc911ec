// Forward rules that an op need not write, since they follow from the op or from its vjp.
#pragma once

#include "engine/tape/pushforward.h"

namespace tapestry::detail {

void push_linear(Pushforward& p);    // f(t): the op is linear in all floating operands together
void push_bilinear(Pushforward& p);  // f(tx, z) + f(x, tz)
void push_by_transposition(
    Pushforward& p);  // d/dv <vjp(v), t>: a vjp is linear in v, and its transpose is the jvp

}  // namespace tapestry::detail
