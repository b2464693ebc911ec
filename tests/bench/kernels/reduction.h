// Loops that fold many numbers into one: their sum, their product, and log(sum(exp(x))), shifted by
// the largest x so that no exp overflows.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "engine/tensor/random.h"
#include "tests/bench/kernels/number.h"

namespace tapestry::bench {

struct Sum {
  int count;

  std::string name() const { return "sum"; }
  std::vector<double> point() const {
    Rng rng(2);
    return uniform({count}, -1, 1, rng, DType::f64).to_vector();
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    for (int i = 0; i < count; ++i) sum += x[i];
    return sum;
  }
};

struct Product {
  int count;

  std::string name() const { return "product"; }
  std::vector<double> point() const {
    Rng rng(3);
    return uniform({count}, 0.99, 1.01, rng, DType::f64).to_vector();
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    T product = 1;
    for (int i = 0; i < count; ++i) product *= x[i];
    return product;
  }
};

template <class T>
T logsumexp(int count, const T* x) {
  using std::exp, std::log;
  int largest = 0;
  for (int i = 1; i < count; ++i)
    if (number(x[i]) > number(x[largest])) largest = i;
  T sum = 0;
  for (int i = 0; i < count; ++i) sum += exp(x[i] - x[largest]);
  return log(sum) + x[largest];
}

struct LogSumExp {
  int count;

  std::string name() const { return "log-sum-exp"; }
  std::vector<double> point() const {
    Rng rng(4);
    return uniform({count}, -3, 3, rng, DType::f64).to_vector();
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    return logsumexp(count, x.data());
  }
};

}  // namespace tapestry::bench
