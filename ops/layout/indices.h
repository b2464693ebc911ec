// What indices must satisfy before an op reads or writes by them.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// Error in the name of `who` unless the indices are i64.
void require_indices(std::string_view who, const Tensor& index);

// Error unless the mask is boolean.
void require_mask(std::string_view who, const Tensor& mask);

// Error that names an index outside [0, extent).
void require_range(std::string_view who, const Tensor& index, std::int64_t extent);

// The indices of an axis of that extent, negative ones counted from its start: the same tensor
// where there are none. Error that names one outside [-extent, extent).
Tensor counted_from_start(std::string_view who, const Tensor& index, std::int64_t extent);
std::int64_t position_of(std::string_view who, std::int64_t position, std::int64_t extent,
                         int axis);

// x and index of gather and its like: i64, ranks equal, no extent larger than x's but on the axis.
// The axis, counted from the start.
int require_aligned(std::string_view who, const Tensor& x, int axis, const Tensor& index);

}  // namespace tapestry::detail
