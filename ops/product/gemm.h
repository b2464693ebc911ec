// Products of plain matrices by libraries, the same bits for any number of threads: the result is
// cut into blocks as its extents alone decide, and each block is one call that is held to one
// thread. Large products have kernels of our own, see packed.h.
#pragma once

#include <cstdint>

#include "ops/product/blas_kernels.h"
#include "ops/product/matrix.h"

namespace tapestry::detail {

// How many blocks the result is cut into.
struct Cuts {
  std::int64_t rows, columns;
  std::int64_t count() const { return rows * columns; }
};
Cuts cuts_for(const Extents& extents);

// Block number `block` of C = A B, of cuts.count(); C is row-major, `leading` elements from row to
// row. T is float, double or std::int64_t.
template <class T>
void multiply_block(const Extents& extents, const Cuts& cuts, std::int64_t block, Matrix<T> a,
                    Matrix<T> b, T* c, std::int64_t leading);

// While one lives, libraries use a single thread when called from this one.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace tapestry::detail
