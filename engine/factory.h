// Making tensors of plain numbers. The default dtype is f32.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "engine/random.h"
#include "engine/tensor.h"

namespace tapestry {

namespace detail {

// A nested list of numbers, as in {{1, 2}, {3, 4}}.
class NestedList {
 public:
  NestedList(double number) : number_(number) {}  // NOLINT: numbers convert
  NestedList(std::initializer_list<NestedList> items) : items_(items), is_list_(true) {}

  bool is_list() const { return is_list_; }
  double number() const { return number_; }
  const std::vector<NestedList>& items() const { return items_; }

 private:
  double number_ = 0;
  std::vector<NestedList> items_;
  bool is_list_ = false;
};

}  // namespace detail

// Error when rows differ in length.
Tensor tensor(const detail::NestedList& values, DType dtype = DType::f32);

// dtype f32, f64 or i64 after the vector's element type. Error when the size does not fit the
// shape.
Tensor from_vector(const std::vector<float>& values, const Shape& shape);
Tensor from_vector(const std::vector<double>& values, const Shape& shape);
Tensor from_vector(const std::vector<std::int64_t>& values, const Shape& shape);

Tensor zeros(const Shape& shape, DType dtype = DType::f32);
Tensor ones(const Shape& shape, DType dtype = DType::f32);
Tensor full(const Shape& shape, double value, DType dtype = DType::f32);
Tensor arange(std::int64_t count, DType dtype = DType::f32);  // 0, 1, ... count - 1
Tensor arange(double start, double stop, double step, DType dtype = DType::f32);
Tensor eye(std::int64_t n, DType dtype = DType::f32);

// Shape and dtype of x.
Tensor zeros_like(const Tensor& x);
Tensor ones_like(const Tensor& x);

}  // namespace tapestry
