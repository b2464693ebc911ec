#include "ops/catalogue/linalg/linalg_cases.h"

#include <limits>

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/view.h"
#include "ops/linalg/norm.h"
#include "ops/linalg/svd.h"
#include "ops/reduce/magnitude.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> norm_cases() {
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

}  // namespace tapestry::detail::linalg
