// Plain matrices in memory.
#pragma once

#include <cstdint>

namespace tapestry::detail {

// A matrix in memory, row-major or, when transposed, column-major; `leading` elements between
// neighbours in the slow direction.
template <class T>
struct Matrix {
  const T* data;
  std::int64_t leading;
  bool transposed;

  Matrix from(std::int64_t row, std::int64_t column) const {
    return {data + (transposed ? column * leading + row : row * leading + column), leading,
            transposed};
  }
};

// Of a product.
struct Extents {
  std::int64_t rows, columns, inner;
  double multiplications() const {
    return static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(inner);
  }
};

// How many parts of a size make up the whole; the last may be smaller.
inline std::int64_t parts(std::int64_t whole, std::int64_t part) {
  return (whole + part - 1) / part;
}

// Longer sums of products are cut, and in single precision the parts are added in double. Libraries
// add in lanes within a product of two vectors, and one by one elsewhere.
inline constexpr std::int64_t kLong = 1 << 12;

}  // namespace tapestry::detail
