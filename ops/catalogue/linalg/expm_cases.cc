#include "ops/catalogue/linalg/linalg_cases.h"

#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/join.h"
#include "ops/layout/view.h"
#include "ops/linalg/expm.h"
#include "ops/linalg/solve.h"
#include "ops/product/matmul.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail::linalg {

std::vector<OpInfo> expm_cases() {
  const auto call = [](const auto& in) { return expm(in[0]); };
  return {{"expm",
           "The exponential of each matrix.",
           true,
           {{"small", {sample_numbers({3, 3}, 1)}, call},
            {"batch, squared often", {3 * sample_numbers({2, 2, 2}, 3)}, call}},
           {{"not square",
             [] {
               expm(zeros({2, 3}));
             },
             "[expm] needs square matrices; A has shape (2, 3)"},
            {"dtype",
             [] {
               expm(zeros({2, 2}, DType::i64));
             },
             "[expm] A is i64; it must be f32 or f64: convert with .to()"}}}};
}

}  // namespace tapestry::detail::linalg
