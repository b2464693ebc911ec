// The log posterior of a Gaussian mixture, ADBench's GMM (Srajer, Kukelova, Fitzgibbon, A benchmark
// of selected algorithmic differentiation tools on some problems in computer vision and machine
// learning, Optimization Methods and Software 33, 2018). Component k has weight softmax(a)[k], mean
// m[k] and the inverse covariance Q^T Q, Q = diag(exp(q[k])) + L(l[k]) with L strictly lower
// triangular:
//
//   sum_i logsumexp_k(a[k] + sum q[k] - |Q[k] (x[i] - m[k])|^2 / 2) - n logsumexp(a)
//     - n d log(2 pi) / 2 + sum_k (gamma^2 / 2 |Q[k]|^2 - w sum q[k]) - K C(d, gamma, w)
//
// with |Q| Frobenius' norm, the Wishart prior with the sign of the published programs, which
// gradients are compared with. Inputs: a (K), m (K x d), then q and the columns of L, one after the
// other, of each component.
#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "engine/tensor/random.h"
#include "tests/bench/kernels/reduction.h"

namespace tapestry::bench {
using namespace detail;

struct Gmm {
  int d, components, n;
  double gamma = 1, wishart = 0;
  std::vector<double> data;  // n x d

  Gmm(int dimension, int k, int count) : d(dimension), components(k), n(count) {
    Rng rng(11);
    data = randn({count * dimension}, rng, DType::f64).to_vector();
  }

  std::string name() const {
    return "gmm-d" + std::to_string(d) + "-k" + std::to_string(components);
  }

  int factor_size() const { return d * (d + 1) / 2; }

  std::vector<double> point() const {
    Rng rng(12);
    return uniform({components * (1 + d + factor_size())}, -0.5, 0.5, rng, DType::f64).to_vector();
  }

  // log of what normalises the Wishart density of d x d matrices with d + w + 1 degrees of freedom.
  double log_normalizer() const {
    const double freedom = d + wishart + 1;
    double log_gamma = 0.25 * d * (d - 1) * std::log(std::numbers::pi);
    for (int j = 0; j < d; ++j) log_gamma += std::lgamma(0.5 * (freedom - j));
    return freedom * d * (std::log(gamma) - 0.5 * std::numbers::ln2) - log_gamma;
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    using std::exp;
    const T* weights = x.data();
    const T* means = weights + components;
    const T* factors = means + components * d;

    std::vector<T> diagonal(components * d), log_determinant(components);
    T prior = 0;
    for (int k = 0; k < components; ++k) {
      const T* q = factors + k * factor_size();
      T sum = 0, squares = 0;
      for (int i = 0; i < d; ++i) {
        T& e = diagonal[k * d + i];
        e = exp(q[i]);
        sum += q[i];
        squares += e * e;
      }
      for (int i = d; i < factor_size(); ++i) squares += q[i] * q[i];
      prior += 0.5 * gamma * gamma * squares - wishart * sum;
      log_determinant[k] = sum;
    }

    std::vector<T> centred(d), mapped(d), terms(components);
    T likelihood = 0;
    for (int p = 0; p < n; ++p) {
      for (int k = 0; k < components; ++k) {
        const T* l = factors + k * factor_size() + d;
        for (int i = 0; i < d; ++i) {
          centred[i] = data[p * d + i] - means[k * d + i];
          mapped[i] = diagonal[k * d + i] * centred[i];
        }
        for (int j = 0; j < d; ++j)
          for (int i = j + 1; i < d; ++i) mapped[i] += *l++ * centred[j];
        T squares = 0;
        for (int i = 0; i < d; ++i) squares += mapped[i] * mapped[i];
        terms[k] = weights[k] + log_determinant[k] - 0.5 * squares;
      }
      likelihood += logsumexp(components, terms.data());
    }
    const double count = n;
    return likelihood - count * logsumexp(components, weights) + prior -
           0.5 * count * d * std::log(2 * std::numbers::pi) - components * log_normalizer();
  }
};

}  // namespace tapestry::bench
