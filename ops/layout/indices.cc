#include "ops/layout/indices.h"

#include <algorithm>

#include "engine/tensor/copy.h"
#include "engine/tensor/rows.h"

namespace tapestry::detail {

void require_indices(std::string_view who, const Tensor& index) {
  if (index.dtype() != DType::i64)
    refuse(who, "the indices are {}; they must be i64", index.dtype());
}

void require_mask(std::string_view who, const Tensor& mask) {
  if (mask.dtype() != DType::boolean)
    refuse(who, "the mask is {}; it must be boolean", mask.dtype());
}

namespace {

// Whether an index lies below 0. Calls refuse_at(index) for the first outside [low, extent).
template <class Refuse>
bool look_at(const Tensor& index, std::int64_t low, std::int64_t extent, Refuse&& refuse_at) {
  Shape once = index.shape();  // what is stretched repeats itself
  for (int axis = 0; axis < once.rank(); ++axis)
    if (index.strides()[axis] == 0 && once[axis] > 1) once[axis] = 1;
  const Rows<1> rows(once, {&index.strides()});
  std::int64_t least = 0;
  rows.for_each([&](const std::array<std::int64_t, 1>& at) {
    const auto* row = index.data<std::int64_t>() + at[0];
    std::int64_t smallest = 0, largest = -1;
    for (std::int64_t i = 0; i < rows.length; ++i) {
      smallest = std::min(smallest, row[i * rows.inner[0]]);
      largest = std::max(largest, row[i * rows.inner[0]]);
    }
    for (std::int64_t i = 0; (smallest < low || largest >= extent) && i < rows.length; ++i)
      if (const std::int64_t bad = row[i * rows.inner[0]]; bad < low || bad >= extent)
        refuse_at(bad);
    least = std::min(least, smallest);
  });
  return least < 0;
}

}  // namespace

void require_range(std::string_view who, const Tensor& index, std::int64_t extent) {
  look_at(index, 0, extent, [&](std::int64_t bad) {
    refuse(who, "index {} is out of range for extent {}; indices start at 0 and stay below it", bad,
           extent);
  });
}

Tensor counted_from_start(std::string_view who, const Tensor& index, std::int64_t extent) {
  const bool negative = look_at(index, -extent, extent, [&](std::int64_t bad) {
    refuse(who, "index {} is out of range for extent {}; it must lie in [{}, {}]", bad, extent,
           -extent, extent - 1);
  });
  if (!negative) return index;
  Tensor counted = Tensor::uninitialized(index.shape(), DType::i64);
  auto* numbers = counted.mutable_data<std::int64_t>();
  copy_elements(index, numbers);
  for (std::int64_t i = 0; i < counted.size(); ++i)
    if (numbers[i] < 0) numbers[i] += extent;
  return counted;
}

std::int64_t position_of(std::string_view who, std::int64_t position, std::int64_t extent,
                         int axis) {
  if (position < -extent || position >= extent)
    refuse(who, "position {} of axis {} is out of range for extent {}; it must lie in [{}, {}]",
           position, axis, extent, -extent, extent - 1);
  return position < 0 ? position + extent : position;
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
