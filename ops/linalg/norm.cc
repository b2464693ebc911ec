#include "ops/linalg/norm.h"

#include <cmath>
#include <limits>

#include "engine/grad/fold.h"
#include "engine/grad/transform.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/svd.h"
#include "ops/reduce/extremes.h"
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
  require_floating(kWho, a, "A");
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

}  // namespace tapestry
