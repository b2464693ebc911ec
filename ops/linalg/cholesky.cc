#include "ops/linalg/cholesky.h"

#include <limits>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/lapack.h"
#include "ops/linalg/rank.h"
#include "ops/linalg/symmetric.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

struct Cholesky {
  static constexpr std::string_view name = "cholesky";
  static constexpr int arity = 1;
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int) { return save_output(); }
  static Tensor forward(Inputs in) {
    Tensor factor = Tensor::uninitialized(in[0].shape(), in[0].dtype());
    const int n = extent(name, columns(factor));
    const Shape batch = batch_shape(factor);
    Codes codes(batch);
    visit_floating(factor.dtype(), [&]<class T>(std::type_identity<T>) {
      const Items<T> items(in[0]);
      const std::int64_t size = std::int64_t{n} * n;
      for_stretches(batch.size(), size * n, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
          T* l = factor.mutable_data<T>() + i * size;
          if (symmetric_part(items[i], l)) {
            const int info = lapack::potrf('U', n, l);  // upper by columns is lower by rows
            codes[i] = info != 0 || is_singular_square(n, l);
          } else {
            std::fill(l, l + size, std::numeric_limits<T>::quiet_NaN());
          }
          for (std::int64_t row = 0; row < n; ++row)
            std::fill(l + row * n + row + 1, l + (row + 1) * n, T(0));
        }
      });
    });
    codes.check(name, "the matrix is not positive definite to rounding");
    return factor;
  }
  // L^-T Phi(L^T G) L^-1, Phi the lower triangle with half the diagonal; its symmetric part.
  // I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, 2016, eq. 10.
  static void vjp(Pullback& p) {
    const Tensor& l = p.output();
    const Tensor product = matmul(transpose(l), p.cotangent());
    const Tensor phi = 0.5 * (tril(product) + tril(product, -1));
    const Tensor half = triangular_solve(l, phi, {.transpose = true});
    p.give(0, symmetrized(transpose(triangular_solve(l, transpose(half), {.transpose = true}))));
  }
};

}  // namespace

Tensor cholesky(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(Cholesky::name, a, "A");
  require_square(Cholesky::name, a);
  return apply<Cholesky>({&a});
}

}  // namespace tapestry
