// How vmap meets ops whose operands are aligned at the right, as by broadcasting: the batch becomes
// the first leading axis.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/grad/batching.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

// x with its batch in front and new axes behind that, so that each example has `rank` axes.
inline Tensor aligned(const Tensor& x, int rank) {
  Shape shape = x.shape();
  while (shape.rank() < rank + 1) shape.insert(1, 1);
  return reshape(x, shape);
}

// The op on all examples at once.
inline void map_aligned(Batching& b, const void* attributes = nullptr) {
  int rank = 0;
  for (int i = 0; i < b.operand_count(); ++i)
    rank = std::max(rank, b.operand(i).rank() - b.is_batched(i));
  std::vector<Tensor> operands;
  for (int i = 0; i < b.operand_count(); ++i)
    operands.push_back(b.is_batched(i) ? aligned(b.operand(i), rank) : b.operand(i));
  b.execute(operands, attributes);
}

}  // namespace tapestry::detail
