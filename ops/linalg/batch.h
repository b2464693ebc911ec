// Batches of matrices for libraries that know one matrix at a time: the last two axes are the
// matrix, those before them the batch.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/tensor/tensor.h"
#include "ops/product/gemm.h"

namespace tapestry::detail::linalg {

// Errors in the name of `who`: below rank 2; not square. `operand` names it.
void require_matrices(std::string_view who, const Tensor& a, std::string_view operand = "A");
void require_square(std::string_view who, const Tensor& a);

// Extents as LAPACK counts them; Error past 2^31 - 1.
int extent(std::string_view who, std::int64_t n);
// What a query for the size of a work array answered.
int work_size(std::string_view who, double answer);

inline std::int64_t rows(const Tensor& a) { return a.shape()[a.rank() - 2]; }
inline std::int64_t columns(const Tensor& a) { return a.shape().back(); }
inline Shape batch_shape(const Tensor& a) { return without_last(a.shape(), 2); }
Shape joined(Shape batch, std::initializer_list<std::int64_t> extents);  // and more behind them
bool is_finite(const Tensor& x);                                         // every element

// One matrix of a batch, wherever its elements lie.
template <class T>
struct Item {
  const T* data;
  std::int64_t rows, columns, down, across;  // extents; steps to the next row and column

  Item transposed() const { return {data, columns, rows, across, down}; }
  const T& at(std::int64_t i, std::int64_t j) const { return data[i * down + j * across]; }
  bool is_finite() const;
  void copy_rows(T* to) const;  // row-major
  void copy_columns(T* to) const { transposed().copy_rows(to); }
};

// The matrices of a tensor, by their row-major number in `batch`, to which its leading axes
// stretch.
template <class T>
class Items {
 public:
  Items(const Tensor& a, const Shape& batch);
  explicit Items(const Tensor& a) : Items(a, batch_shape(a)) {}
  Item<T> operator[](std::int64_t index) const;

 private:
  const T* data_;
  Shape batch_;
  Strides strides_;
  std::int64_t rows_, columns_, down_, across_;
};

// Calls f(first, last) on stretches of the batch, with libraries held to one thread; `work` is the
// number of multiplications for one matrix.
template <class F>
void for_stretches(std::int64_t count, std::int64_t work, F&& f) {
  parallel_for(count, work / 16 + 1, [&](std::int64_t first, std::int64_t last) {
    const OneThread guard;
    f(first, last);
  });
}

// The code that LAPACK gave for each matrix of a batch. What is refused does not depend on which
// thread came first.
class Codes {
 public:
  explicit Codes(const Shape& batch)
      : batch_(batch), codes_(static_cast<std::size_t>(batch.size()), 0) {}
  bool any() const {
    return std::ranges::any_of(codes_, [](int code) { return code != 0; });
  }
  int& operator[](std::int64_t index) { return codes_[static_cast<std::size_t>(index)]; }
  // Refuses when a matrix has a code other than 0, naming the first: {0} in `text` is its code.
  void check(std::string_view who, std::string_view text) const;

 private:
  Shape batch_;
  std::vector<int> codes_;
};

// " (batch index 3)", " (batch index (1, 2))", or nothing without a batch.
std::string place_in(const Shape& batch, std::int64_t index);

}  // namespace tapestry::detail::linalg
