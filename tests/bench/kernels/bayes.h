// Log posteriors of statistical models, constants left out, as in the benchmarks of FastAD (Yang,
// arXiv 2102.03681) and in Stan's user's guide.
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/tensor/random.h"
#include "tests/bench/kernels/density.h"

namespace tapestry::bench {
using namespace detail;

// Independent normal numbers of one known mean and deviation. Inputs: the numbers.
struct NormalLogPdf {
  int count;
  double mean = -0.56, deviation = 1.37;

  std::string name() const { return "normal-log-pdf"; }
  std::vector<double> point() const {
    Rng rng(6);
    return randn({count}, rng, DType::f64).to_vector();
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    T squares = 0;
    for (int i = 0; i < count; ++i) {
      const T centred = x[i] - mean;
      squares += centred * centred;
    }
    return -0.5 / (deviation * deviation) * squares - count * std::log(deviation);
  }
};

// y ~ Normal(X w + b, s) with w, b ~ Normal(0, 1) and s uniform. Inputs: w, b, s.
struct Regression {
  int rows, features;
  std::vector<double> design, observed;

  Regression(int n, int p) : rows(n), features(p) {
    Rng rng(7);
    design = uniform({n * p}, -1, 1, rng, DType::f64).to_vector();
    observed = randn({n}, rng, DType::f64).to_vector();
  }

  std::string name() const { return "regression"; }
  std::vector<double> point() const {
    Rng rng(8);
    std::vector<double> x = uniform({features + 1}, -1, 1, rng, DType::f64).to_vector();
    x.push_back(0.8);
    return x;
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    using std::log;
    const T &bias = x[features], &deviation = x[features + 1];
    T squares = 0, prior = 0;
    for (int i = 0; i < rows; ++i) {
      T predicted = bias;
      for (int j = 0; j < features; ++j) predicted += design[i * features + j] * x[j];
      const T residual = observed[i] - predicted;
      squares += residual * residual;
    }
    for (int j = 0; j <= features; ++j) prior += log_normal_density(x[j]);
    const double count = rows;
    return prior - 0.5 * squares / (deviation * deviation) - count * log(deviation);
  }
};

// Coaching in eight schools (Rubin, Journal of Educational Statistics 6, 1981): effects y of known
// deviation about t[j], t[j] ~ Normal(m, s), m ~ Normal(0, 5), s ~ Cauchy(0, 5). Inputs: t, m, s.
struct EightSchools {
  static constexpr std::array<double, 8> effect = {28, 8, -3, 7, -1, 1, 18, 12};
  static constexpr std::array<double, 8> error = {15, 10, 16, 11, 9, 11, 10, 18};

  std::string name() const { return "eight-schools"; }
  std::vector<double> point() const { return {12, 7, 2, 6, 3, 4, 11, 8, 6.5, 4.2}; }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T &mean = x[8], &deviation = x[9];
    T sum = log_normal_density<T>(mean, 0.0, 5.0) + log_cauchy_density(deviation, 5);
    for (int j = 0; j < 8; ++j) {
      sum += log_normal_density<T>(x[j], mean, deviation);
      sum += log_normal_density<T>(effect[j], x[j], error[j]);
    }
    return sum;
  }
};

// Returns y[t] ~ Normal(0, exp(h[t] / 2)) whose log variance h wanders: h[t] = m + p (h[t-1] - m) +
// s z[t], at the start h[0] = m + s z[0] / sqrt(1 - p^2), with z ~ Normal(0, 1), s ~ Cauchy(0, 5),
// m ~ Cauchy(0, 10), p uniform. Inputs: z, p, s, m.
struct StochasticVolatility {
  int days;
  std::vector<double> returns;

  explicit StochasticVolatility(int count) : days(count) {
    Rng rng(9);
    returns = randn({count}, rng, DType::f64).to_vector();
  }

  std::string name() const { return "stochastic-volatility"; }
  std::vector<double> point() const {
    Rng rng(10);
    std::vector<double> x = randn({days}, rng, DType::f64).to_vector();
    x.insert(x.end(), {0.95, 0.25, -1.02});
    return x;
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    using std::exp, std::sqrt;
    const T &persistence = x[days], &deviation = x[days + 1], &mean = x[days + 2];
    T sum = log_cauchy_density(deviation, 5) + log_cauchy_density(mean, 10);
    T wander = deviation * x[0] / sqrt(1.0 - persistence * persistence);
    for (int t = 0; t < days; ++t) {
      if (t > 0) wander = persistence * wander + deviation * x[t];
      const T h = mean + wander;
      // log_normal_density of returns[t], its log(deviation) written out: it is h / 2.
      sum += -0.5 * (returns[t] * returns[t] * exp(-h) + h) + log_normal_density(x[t]);
    }
    return sum;
  }
};

}  // namespace tapestry::bench
