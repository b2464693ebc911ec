#include "ops/linalg/norm.h"

#include <cmath>
#include <limits>

#include "engine/grad/fold.h"
#include "engine/grad/transform.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/records.h"
#include "ops/linalg/svd.h"
#include "ops/reduce/flat_power.h"
#include "ops/reduce/magnitude.h"
#include "ops/reduce/reduce.h"

namespace tapestry {
using namespace detail;

using namespace linalg;

Tensor norm(const Tensor& x, const NormOptions& options, Site site) {
  const CallSite call(site);
  require_floating("norm", x, "x");
  const double ord = options.ord;
  if (!(ord > 0)) refuse("norm", "the order is {}; it must be above 0", ord);
  const ReduceOptions over{options.axis, options.keepdims};
  if (ord == 1) return sum(abs(x), over);
  if (std::isinf(ord)) return x.size() ? max(abs(x), over) : sum(abs(x), over);
  const Tensor scale = magnitude(x, options.axis), scaled = x / scale;
  const Tensor terms = ord == 2 ? square(scaled) : flat_power(abs(scaled), ord);
  const Tensor root = flat_power(sum(terms, {options.axis, true}), 1 / ord);
  const Tensor result = root * scale;
  if (options.keepdims) return result;
  const AxisSet axes = options.axis.resolve("norm", x.rank());
  return reshape(result, reduced_shape(x.shape(), axes, axes));
}

Tensor matrix_norm(const Tensor& a, MatrixNorm kind, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "matrix_norm";
  require_floating(kWho, a);
  require_matrices(kWho, a);
  switch (kind) {
    case MatrixNorm::frobenius:
      return norm(a, {.axis = {-2, -1}});
    case MatrixNorm::nuclear:
      return sum(svdvals(a), {.axis = -1});
    case MatrixNorm::one:
      return max(sum(abs(a), {.axis = -2}), {.axis = -1});
    case MatrixNorm::infinity:
      return max(sum(abs(a), {.axis = -1}), {.axis = -1});
    case MatrixNorm::two:
      break;
  }
  return max(svdvals(a), {.axis = -1});
}

Tensor kron(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  const int rank = std::max(a.rank(), b.rank());
  Shape left, right, joint;
  for (int axis = 0; axis < rank; ++axis) {
    const auto extent_of = [&](const Tensor& x) {
      const int own = axis - (rank - x.rank());
      return own < 0 ? std::int64_t{1} : x.shape()[own];
    };
    const std::int64_t m = extent_of(a), n = extent_of(b);
    left.push_back(m);
    left.push_back(1);
    right.push_back(1);
    right.push_back(n);
    joint.push_back(m * n);
  }
  return reshape(reshape(a, left) * reshape(b, right), joint);
}

std::vector<Record> linalg::norm_records() {
  const Tensor x = sample_numbers({3, 4}, 1), batch = sample_numbers({2, 3, 2}, 2);
  const auto of = [](const NormOptions& options) {
    return [=](const std::vector<Tensor>& in) { return norm(in[0], options); };
  };
  const auto matrix = [](MatrixNorm kind) {
    return [=](const std::vector<Tensor>& in) { return matrix_norm(spread(in[0]), kind); };
  };
  const auto product = [](const auto& in) { return kron(in[0], in[1]); };
  return {
      {"norm",
       "(sum |x|^ord)^(1 / ord) over axes; the root of the sum of squares by default.",
       true,
       {{"all", {x}, of({})},
        {"rows", {x}, of({.axis = -1})},
        {"kept", {batch}, of({.axis = {0, 2}, .keepdims = true})},
        {"order 1", {x}, of({.ord = 1, .axis = 0})},
        {"order 3", {x}, of({.ord = 3})},
        {"infinity", {x}, of({.ord = std::numeric_limits<double>::infinity(), .axis = 1})}},
       {{"order", [] { norm(zeros({2}), {.ord = 0}); },
         "[norm] the order is 0; it must be above 0"},
        {"dtype", [] { norm(zeros({2}, DType::i64)); },
         "[norm] x is i64; it must be f32 or f64: convert with .to()"}}},
      {"matrix_norm",
       "A norm of each matrix: frobenius, nuclear, one, infinity or two.",
       true,
       {{"frobenius", {x}, matrix(MatrixNorm::frobenius)},
        {"nuclear", {x}, matrix(MatrixNorm::nuclear)},
        {"one", {x}, matrix(MatrixNorm::one)},
        {"infinity", {batch}, matrix(MatrixNorm::infinity)},
        {"two", {batch}, matrix(MatrixNorm::two)}},
       {{"vector", [] { matrix_norm(zeros({3})); },
         "[matrix_norm] needs matrices; A has shape (3,)"}}},
      {"kron",
       "Kronecker's product: every element of a times all of b.",
       true,
       {{"matrices", {sample_numbers({2, 3}, 3), sample_numbers({2, 2}, 4)}, product},
        {"vector, matrix", {sample_numbers({2}, 5), sample_numbers({3, 2}, 6)}, product}},
       {}},
  };
}

}  // namespace tapestry
