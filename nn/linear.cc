#include "nn/linear.h"

#include <cmath>

#include "ops/ops.h"

namespace tapestry::nn {
using namespace detail;
namespace {

void check_features(std::int64_t in, std::int64_t out) {
  for (std::int64_t features : {in, out})
    if (features < 1)
      refuse("Linear", "the number of features must be at least 1, not {}", features);
}

[[noreturn]] void refuse_input(const Tensor& x, std::int64_t in) {
  const bool flat = x.rank() > 2 && x.shape()[0] > 0 && x.size() / x.shape()[0] == in;
  refuse("Linear", "the input has shape {}; its last axis must be {}{}", x.shape(), in,
         flat ? ", as it is behind a Flatten()" : "");
}

Tensor initial(const Shape& shape, std::int64_t in, Rng& rng, DType dtype) {
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  return uniform(shape, -bound, bound, rng, dtype);
}

}  // namespace

Linear::Linear(std::int64_t in, std::int64_t out, Rng& rng, LinearOptions options, Site site)
    : weight([&] {
        const CallSite call(site);
        check_features(in, out);
        return Parameter(initial({out, in}, in, rng, options.dtype), "weight");
      }()),
      bias(options.bias ? Parameter(initial({out}, in, rng, options.dtype), "bias") : Parameter()) {
}

Tensor Linear::forward(const Tensor& x) const {
  if (x.rank() == 0 || x.shape().back() != weight.shape()[1]) refuse_input(x, weight.shape()[1]);
  const Tensor y = matmul(x, transpose(weight));
  return bias.defined() ? y + bias : y;
}

std::string Linear::type() const {
  return fmt::format("Linear({}, {}{})", weight.shape()[1], weight.shape()[0],
                     bias.defined() ? "" : ", no bias");
}

Members Linear::members() {
  Members own{{"weight", weight}};
  if (bias.defined()) own.emplace_back("bias", bias);
  return own;
}

}  // namespace tapestry::nn
