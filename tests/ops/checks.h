// What tests of ops check again and again.
#pragma once

#include <omp.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/engine.h"
#include "ops/ops.h"
#include "tests/support/differences.h"

namespace tapestry::test {
using namespace detail;

using Call = std::function<Tensor(const std::vector<Tensor>&)>;

inline void check_values(const Tensor& x, const Shape& shape, const std::vector<double>& values) {
  BOOST_TEST(x.shape() == shape);
  BOOST_TEST(x.to_vector() == values, boost::test_tools::per_element());
}

// The text of the Error that f throws.
inline std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return std::string(error.message());
  }
  return "no error";
}

// Different numbers of either sign.
inline Tensor numbers(const Shape& shape, std::uint64_t seed = 1) {
  Rng rng(seed);
  return randn(shape, rng, DType::f64);
}

// One number from the result of a call: its elements, weighted.
inline Tensor weighed(const Tensor& y) { return sum(y * numbers(y.shape(), 99)); }

// First and second derivatives with respect to every input against differences of values and of
// gradients.
inline void check_derivatives(const Call& call, const std::vector<Tensor>& inputs,
                              double tolerance = 1e-8) {
  const auto gradient_of = [&](const std::vector<Tensor>& at, std::size_t which) {
    Tape tape;
    std::vector<Tensor> tracked = at;
    tracked[which] = tape.variable(at[which]);
    return gradient(weighed(call(tracked)), tracked[which]);
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto value = [&](const std::vector<Tensor>& at) { return weighed(call(at)).item(); };
    BOOST_TEST(distance(gradient_of(inputs, i), difference(value, inputs, i)) < tolerance);

    const auto slope = [&](const std::vector<Tensor>& at) {
      return sum(square(gradient_of(at, i))).item();
    };
    Tape tape;
    std::vector<Tensor> tracked = inputs;
    tracked[i] = tape.variable(inputs[i]);
    const Tensor first = gradient(weighed(call(tracked)), tracked[i], {.create_graph = true});
    const Tensor size = sum(square(first));
    const Tensor second = size.is_tracked() ? gradient(size, tracked[i], {.allow_unused = true})
                                            : zeros_like(inputs[i]);
    BOOST_TEST(distance(second, difference(slope, inputs, i)) < 10 * tolerance);
  }
}

inline bool same_bits(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape()) || a.dtype() != b.dtype()) return false;
  const Tensor p = a.contiguous(), q = b.contiguous();
  return std::memcmp(p.data<char>(), q.data<char>(),
                     static_cast<std::size_t>(p.size()) * size_of(p.dtype())) == 0;
}

// The same bits with one, two and five threads.
inline void check_threads(const std::function<Tensor()>& f) {
  const int before = omp_get_max_threads();
  const std::int64_t grain = std::exchange(parallel_grain, 1 << 13);
  omp_set_num_threads(1);
  const Tensor alone = f();
  for (int threads : {2, 5}) {
    omp_set_num_threads(threads);
    BOOST_TEST(same_bits(alone, f()));
    BOOST_TEST(omp_get_max_threads() == threads);
  }
  omp_set_num_threads(before);
  parallel_grain = grain;
}

// The same numbers with every kind of strides: transposed, every second element, backwards.
inline std::vector<Tensor> strided_copies(const Tensor& x) {
  std::vector<Tensor> copies{flip(flip(x).contiguous())};
  if (x.rank() >= 2) copies.push_back(transpose(transpose(x).contiguous()));
  if (x.rank() >= 1) {
    const Tensor twice = stack({x, zeros_like(x)}, -1);
    Shape wide = x.shape();
    wide[wide.rank() - 1] *= 2;
    copies.push_back(slice(reshape(twice, wide), -1, {.step = 2}));
  }
  return copies;
}

}  // namespace tapestry::test
