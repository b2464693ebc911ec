// Rows picked from a tensor, each copied in one piece. Plain numbers: no tape follows them.
#pragma once

#include <cstdint>
#include <span>

#include "engine/tensor/tensor.h"

namespace tapestry::nn {

// x of shape (N, ...) and rows in [0, N) give (rows.size(), ...) of the same dtype. A row may be
// picked more than once. Error when x has no axis or a row lies outside.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows);

}  // namespace tapestry::nn
