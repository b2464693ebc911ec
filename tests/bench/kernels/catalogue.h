// All kernels. A kernel is a function of many numbers, written once for any number type:
//
//   std::string name() const;
//   std::vector<double> point() const;                       // where it is evaluated
//   template <class T> T operator()(const std::vector<T>& x) const;
#pragma once

#include "tests/bench/kernels/bayes.h"
#include "tests/bench/kernels/black_scholes.h"
#include "tests/bench/kernels/bundle.h"
#include "tests/bench/kernels/burgers.h"
#include "tests/bench/kernels/gmm.h"
#include "tests/bench/kernels/hand.h"
#include "tests/bench/kernels/lax_wendroff.h"
#include "tests/bench/kernels/lstm.h"
#include "tests/bench/kernels/matrix_product.h"
#include "tests/bench/kernels/reduction.h"

namespace tapestry::bench {
using namespace detail;

// The sizes of the bench, as published where they are.
template <class Visit>
void for_each_kernel(Visit&& visit) {
  visit(LaxWendroff{100, 200});
  visit(BlackScholes{2000});
  visit(Product{10000});
  visit(MatrixProduct{64});
  visit(Burgers{64, 32});
  visit(Gmm(10, 25, 1000));
  visit(Gmm(64, 10, 1000));
  visit(Bundle(49, 7776, 31843));
  visit(Lstm(2, 1024, 14));
  visit(Hand(544));
  visit(Sum{10000});
  visit(LogSumExp{10000});
  visit(NormalLogPdf{10000});
  visit(Regression(1000, 50));
  visit(EightSchools{});
  visit(StochasticVolatility(1000));
}

// Small enough for one evaluation an input.
template <class Visit>
void for_each_small_kernel(Visit&& visit) {
  visit(LaxWendroff{11, 9});
  visit(BlackScholes{7});
  visit(Product{50});
  visit(MatrixProduct{5});
  visit(Burgers{6, 5});
  visit(Gmm(1, 1, 3));
  visit(Gmm(4, 3, 12));
  visit(Bundle(3, 7, 20));
  visit(Lstm(2, 6, 3));
  visit(Hand(40));
  visit(Sum{50});
  visit(LogSumExp{50});
  visit(NormalLogPdf{50});
  visit(Regression(12, 4));
  visit(EightSchools{});
  visit(StochasticVolatility(30));
}

}  // namespace tapestry::bench
