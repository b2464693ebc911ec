#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/reduce/centered.h"
#include "ops/reduce/reduce.h"

namespace tapestry::detail {

std::vector<OpInfo> centered_cases() {
  const Tensor x = sample_numbers({2, 3, 4});
  return {{"centered",
           "The deviations from the mean over axes.",
           true,
           {{"all", {x}, [](const auto& in) { return centered(in[0]); }},
            {"first", {x}, [](const auto& in) { return centered(in[0], 0); }},
            {"outer two",
             {x},
             [](const auto& in) {
               return centered(in[0], {0, -1});
             }}},
           {{"dtype", [] { centered(zeros({2}, DType::i64)); },
             "[centered] x is i64; it must be f32 or f64: convert with .to()"}}}};
}

}  // namespace tapestry::detail
