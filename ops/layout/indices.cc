#include "ops/layout/indices.h"

#include <atomic>

#include "engine/base/parallel.h"
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
  const auto* const numbers = index.data<std::int64_t>();
  std::atomic<bool> any_outside = false, any_negative = false;
  // Subtractions that wrap around: one of the two is negative just where the number lies outside.
  const auto look = [&](const std::int64_t* row, std::int64_t stride, std::int64_t count) {
    std::uint64_t outside = 0, all = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto number = static_cast<std::uint64_t>(row[i * stride]);
      outside |= (number - static_cast<std::uint64_t>(low)) |
                 (static_cast<std::uint64_t>(extent) - 1 - number);
      all |= number;
    }
    if (static_cast<std::int64_t>(outside) < 0) any_outside = true;
    if (static_cast<std::int64_t>(all) < 0) any_negative = true;
  };
  if (rows.count == 1 && rows.inner[0] == 1)
    parallel_for(rows.length, 1, [&](std::int64_t first, std::int64_t last) {
      look(numbers + first, 1, last - first);
    });
  else
    rows.for_each([&](const std::array<std::int64_t, 1>& at) {
      look(numbers + at[0], rows.inner[0], rows.length);
    });
  if (any_outside)
    rows.for_each([&](const std::array<std::int64_t, 1>& at) {
      for (std::int64_t i = 0; i < rows.length; ++i)
        if (const std::int64_t number = numbers[at[0] + i * rows.inner[0]];
            number < low || number >= extent)
          refuse_at(number);
    });
  return any_negative;
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
