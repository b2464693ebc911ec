// Products of tensors beside matmul. Different dtypes meet in the larger; boolean counts as i64.
// Differentiable.
#pragma once

#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry {

// The sum of products over the last `axes` axes of a and the first of b, or over the named pairs of
// axes. The result has the other axes of a, then those of b. Error where extents differ.
Tensor tensordot(const Tensor& a, const Tensor& b, int axes = 2, detail::Site site = {});
Tensor tensordot(const Tensor& a, const Tensor& b, const std::vector<int>& axes_of_a,
                 const std::vector<int>& axes_of_b, detail::Site site = {});

// Products of as many pairs of matrices, (n, m, k) x (n, k, l) -> (n, m, l). Nothing broadcasts.
Tensor bmm(const Tensor& a, const Tensor& b, detail::Site site = {});

// beta * c + alpha * a b for matrices a and b; c broadcasts to their product.
struct AddmmOptions {
  double beta = 1, alpha = 1;
};
Tensor addmm(const Tensor& c, const Tensor& a, const Tensor& b, const AddmmOptions& options = {},
             detail::Site site = {});

}  // namespace tapestry
