#include "ops/linalg/triangular_solve.h"

#include <cblas.h>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/equations.h"
#include "ops/linalg/triangle.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

// x = op(A)^-1 x for row-major matrices.
template <class T>
void solve_in_place(const TriangularOptions& o, int n, int k, const T* a, T* x) {
  const auto triangle = o.upper ? CblasUpper : CblasLower;
  const auto form = o.transpose ? CblasTrans : CblasNoTrans;
  const auto diagonal = o.unit ? CblasUnit : CblasNonUnit;
  if constexpr (std::is_same_v<T, double>)
    cblas_dtrsm(CblasRowMajor, CblasLeft, triangle, form, diagonal, n, k, 1, a, n, x, k);
  else
    cblas_strsm(CblasRowMajor, CblasLeft, triangle, form, diagonal, n, k, 1, a, n, x, k);
}

// The place, from 1, of the first 0 on the diagonal; 0 when there is none.
template <class T>
int first_zero(int n, const T* a) {
  for (int i = 0; i < n; ++i)
    if (a[std::int64_t{i} * n + i] == 0) return i + 1;
  return 0;
}

struct TriangularSolve {
  static constexpr std::string_view name = "triangular_solve";
  static constexpr int arity = 2;
  struct Attributes {
    TriangularOptions options;
    std::string_view who;
  };
  static void batch(Batching& b) { map_aligned(b, &b.attributes<Attributes>()); }
  static constexpr SaveMask saves(int operand) {
    return operand == 0 ? save_input(0) | save_output() : save_input(0);
  }
  static Tensor forward(Inputs in, const Attributes& attributes) {
    const Tensor &a = in[0], &b = in[1];
    const Shape batch = equations_batch(attributes.who, a, b);
    const int n = extent(attributes.who, rows(b)), k = extent(attributes.who, columns(b));
    Tensor x = Tensor::uninitialized(joined(batch, {n, k}), a.dtype());
    Codes codes(batch);
    visit_floating(a.dtype(), [&]<class T>(std::type_identity<T>) {
      const Items<T> as(a, batch), bs(b, batch);
      const std::int64_t size = std::int64_t{n} * k;
      for_stretches(batch.size(), size * n, [&](std::int64_t first, std::int64_t last) {
        std::vector<T> matrix(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
        for (std::int64_t i = first; i < last; ++i) {
          T* result = x.mutable_data<T>() + i * size;
          as[i].copy_rows(matrix.data());
          bs[i].copy_rows(result);
          if (!attributes.options.unit) codes[i] = first_zero(n, matrix.data());
          if (codes[i] == 0 && size)
            solve_in_place(attributes.options, n, k, matrix.data(), result);
        }
      });
    });
    codes.check(attributes.who, "the matrix is singular: element {0} of the diagonal is 0");
    return x;
  }
  // M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
  // differentiation, 2008, 2.3.1; of A's adjoint the part that is read.
  static void vjp(Pullback& p) {
    const auto& [options, who] = p.attributes<Attributes>();
    TriangularOptions back = options;
    back.transpose = !back.transpose;
    const Tensor gb = triangular_solve_for(who, p.input(0), p.cotangent(), back);
    p.give(1, gb);
    if (!p.wants(0)) return;
    const Tensor& x = p.output();
    const Tensor ga = options.transpose ? matmul(x, transpose(gb)) : matmul(gb, transpose(x));
    const std::int64_t k = options.unit ? 1 : 0;
    p.give(0, -(options.upper ? triu(ga, k) : tril(ga, -k)));
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("{}{}{}", a.options.upper ? "upper" : "lower",
                       a.options.transpose ? ", transpose" : "", a.options.unit ? ", unit" : "");
  }
};

}  // namespace

Tensor linalg::triangular_solve_for(std::string_view who, const Tensor& a, const Tensor& b,
                                    const TriangularOptions& options) {
  return solve_equations(who, a, b, [&](const Tensor& left, const Tensor& right) {
    return apply<TriangularSolve>({&left, &right}, {options, who});
  });
}

Tensor triangular_solve(const Tensor& a, const Tensor& b, const TriangularOptions& options,
                        Site site) {
  const CallSite call(site);
  return triangular_solve_for(TriangularSolve::name, a, b, options);
}

}  // namespace tapestry
