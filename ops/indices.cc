#include "ops/indices.h"

#include "engine/rows.h"

namespace tapestry::detail {

void require_indices(std::string_view who, const Tensor& index) {
  if (index.dtype() != DType::i64)
    refuse(who, "the indices are {}; they must be i64", index.dtype());
}

void require_range(std::string_view who, const Tensor& index, std::int64_t extent) {
  const Rows<1> rows(index.shape(), {&index.strides()});
  rows.for_each([&](const std::array<std::int64_t, 1>& at) {
    const auto* row = index.data<std::int64_t>() + at[0];
    bool inside = true;
    for (std::int64_t i = 0; i < rows.length; ++i)
      inside &= row[i * rows.inner[0]] >= 0 && row[i * rows.inner[0]] < extent;
    for (std::int64_t i = 0; !inside && i < rows.length; ++i)
      if (const std::int64_t bad = row[i * rows.inner[0]]; bad < 0 || bad >= extent)
        refuse(who, "index {} is out of range for extent {}; indices start at 0 and stay below it",
               bad, extent);
  });
}

int require_aligned(std::string_view who, const Tensor& x, int axis, const Tensor& index) {
  axis = normalize_axis(who, axis, x.rank());
  bool fits = index.rank() == x.rank();
  for (int i = 0; fits && i < x.rank(); ++i) fits = i == axis || index.shape()[i] <= x.shape()[i];
  if (!fits)
    refuse(who,
           "index of shape {} does not fit x of shape {}: the ranks must be equal, and no extent "
           "larger but on axis {}",
           index.shape(), x.shape(), axis);
  require_indices(who, index);
  return axis;
}

}  // namespace tapestry::detail
