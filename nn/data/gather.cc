#include "nn/data/gather.h"

#include <cstddef>
#include <cstring>

#include "engine/base/parallel.h"

namespace tapestry::nn {
using namespace detail;

Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows) {
  if (x.rank() == 0) refuse("gather_rows", "a tensor of shape () has no rows");
  const std::int64_t count = x.shape()[0];
  for (const std::int64_t row : rows) {
    if (row < 0 || row >= count) {
      refuse("gather_rows", "there is no row {} in shape {}; expected 0 to {}", row, x.shape(),
             count - 1);
    }
  }

  const Tensor source = x.contiguous();
  Shape shape = x.shape();
  shape[0] = static_cast<std::int64_t>(rows.size());
  Tensor result = Tensor::uninitialized(shape, x.dtype());
  if (result.size() == 0) return result;

  const std::int64_t row_size = result.size() / shape[0];
  const std::size_t row_bytes = static_cast<std::size_t>(row_size) * size_of(x.dtype());
  const auto* from = source.data<std::byte>();
  auto* to = result.mutable_data<std::byte>();
  parallel_for(shape[0], row_size, [&](std::int64_t first, std::int64_t last) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
      std::memcpy(to + i * row_bytes, from + static_cast<std::size_t>(rows[i]) * row_bytes,
                  row_bytes);
    }
  });
  return result;
}

}  // namespace tapestry::nn
