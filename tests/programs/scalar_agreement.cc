#include <algorithm>
#include <cmath>

#include "tests/programs/agreement.h"
#include "tests/programs/numbers.h"

namespace tapestry::test {
namespace {

std::vector<double> direction(std::size_t size) {
  std::vector<double> v;
  for (std::size_t i = 0; i < size; ++i) v.push_back(std::cos(static_cast<double>(i) * 1.7 + 0.3));
  return v;
}

// A recording, with a variable for each input.
struct Recording {
  explicit Recording(const ScalarProgram& program, const std::vector<double>& at) {
    for (double number : at) xs.push_back(tape.variable(number));
    y = run_program<Scalar>(program, xs);
  }
  Tape tape;
  std::vector<Scalar> xs;
  Scalar y;
};

std::vector<double> gradient_at(const ScalarProgram& program, const std::vector<double>& at) {
  const Recording recording(program, at);
  std::vector<double> slopes;
  for (const Scalar& slope : gradient(recording.y, recording.xs, {.allow_unused = true}))
    slopes.push_back(slope.value());
  return slopes;
}

std::vector<double> times(const Tensor& matrix, const std::vector<double>& v) {
  const std::vector<double> all = matrix.to_vector();
  std::vector<double> product(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    for (std::size_t k = 0; k < v.size(); ++k) product[i] += all[i * v.size() + k] * v[k];
  return product;
}

double plain(const ScalarProgram& program, const std::vector<double>& at) {
  return run_program<Scalar>(program, {at.begin(), at.end()}).value();
}

// Richardson's extrapolation of central differences; NaN where they are too coarse to tell.
double difference(const ScalarProgram& program, const std::vector<double>& v) {
  const auto moved = [&](double h) {
    std::vector<double> at = program.inputs;
    for (std::size_t i = 0; i < at.size(); ++i) at[i] += h * v[i];
    return plain(program, at);
  };
  const auto central = [&](double h) { return (moved(h) - moved(-h)) / (2 * h); };
  const double coarse = central(2e-4), fine = central(1e-4);
  const bool tells = std::abs(fine - coarse) < 1e-4 * (1 + std::abs(fine));
  return tells ? fine + (fine - coarse) / 3 : std::nan("");
}

// On tapes of other numbers: the gradient, and the hessian times v where the number carries it.
template <class T>
std::vector<T> gradient_over(const ScalarProgram& program, const std::vector<T>& at) {
  BasicTape<T> tape;
  std::vector<BasicScalar<T>> xs;
  for (const T& number : at) xs.push_back(tape.variable(number));
  const BasicScalar<T> y = run_program<BasicScalar<T>>(program, xs);
  return gradient(y, xs);
}

std::vector<double> over_lanes(const ScalarProgram& program, std::size_t lane) {
  std::vector<Lanes> at(program.inputs.begin(), program.inputs.end());
  std::vector<double> slopes;
  for (const Lanes& slope : gradient_over<Lanes>(program, at)) slopes.push_back(slope[lane]);
  return slopes;
}

// Reverse over a tape of active scalars, and reverse again.
std::pair<std::vector<double>, std::vector<double>> nested(const ScalarProgram& program,
                                                           const std::vector<double>& v) {
  Tape outer;
  std::vector<Scalar> at;
  for (double number : program.inputs) at.push_back(outer.variable(number));
  const std::vector<Scalar> slopes = gradient_over<Scalar>(program, at);
  std::vector<double> first;
  Scalar along = 0.0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    first.push_back(slopes[i].value());
    along = along + slopes[i] * v[i];
  }
  if (!along.is_tracked()) return {first, std::vector<double>(v.size())};
  std::vector<double> second;
  for (const Scalar& slope : gradient(along, at, {.allow_unused = true}))
    second.push_back(slope.value());
  return {first, second};
}

// As tensors of one element each, statement by statement, and what value and slopes are made of, to
// which rounding is relative: the largest contributions to an adjoint, and parts in the value.
struct Tensors {
  double value;
  std::vector<double> slopes;
  double scale = 1, value_scale = 1;
};
Tensors as_tensors(const ScalarProgram& program) {
  Tape tape;
  std::vector<Tensor> xs;
  for (double number : program.inputs) xs.push_back(tape.variable(tensor(number, DType::f64)));
  const Tensor y = run_program<Tensor>(program, xs);
  Tensors found{y.item(), {}, 1, 1};
  for (const Tensor& slope : gradient(y, xs, {.allow_unused = true}))
    found.slopes.push_back(slope.item());
  std::vector<Tensor> reads;
  const Tensor again = run_program<Tensor>(program, xs, [&](const Tensor& x) {
    reads.push_back(x * 1.0);
    return reads.back();
  });
  const std::vector<Tensor> adjoints = gradient(again, reads, {.allow_unused = true});
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const double size = std::abs(adjoints[i].item()), part = size * std::abs(reads[i].item());
    if (std::isfinite(size)) found.scale = std::max(found.scale, size);
    if (std::isfinite(part)) found.value_scale = std::max(found.value_scale, part);
  }
  return found;
}

std::vector<double> numbers_of(const std::vector<Scalar>& scalars) {
  std::vector<double> numbers;
  for (const Scalar& x : scalars) numbers.push_back(x.value());
  return numbers;
}

// How far rounding alone moves the gradient: its spread over inputs that differ in their last
// digits.
double noise(const ScalarProgram& program) {
  double found = 0;
  const std::vector<double> base = gradient_at(program, program.inputs);
  for (int k = 1; k <= 4; ++k) {
    std::vector<double> at = program.inputs;
    for (std::size_t i = 0; i < at.size(); ++i)
      at[i] *=
          1 + (k % 2 ? 1 : -1) * static_cast<double>(static_cast<std::size_t>(k) + i) * 0x1p-48;
    const std::vector<double> moved = gradient_at(program, at);
    for (std::size_t i = 0; i < at.size(); ++i)
      if (const double by = std::abs(moved[i] - base[i]); by > found) found = by;
  }
  return found;
}

// Whether a square or a product of inputs may leave the range of doubles: a statement that is
// swept as one does so at other places than its functions one by one.
bool is_extreme(const ScalarProgram& program) {
  return std::any_of(program.inputs.begin(), program.inputs.end(), [](double x) {
    return x != 0 && !(std::abs(x) > 1e-100 && std::abs(x) < 1e100);
  });
}

}  // namespace

