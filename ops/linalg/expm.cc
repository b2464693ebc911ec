#include "ops/linalg/expm.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/grad/pullback.h"
#include "engine/grad/stop_gradient.h"
#include "engine/grad/transform.h"
#include "engine/tape/apply.h"
#include "engine/tape/tape.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/join.h"
#include "ops/layout/mapping.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/solve.h"
#include "ops/product/matmul.h"
#include "ops/reduce/extremes.h"
#include "ops/reduce/reduce.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

// One number for each matrix of a contiguous f64 batch, to be broadcast over it.
template <class F>
Tensor for_each_matrix(const Tensor& a, F&& f) {
  std::vector<double> numbers;
  const Items<double> items(a);
  const Shape batch = batch_shape(a);
  for (std::int64_t i = 0; i < batch.size(); ++i) numbers.push_back(f(items[i]));
  return from_vector(numbers, joined(batch, {1, 1}));
}

// The halvings after which the approximant of degree 13 is exact to double precision: its 1-norm is
// then at most theta_13 (Higham 2005, table 2.3).
double halvings(const Item<double>& a) {
  constexpr double kTheta = 5.371920351148152;
  double norm = 0;
  for (std::int64_t j = 0; j < a.columns; ++j) {
    double sum = 0;
    for (std::int64_t i = 0; i < a.rows; ++i) sum += std::abs(a.at(i, j));
    norm = std::max(norm, sum);
  }
  if (!std::isfinite(norm)) return 0;
  return std::max(0.0, std::ceil(std::log2(norm / kTheta)));
}

// exp(A) - 1 by the quotient of Higham 2005, (2.1) to (2.4) and algorithm 2.3, its coefficients
// over b_0.
Tensor pade_13(const Tensor& a) {
  constexpr double kB[] = {64764752532480000,
                           32382376266240000,
                           7771770303897600,
                           1187353796428800,
                           129060195264000,
                           10559470521600,
                           670442572800,
                           33522128640,
                           1323241920,
                           40840800,
                           960960,
                           16380,
                           182,
                           1};
  const auto b = [&](int i) { return kB[i] / kB[0]; };
  const Tensor one = eye(rows(a), DType::f64), a2 = matmul(a, a), a4 = matmul(a2, a2),
               a6 = matmul(a4, a2);
  const Tensor odd = matmul(a, matmul(a6, b(13) * a6 + b(11) * a4 + b(9) * a2) + b(7) * a6 +
                                   b(5) * a4 + b(3) * a2 + b(1) * one);
  const Tensor even =
      matmul(a6, b(12) * a6 + b(10) * a4 + b(8) * a2) + b(6) * a6 + b(4) * a4 + b(2) * a2 + one;
  return solve(even - odd, 2 * odd);
}

// Each matrix as often as its number of times says.
template <class F>
Tensor squared_often(Tensor x, const Tensor& times, F&& squared) {
  const std::vector<double> each = times.to_vector();
  const auto most = static_cast<int>(*std::max_element(each.begin(), each.end()));
  for (int i = 0; i < most; ++i) x = where(times > static_cast<double>(i), squared(x), x);
  return x;
}

struct Expm {
  static constexpr std::string_view name = "expm";
  static constexpr int arity = 1;
  static constexpr double kLastSquarings = 10;  // exp(x) is 0 where exp(x / 2^10) is small beside 1
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int) { return save_input(0); }
  static Tensor forward(Inputs in) {
    if (in[0].size() == 0) return detach(in[0]);
    const PauseRecording pause;
    const Tensor a = in[0].to(DType::f64), times = for_each_matrix(a, halvings);
    // Squared as exp(A) - 1, for 1 would swallow the slow parts of a matrix that fast ones scale
    // down far; at the end as exp(A), which may become small beside 1.
    const Tensor last = minimum(times, kLastSquarings), first = times - last;
    const Tensor less_one = squared_often(pade_13(a * exp2(-times)), first,
                                          [](const Tensor& x) { return 2 * x + matmul(x, x); });
    const Tensor result = squared_often(less_one + eye(rows(a), DType::f64), last,
                                        [](const Tensor& x) { return matmul(x, x); });
    return result.to(in[0].dtype());
  }
  // The derivative at A^T in the direction of the adjoint G: the upper right block of
  // exp [[A^T, G], [0, A^T]]. It is linear in G, which is therefore brought to the size of 1.
  // R. Mathias, A chain rule for matrix functions and applications, SIAM J. Matrix Anal. Appl. 17,
  // 1996; Higham, Functions of Matrices, 2008, (3.16) and 10.6.
  static void vjp(Pullback& p) {
    const Tensor at = transpose(p.input(0)), &g = p.cotangent();
    if (g.size() == 0) return p.give(0, g);
    const Tensor largest = max(abs(stop_gradient(g)), {.axis = {-2, -1}, .keepdims = true});
    const Tensor finite = where(largest < std::numeric_limits<double>::infinity(), largest, 1);
    const Tensor size = exp2(ceil(log2(where(largest > 0, finite, 1))));
    const Tensor above = concat({at, g / size}, -1), below = concat({zeros_like(at), at}, -1);
    const std::int64_t n = rows(at);
    const Tensor block = expm(concat({above, below}, -2));
    p.give(0, slice(slice(block, -2, {.stop = n}), -1, {.start = n}) * size);
  }
};

}  // namespace

Tensor expm(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(Expm::name, a, "A");
  require_square(Expm::name, a);
  return apply<Expm>({&a});
}

}  // namespace tapestry
