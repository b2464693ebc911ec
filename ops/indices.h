// What indices must satisfy before an op reads or writes by them.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/tensor.h"

namespace tapestry::detail {

// Error in the name of `who` unless the indices are i64.
void require_indices(std::string_view who, const Tensor& index);

// Error that names an index outside [0, extent).
void require_range(std::string_view who, const Tensor& index, std::int64_t extent);

// x and index of gather and its like: i64, ranks equal, no extent larger than x's but on the axis.
// The axis, counted from the start.
int require_aligned(std::string_view who, const Tensor& x, int axis, const Tensor& index);

}  // namespace tapestry::detail
