// Products over axes.
#pragma once

#include "engine/tensor/tensor.h"
#include "ops/reduce/reduce_options.h"

namespace tapestry {

// i64 and boolean give i64. Of nothing: 1. The derivatives of any order are exact at zeros, too.
Tensor prod(const Tensor& x, const ReduceOptions& options = {}, detail::Site site = {});

}  // namespace tapestry
