// Tapestry's rows, by family.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "nn/nn.h"
#include "tests/bench/side_by_side/cc/serve.h"

namespace side_by_side {

using namespace tapestry;

void add_small_rows(Rows& rows);
void add_elementwise_rows(Rows& rows);
void add_product_rows(Rows& rows);
void add_network_rows(Rows& rows);
void add_optimizer_rows(Rows& rows);

inline Tensor input(std::uint64_t seed, const Shape& shape, double scale = 1, double shift = 0) {
  return from_vector(numbers(seed, shape.size(), scale, shift), shape);
}

inline Digest digest(const Tensor& x) {
  const Tensor flat = x.contiguous();
  if (flat.dtype() == DType::f64)
    return digest_of(flat.size(), [p = flat.data<double>()](std::int64_t i) { return p[i]; });
  return digest_of(flat.size(),
                   [p = flat.data<float>()](std::int64_t i) { return static_cast<double>(p[i]); });
}

// A row that keeps the results of its latest call, and lets go of them before the next.
inline Prepared keeping(std::function<std::vector<Tensor>()> compute) {
  const auto kept = std::make_shared<std::vector<Tensor>>();
  return {[kept, compute] {
            kept->clear();
            *kept = compute();
          },
          [kept] {
            std::vector<Digest> digests;
            for (const Tensor& x : *kept) digests.push_back(digest(detach(x)));
            return digests;
          }};
}

using Values = std::vector<Tensor>;

// f(xs) alone.
template <class F>
Prepared forward(Values xs, F f) {
  return keeping([xs, f] { return Values{f(xs)}; });
}

// f(xs), and the gradient with respect to each x of its product with a fixed cotangent.
template <class F>
Prepared with_gradient(const Values& xs, F f) {
  const Tensor like = f(xs);
  const Tensor cotangent = input(77, like.shape()).to(like.dtype());
  return keeping([xs, f, cotangent] {
    Tape tape;
    Values variables;
    for (const Tensor& x : xs) variables.push_back(tape.variable(x));
    Values results{f(variables)};
    for (Tensor& g : gradient(results[0], variables, {.cotangent = cotangent}))
      results.push_back(std::move(g));
    return results;
  });
}

}  // namespace side_by_side
