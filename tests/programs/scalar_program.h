// A random program of scalar statements: from numbers to one number, over any number type.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"
#include "ops/ops.h"
#include "tests/programs/program.h"

namespace tapestry::test {

// name, operands that it reads, smooth where it is finite, the statement of a, b and c. Some are
// single functions of the page, others whole statements that are recorded as one.
#define TAPESTRY_SCALAR_FUNCTIONS(F)                \
  F(add, 2, true, a + b)                            \
  F(sub, 2, true, a - b)                            \
  F(mul, 2, true, a* b)                             \
  F(div, 2, true, a / b)                            \
  F(soft_div, 2, true, a / (1 + b * b))             \
  F(affine, 3, true, a* b + c)                      \
  F(halve, 1, true, a * 0.5 - 1)                    \
  F(neg, 1, true, -a)                               \
  F(cube, 1, true, a* a* a)                         \
  F(inverse, 1, true, 1 / a)                        \
  F(pow, 2, true, pow(a, b))                        \
  F(pow_number, 1, true, pow(a, 2.5))               \
  F(square_power, 1, true, pow(a, 2.0))             \
  F(atan2, 2, true, atan2(a, b))                    \
  F(hypot, 2, true, hypot(a, b))                    \
  F(logaddexp, 2, true, logaddexp(a, b))            \
  F(minimum, 2, false, minimum(a, b))               \
  F(maximum, 2, false, maximum(a, b))               \
  F(exp, 1, true, exp(a))                           \
  F(expm1, 1, true, expm1(a))                       \
  F(log, 1, true, log(a))                           \
  F(log1p, 1, true, log1p(a))                       \
  F(sqrt, 1, true, sqrt(a))                         \
  F(rsqrt, 1, true, rsqrt(a))                       \
  F(square, 1, true, square(a))                     \
  F(sin, 1, true, sin(a))                           \
  F(cos, 1, true, cos(a))                           \
  F(tan, 1, true, tan(a))                           \
  F(sinh, 1, true, sinh(a))                         \
  F(cosh, 1, true, cosh(a))                         \
  F(tanh, 1, true, tanh(a))                         \
  F(asin, 1, true, asin(a))                         \
  F(acos, 1, true, acos(a))                         \
  F(atan, 1, true, atan(a))                         \
  F(asinh, 1, true, asinh(a))                       \
  F(atanh, 1, true, atanh(a))                       \
  F(erf, 1, true, erf(a))                           \
  F(erfc, 1, true, erfc(a))                         \
  F(sigmoid, 1, true, sigmoid(a))                   \
  F(softplus, 1, true, softplus(a))                 \
  F(silu, 1, true, silu(a))                         \
  F(gelu, 1, true, gelu(a))                         \
  F(abs, 1, false, abs(a))                          \
  F(relu, 1, false, relu(a))                        \
  F(elu, 1, false, elu(a))                          \
  F(softsign, 1, false, softsign(a))                \
  F(floor, 1, false, floor(a))                      \
  F(bell, 2, true, exp(-a* a) * b)                  \
  F(length, 2, true, sqrt(a* a + b * b))            \
  F(ratio, 2, true, (a - b) / (a + b))              \
  F(wave, 3, true, a* sin(b + c) - 0.25 * c)        \
  F(distance, 2, false, abs(a - b) + minimum(a, b)) \
  F(entropy, 1, true, -a* log(a))                   \
  F(logistic, 2, true, log1p(exp(-a* b)))

enum class ScalarFunction : std::size_t {
#define F(name, arity, smooth, statement) name,
  TAPESTRY_SCALAR_FUNCTIONS(F)
#undef F
      count
};

struct ScalarProgram {
  struct Instruction {
    ScalarFunction function;
    std::vector<std::size_t> operands;  // inputs first, then results
  };
  std::vector<double> inputs;
  std::vector<Instruction> body;
  bool smooth = true;

  std::string text() const;
};

template <class S>
S call_scalar(ScalarFunction function, const S& a, const S& b, const S& c) {
  switch (function) {
#define F(name, arity, smooth, statement) \
  case ScalarFunction::name:              \
    return S(statement);
    TAPESTRY_SCALAR_FUNCTIONS(F)
#undef F
    case ScalarFunction::count:
      break;
  }
  return a;
}

// The program over any number: Scalar, BasicScalar<T>, Tensor; its sinks, weighted and summed. Each
// operand is handed to `read` first.
template <class S, class Read = std::identity>
S run_program(const ScalarProgram& program, const std::vector<S>& inputs, Read&& read = {}) {
  std::vector<S> values = inputs;
  for (const auto& [function, operands] : program.body) {
    std::vector<S> read_operands;
    for (std::size_t operand : operands) read_operands.push_back(read(values[operand]));
    while (read_operands.size() < 3) read_operands.push_back(read_operands.back());
    values.push_back(
        call_scalar<S>(function, read_operands[0], read_operands[1], read_operands[2]));
  }
  const std::vector<std::size_t> ends = sinks(program);
  S total = values[ends[0]];
  double weight = 0.75;
  for (std::size_t i = 1; i < ends.size(); ++i) {
    total = total + values[ends[i]] * weight;
    weight *= 0.75;
  }
  return total;
}

ScalarProgram random_scalar_program(std::mt19937_64& random, bool smooth);
std::vector<ScalarProgram> smaller(const ScalarProgram& program);

}  // namespace tapestry::test
