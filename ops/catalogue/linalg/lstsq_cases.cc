#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/layout/view.h"
#include "ops/linalg/lstsq.h"
#include "ops/linalg/qr.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> lstsq_cases() {
  const Tensor tall = sample_numbers({4, 3}, 1), wide = sample_numbers({2, 4}, 2);
  const auto solved = [](const auto& in) { return lstsq(spread(in[0], in[1].dtype()), in[1]); };
  return {{"lstsq",
           "The X of least |A X - B|, the shortest where there are many; A has full rank.",
           true,
           {{"tall", {tall, sample_numbers({4, 2}, 3)}, solved},
            {"tall, vector", {tall, sample_numbers({4}, 4)}, solved},
            {"wide", {wide, sample_numbers({2, 3}, 5)}, solved},
            {"batch", {sample_numbers({2, 3, 2}, 6), sample_numbers({3, 1}, 7)}, solved}},
           {{"rank",
             [] {
               lstsq(tensor({{1, 0}, {0, 0}, {0, 0}}), ones({3}));
             },
             "[lstsq] the matrix is singular to rounding: A does not have full rank; see pinv"},
            {"extents",
             [] {
               lstsq(ones({3, 2}), ones({2}));
             },
             "[lstsq] A has shape (3, 2), B (2,): the 3 and the 2 must be equal"},
            {"vector", [] { lstsq(zeros({3}), zeros({3})); },
             "[lstsq] needs matrices; A has shape (3,)"}}}};
}

}  // namespace tapestry::detail::linalg
