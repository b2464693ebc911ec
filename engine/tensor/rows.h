// Goes over strided operands of one shape in row-major order as few and long rows: axes of extent 1
// are dropped and neighbouring axes that are uniform for every operand are merged, so that kernels
// see plain inner loops.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "engine/tensor/shape.h"

namespace tapestry::detail {

template <int N>
struct Rows {
  std::int64_t length = 1;              // elements of a row
  std::int64_t count = 1;               // rows
  std::array<std::int64_t, N> inner{};  // stride of each operand within a row
  int rank = 0;                         // outer axes, slowest first
  std::int64_t extents[kMaxRank];
  std::array<std::int64_t, N> strides[kMaxRank];

  Rows(const Shape& shape, const std::array<const Strides*, N>& operands) {
    for (std::int64_t extent : shape)
      if (extent == 0) {  // no rows; other extents may be as large as any number
        count = length = 0;
        return;
      }
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == 1) continue;
      std::array<std::int64_t, N> here;
      for (int k = 0; k < N; ++k) here[k] = (*operands[k])[axis];
      if (rank && merges(rank - 1, shape[axis], here)) {
        extents[rank - 1] *= shape[axis];
        strides[rank - 1] = here;
      } else {
        extents[rank] = shape[axis];
        strides[rank++] = here;
      }
    }
    if (rank) {
      --rank;
      length = extents[rank];
      inner = strides[rank];
    }
    for (int axis = 0; axis < rank; ++axis) count *= extents[axis];
  }

  // Offsets of row `index` in each operand.
  std::array<std::int64_t, N> offsets(std::int64_t index) const {
    std::array<std::int64_t, N> result{};
    for (int axis = rank - 1; axis >= 0; --axis) {
      const std::int64_t coordinate = axis == 0 ? index : index % extents[axis];
      if (axis > 0) index /= extents[axis];
      for (int k = 0; k < N; ++k) result[k] += coordinate * strides[axis][k];
    }
    return result;
  }

  // Calls f(offsets) for rows [first, last) in order.
  template <class F>
  void for_each(std::int64_t first, std::int64_t last, F&& f) const {
    if (length == 0 || first >= last) return;
    std::int64_t coordinates[kMaxRank];
    std::int64_t rest = first;
    for (int axis = rank - 1; axis >= 0; --axis) {
      coordinates[axis] = rest % extents[axis];
      rest /= extents[axis];
    }
    std::array<std::int64_t, N> offset = offsets(first);
    for (std::int64_t row = first; row < last; ++row) {
      f(offset);
      for (int axis = rank - 1; axis >= 0; --axis) {
        for (int k = 0; k < N; ++k) offset[k] += strides[axis][k];
        if (++coordinates[axis] < extents[axis]) break;
        for (int k = 0; k < N; ++k) offset[k] -= extents[axis] * strides[axis][k];
        coordinates[axis] = 0;
      }
    }
  }
  template <class F>
  void for_each(F&& f) const {
    for_each(0, count, std::forward<F>(f));
  }

 private:
  bool merges(int outer, std::int64_t extent, const std::array<std::int64_t, N>& here) const {
    for (int k = 0; k < N; ++k)
      if (strides[outer][k] != here[k] * extent) return false;
    return true;
  }
};

}  // namespace tapestry::detail
