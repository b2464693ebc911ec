#include "ops/ops.h"
#include "tests/programs/tensor_program.h"

namespace tapestry::test {
using namespace detail;
namespace {

using Operands = const std::vector<Tensor>&;

int axis_of(const Tensor& x, int choice) {
  if (x.rank() == 0) refuse("program", "no axis");
  return choice % x.rank();
}

Tensor plain_indices(std::int64_t count, std::int64_t below, int choice) {
  std::vector<std::int64_t> at;
  for (std::int64_t i = 0; i < count; ++i) at.push_back((i * (choice + 1) + choice) % below);
  return from_vector(at, {count});
}

// Symmetric, of condition 2 at most.
Tensor gram(const Tensor& x) {
  return matmul(x, transpose(x)) / (1 + sum(square(x))) + eye(x.shape()[x.rank() - 2], x.dtype());
}

}  // namespace

const std::vector<TensorFunction>& tensor_functions() {
#define ONE(name, smooth)                                        \
  {                                                              \
#name, 1, smooth, [](Operands x, int) { return name(x[0]); } \
  }
#define TWO(name, smooth)                                              \
  {                                                                    \
#name, 2, smooth, [](Operands x, int) { return name(x[0], x[1]); } \
  }
#define ALONG(name, smooth, ...)                  \
  {                                               \
    name, 1, smooth, [](Operands x, int choice) { \
      const int axis = axis_of(x[0], choice);     \
      return __VA_ARGS__;                         \
    }                                             \
  }
  static const std::vector<TensorFunction> functions{
      {"add", 2, true, [](Operands x, int) { return x[0] + x[1]; }},
      {"sub", 2, true, [](Operands x, int) { return x[0] - x[1]; }},
      {"mul", 2, true, [](Operands x, int) { return x[0] * x[1]; }},
      {"div", 2, true, [](Operands x, int) { return x[0] / x[1]; }},
      {"soft div", 2, true, [](Operands x, int) { return x[0] / (1 + square(x[1])); }},
      {"times number", 1, true, [](Operands x, int choice) { return x[0] * (choice - 2.5); }},
      {"neg", 1, true, [](Operands x, int) { return -x[0]; }},
      {"power", 1, true, [](Operands x, int choice) { return pow(x[0], choice - 1.0); }},
      TWO(pow, true),
      TWO(atan2, true),
      TWO(hypot, true),
      TWO(logaddexp, true),
      TWO(minimum, false),
      TWO(maximum, false),
      ONE(exp, true),
      ONE(expm1, true),
      ONE(log, true),
      ONE(log1p, true),
      ONE(sqrt, true),
      ONE(rsqrt, true),
      ONE(square, true),
      ONE(reciprocal, true),
      ONE(sin, true),
      ONE(cos, true),
      ONE(tan, true),
      ONE(sinh, true),
      ONE(cosh, true),
      ONE(tanh, true),
      ONE(asin, true),
      ONE(acos, true),
      ONE(atan, true),
      ONE(asinh, true),
      ONE(atanh, true),
      ONE(erf, true),
      ONE(erfc, true),
      ONE(lgamma, true),
      ONE(sigmoid, true),
      ONE(softplus, true),
      ONE(silu, true),
      ONE(gelu, true),
      ONE(mish, true),
      ONE(log_sigmoid, true),
      ONE(abs, false),
      ONE(relu, false),
      ONE(leaky_relu, false),
      ONE(elu, false),
      ONE(selu, false),
      ONE(hardswish, false),
      ONE(softsign, false),
      ONE(floor, false),
      ONE(sign, false),
      {"clamp", 1, false, [](Operands x, int choice) { return clamp(x[0], -1.0, choice * 0.5); }},
      {"where", 3, false, [](Operands x, int) { return where(x[0] > x[1], x[2], x[1]); }},
      {"masked log", 1, false,
       [](Operands x, int) {
         return where(x[0] > 0, log(x[0]), zeros(x[0].shape(), x[0].dtype()));
       }},
      ONE(sum, true),
      ONE(mean, true),
      ONE(prod, true),
      ONE(logsumexp, true),
      ONE(max, false),
      ONE(min, false),
      ALONG("sum along", true, sum(x[0], {.axis = axis})),
      ALONG("mean along", true, mean(x[0], {.axis = axis, .keepdims = true})),
      ALONG("prod along", true, prod(x[0], {.axis = axis})),
      ALONG("var along", true, var(x[0], {.axis = axis, .correction = 0})),
      ALONG("max along", false, max(x[0], {.axis = axis})),
      ALONG("median along", false, median(x[0], {.axis = axis})),
      ALONG("softmax", true, softmax(x[0], axis)),
      ALONG("log_softmax", true, log_softmax(x[0], axis)),
      ALONG("cumsum", true, cumsum(x[0], axis)),
      ALONG("cumprod", true, cumprod(x[0], axis)),
      ALONG("logcumsumexp", true, logcumsumexp(x[0], axis)),
      ALONG("sort", false, sort(x[0], axis).values),
      ALONG("flip", true, flip(x[0], axis)),
      ALONG("roll", true, roll(x[0], 1, axis)),
      ALONG("first", true, slice(x[0], axis, 0, 1)),
      ALONG("every other", true, slice(x[0], axis, {}, {}, 2)),
      ALONG("take", true, take(x[0], plain_indices(3, x[0].shape()[axis], choice), axis)),
      ALONG("twice", true, concat({x[0], x[0] * 0.5}, axis)),
      ALONG("unsqueeze", true, unsqueeze(x[0], axis)),
      ONE(transpose, true),
      {"flat", 1, true, [](Operands x, int) { return reshape(x[0], {x[0].size()}); }},
      {"stack", 2, true,
       [](Operands x, int) {
         return stack({x[0], x[1]});
       }},
      {"pad", 1, true,
       [](Operands x, int choice) {
         return pad(x[0], Widths{{1, choice % 2}}, 0.5);
       }},
      TWO(matmul, true),
      TWO(outer, true),
      {"gram", 1, true, [](Operands x, int) { return gram(x[0]); }},
      {"solve", 1, true, [](Operands x, int) { return solve(gram(x[0]), x[0]); }},
      {"slogdet", 1, true, [](Operands x, int) { return slogdet(gram(x[0])).logabsdet; }},
      {"cholesky", 1, true, [](Operands x, int) { return cholesky(gram(x[0])); }},
      {"inverse", 1, true, [](Operands x, int) { return inverse(gram(x[0])); }},
      {"scatter_add", 1, true,
       [](Operands x, int choice) {
         const Tensor flat = reshape(x[0], {x[0].size()});
         return scatter_add(zeros({3}, flat.dtype()), 0, plain_indices(flat.size(), 3, choice),
                            flat);
       }},
      {"stopped", 1, true, [](Operands x, int) { return x[0] * stop_gradient(x[0] * 0 + 2.0); }},
  };
#undef ONE
#undef TWO
#undef ALONG
  return functions;
}

}  // namespace tapestry::test
