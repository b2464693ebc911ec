// Functions whose inner values are computed again, instead of kept, when a gradient asks for them.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/grad/transform.h"

namespace tapestry {

// The same function; its inner values are computed again when a gradient asks for them, and not
// kept until then. Tensors and parameters that f captures get their gradients, too. f must give the
// same result when called again; what it draws from generators are the numbers of the first time.
// Error, by its name, when called for an f that captures a scalar that a tape follows.
detail::Function checkpoint(detail::Function f, detail::Site site = {});

// The functions one after the other, in segments that are checkpointed each: of the values between
// functions only those between segments are kept, and those within a segment while the gradient
// passes it. The last segment, which a gradient passes first, is not computed again. Segments are
// the shorter the later they come, since the more values between segments are still there; so a
// gradient with retain_graph = false holds about (functions / segments) + segments / 2 values.
// Error unless 1 <= segments <= functions.
detail::Function checkpoint_sequential(std::vector<detail::Function> functions,
                                       std::int64_t segments, detail::Site site = {});

}  // namespace tapestry