Disagreement disagreement(const ScalarProgram& program) {
  const std::vector<double> v = direction(program.inputs.size());
  const auto n = static_cast<std::int64_t>(program.inputs.size());
  try {
    Recording recording(program, program.inputs);
    const std::vector<Scalar>& xs = recording.xs;
    const std::vector<double> base = numbers_of(gradient(recording.y, xs, {.allow_unused = true}));
    const auto [tensor_value, tensor_slopes, adjoint_scale, value_scale] = as_tensors(program);
    const Tensor points = from_vector(program.inputs, {1, n});
    const ReplayBatch batch = replay_value_and_grad(recording.y, xs, repeat(points, {3, 1}));
    if (const auto found =
            compared({{"the value", {recording.y.value()}},
                      {"unrecorded", {plain(program, program.inputs)}},
                      {"of tensors", {tensor_value}},
                      {"of replay_value_and_grad", {slice(batch.values, 0, 2, 3).item()}},
                      {"of replay", {replay(recording.y, xs, program.inputs)}}},
                     kValueTolerance, value_scale))
      return found;

    if (!std::isfinite(recording.y.value())) return {};
    const bool where_finite = is_extreme(program);
    const double tolerance = kTolerance + kRounding * value_scale;
    const double scale = adjoint_scale + 100 * noise(program) / tolerance;
    std::vector<Way> ways{
        {"gradient", base},
        {"gradient after a replay", numbers_of(gradient(recording.y, xs, {.allow_unused = true}))},
        {"create_graph",
         numbers_of(gradient(recording.y, xs, {.create_graph = true, .allow_unused = true}))},
        {"jacobian_reverse", jacobian_reverse({recording.y}, xs).to_vector()},
        {"of replay_value_and_grad", slice(batch.gradients, 0, 2, 3).to_vector()},
        {"of tensors", tensor_slopes}};
    ways.push_back({"over lanes", over_lanes(program, 5)});
    const auto [nested_first, nested_second] = nested(program, v);
    ways.push_back({"over active scalars", nested_first});
    if (const auto found = compared(ways, tolerance, scale, where_finite)) return found;

    if (const auto found =
            compared({{"gradient", base},
                      {"jacobian_forward", jacobian_forward({recording.y}, xs).to_vector()}},
                     tolerance, scale, true))
      return found;
    if (!all_finite(base)) return {};
    if (program.smooth && largest(base) < 1e4) {
      double along = 0;
      for (std::size_t i = 0; i < v.size(); ++i) along += base[i] * v[i];
      const double differences = difference(program, v);
      if (std::isfinite(differences))
        if (const auto found =
                compared({{"gradient along v", {along}}, {"differences", {differences}}},
                         kDifferenceTolerance, 10 * (1 + scale + std::abs(recording.y.value()))))
          return found;
    }
    if (is_extreme(program)) return {};
    return compared({{"reverse over active scalars", nested_second},
                     {"hvp", hvp(recording.y, xs, v)},
                     {"hessian times v", times(hessian(recording.y, xs), v)}},
                    kSecondTolerance + kRounding * value_scale,
                    std::max(scale, largest(nested_second)), true);
  } catch (const Error& error) {
    return fmt::format("refused: {}", error.what());
  }
}

}  // namespace tapestry::test
