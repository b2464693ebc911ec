#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/layout/search.h"
#include "ops/layout/select.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> search_cases() {
  const Tensor some = tensor({{0, 2, 0}, {-1, 0, 3}}, DType::i64);
  const auto left = [](const auto& in) { return searchsorted(in[0], in[1]); };
  return {
      {"nonzero",
       "Where x is not 0: a row of positions for each such element.",
       false,
       {{"matrix", {some}, [](const auto& in) { return nonzero(in[0]); }}},
       {}},
      {"searchsorted",
       "Where values would be inserted into ascending numbers.",
       false,
       {{"vector", {tensor({-1, 0, 2}, DType::f64), sample_numbers({2, 3})}, left},
        {"to the right",
         {tensor({-1, 0, 0, 2}, DType::i64), some},
         [](const auto& in) { return searchsorted(in[0], in[1], {.right = true}); }},
        {"rows", {tensor({{-1, 0}, {0, 1}}, DType::f64), sample_numbers({2, 3})}, left}},
       {{"shape",
         [] {
           searchsorted(zeros({2, 3}), zeros({3}));
         },
         "[searchsorted] sorted of shape (2, 3) does not fit values of shape (3,): it must be a "
         "vector, or have the same leading axes"}}},
  };
}

}  // namespace tapestry::detail
