// Elements chosen by an index tensor, as one pass: what reads them, and what adds to them.
#pragma once

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// The elements of `shape` are visited in order. For element e the index tensor holds, `index`
// strides along, a number i below `extent`, and the element chosen lies `base` strides and i * step
// along in the indexed tensor.
struct Choice {
  Shape shape;
  Strides index, base;
  std::int64_t step, extent;
};

// The elements chosen, of the choice's shape.
Tensor chosen(const Tensor& x, const Tensor& index, const Choice& choice);

// target[choice of e] += source[e], for a target without gaps and a source of its dtype. What meets
// in one place is added in the order of the elements, for any number of threads, and in f32 as well
// as sum() adds it: in double as soon as it may be many.
void add_chosen(Tensor& target, const Tensor& index, const Tensor& source, const Choice& choice);

}  // namespace tapestry::detail
