// Functions of one example, for a batch.
#pragma once

#include <optional>
#include <vector>

#include "engine/grad/transform.h"

namespace tapestry {

// f for a batch: maps the first axis of x, and gives the results one after the other on a new first
// axis. f is run once, on the first example, and its operations are then executed for the whole
// batch; draws of random numbers are shared. An f that looks at numbers (item, to_vector, scalars)
// or calls a function of the user's (checkpoint, custom_vjp, on_gradient, straight_through) is run
// again for every example instead, and draws what it drew for the first. Numbers that detach(),
// data() or PauseRecording take out of f are the first example's: see stop_gradient. Errors: no
// example; results of different shapes; an example that draws more than the first, or other seeds.
detail::Function vmap(detail::Function f, detail::Site site = {});

namespace detail {

// The same of many arguments: in_axes says which axis of each is mapped, nullopt that all examples
// share it. Errors also for as many axes as there are not arguments, none that is mapped, mapped
// axes of different extents.
using InAxes = std::vector<std::optional<int>>;

}  // namespace detail

detail::FunctionOfMany vmap(detail::FunctionOfMany f, detail::InAxes in_axes,
                            detail::Site site = {});

}  // namespace tapestry
