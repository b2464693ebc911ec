#include <cmath>

#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/layout/view.h"
#include "ops/reduce/categorical.h"

namespace tapestry::detail {

std::vector<OpInfo> categorical_cases() {
  const auto drawn = [](const Shape& shape) {
    return [=](const std::vector<Tensor>& in) {
      Rng rng(7);
      return categorical(in[0], shape, rng);
    };
  };
  const auto refused = [=](const Tensor& logits) { return [=] { drawn({})({logits}); }; };
  return {{"categorical",
           "random classes with probabilities softmax(logits)",
           false,
           {{"one of each row", {sample_numbers({3, 4})}, drawn({})},
            {"many of each row", {sample_numbers({2, 3})}, drawn({5})},
            {"a vector", {sample_numbers({4})}, drawn({2, 3})}},
           {{"integers", refused(ones({3}, DType::i64)),
             "[categorical] the tensor of logits is i64; it must be f32 or f64: convert with "
             ".to()"},
            {"no class", refused(ones({3, 0})),
             "[categorical] logits have shape (3, 0); their last axis must hold a class"},
            {"a number", refused(ones({})),
             "[categorical] logits have shape (); their last axis must hold a class"},
            {"impossible", refused(full({2, 2}, -INFINITY)),
             "[categorical] row 0 of the logits is all -inf; one class must be possible"}}}};
}

}  // namespace tapestry::detail
