#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/join.h"
#include "ops/layout/view.h"
#include "ops/linalg/qr.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> qr_cases() {
  const auto q = [](const auto& in) { return qr(spread(in[0])).q; };
  const auto r = [](const auto& in) { return qr(spread(in[0])).r; };
  const auto both = [](const auto& in) {
    const QR factors = qr(spread(in[0]));
    return matmul(square(factors.q), exp(0.2 * factors.r));
  };
  const Tensor tall = sample_numbers({4, 3}, 1), wide = sample_numbers({2, 4}, 2),
               batch = sample_numbers({2, 3, 3}, 3);
  return {{"qr",
           "A = Q R with orthonormal columns in Q and R upper triangular; reduced.",
           true,
           {{"Q of tall", {tall}, q},
            {"R of tall", {tall}, r},
            {"both of tall", {tall}, both},
            {"Q of wide", {wide}, q},
            {"R of wide", {wide}, r},
            {"both of wide", {wide}, both},
            {"both of a batch", {batch}, both}},
           {{"vector", [] { qr(zeros({3})); }, "[qr] needs matrices; A has shape (3,)"},
            {"dtype",
             [] {
               qr(zeros({2, 2}, DType::i64));
             },
             "[qr] A is i64; it must be f32 or f64: convert with .to()"}}}};
}

}  // namespace tapestry::detail::linalg
