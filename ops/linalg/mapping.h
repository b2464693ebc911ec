// How vmap meets ops on the last two axes: the examples' batch becomes the first leading axis.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/grad/batching.h"
#include "ops/layout/view.h"

namespace tapestry::detail::linalg {

// The op on all examples at once. Operands of fewer axes than others get new ones behind the batch.
inline void map_matrices(Batching& b, const void* attributes = nullptr, int operands = 1) {
  int rank = 0;
  for (int i = 0; i < operands; ++i) rank = std::max(rank, b.operand(i).rank() - b.is_batched(i));
  std::vector<Tensor> aligned;
  for (int i = 0; i < operands; ++i) {
    Shape shape = b.operand(i).shape();
    if (b.is_batched(i))
      while (shape.rank() < rank + 1) shape.insert(1, 1);
    aligned.push_back(reshape(b.operand(i), shape));
  }
  b.execute(aligned, attributes);
}

}  // namespace tapestry::detail::linalg
