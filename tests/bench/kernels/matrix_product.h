// C = A B by the definition, three loops. Inputs: A and B, n x n, row after row. Result: the sum of
// C.
#pragma once

#include <string>
#include <vector>

#include "engine/tensor/random.h"

namespace tapestry::bench {
using namespace detail;

struct MatrixProduct {
  int n;

  std::string name() const { return "matrix-product"; }
  std::vector<double> point() const {
    Rng rng(5);
    return uniform({2 * n * n}, -1, 1, rng, DType::f64).to_vector();
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T* a = x.data();
    const T* b = a + n * n;
    T sum = 0;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) {
        T s = 0;
        for (int k = 0; k < n; ++k) s += a[i * n + k] * b[k * n + j];
        sum += s;
      }
    return sum;
  }
};

}  // namespace tapestry::bench
