#include <algorithm>
#include <cmath>

#include "ops/ops.h"
#include "tests/programs/agreement.h"
#include "tests/programs/numbers.h"

namespace tapestry::test {
namespace {

Tensor direction(std::int64_t size) {
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < size; ++i)
    numbers.push_back(std::cos(static_cast<double>(i) * 1.7 + 0.3));
  return from_vector(numbers, {size});
}

// The value, the gradient, and what they are made of, to which rounding is relative: the largest
// contribution to an adjoint, and the largest part that an operand has in the value.
struct Reverse {
  double value;
  std::vector<double> gradient;
  double scale = 1, value_scale = 1;
};
Reverse reverse(const TensorProgram& program, const Tensor& start) {
  Tape tape;
  const Tensor x = tape.variable(start);
  const Tensor y = program(x);
  Reverse found{y.item(), std::vector<double>(static_cast<std::size_t>(x.size())), 1, 1};
  if (!y.is_tracked()) return found;
  found.gradient = gradient(y, x, {.allow_unused = true}).to_vector();
  std::vector<Tensor> reads;
  const Tensor again = program(x, &reads);
  std::erase_if(reads, [](const Tensor& read) { return !read.is_tracked(); });
  const std::vector<Tensor> adjoints = gradient(again, reads, {.allow_unused = true});
  for (std::size_t i = 0; i < reads.size(); ++i) {
    found.scale = std::max(found.scale, largest(adjoints[i].to_vector()));
    found.value_scale =
        std::max(found.value_scale, largest((adjoints[i] * detach(reads[i])).to_vector()));
  }
  return found;
}

std::vector<double> recorded_gradient(const TensorProgram& program, const Tensor& start) {
  Tape tape;
  const Tensor x = tape.variable(start);
  const Tensor y = program(x);
  if (!y.is_tracked()) return std::vector<double>(static_cast<std::size_t>(x.size()));
  return gradient(y, x, {.create_graph = true, .allow_unused = true}).to_vector();
}

struct Second {
  std::vector<double> result;
  double scale = 1;  // as that of Reverse
};
Second reverse_over_reverse(const TensorProgram& program, const Tensor& start, const Tensor& v) {
  Tape tape;
  const Tensor x = tape.variable(start);
  const Tensor y = program(x);
  Second found{std::vector<double>(static_cast<std::size_t>(x.size())), 1};
  if (!y.is_tracked()) return found;
  const Tensor g = gradient(y, x, {.create_graph = true, .allow_unused = true});
  if (!g.is_tracked()) return found;
  const Tensor along = sum(g * v);
  found.result = gradient(along, x, {.allow_unused = true}).to_vector();
  for (const Adjoint& adjoint : adjoints(along))
    if (!adjoint.value.is_scalar())
      found.scale = std::max(found.scale, largest(adjoint.value.tensor().to_vector()));
  return found;
}

// Richardson's extrapolation of central differences; NaN where they are too coarse to tell.
double difference(const TensorProgram& program, const Tensor& x, const Tensor& v) {
  const auto central = [&](double h) {
    return (program(x + h * v).item() - program(x - h * v).item()) / (2 * h);
  };
  const double coarse = central(2e-4), fine = central(1e-4);
  const bool tells = std::abs(fine - coarse) < 1e-4 * (1 + std::abs(fine));
  return tells ? fine + (fine - coarse) / 3 : std::nan("");
}

}  // namespace

bool is_refusal(const Disagreement& found) { return found && found->starts_with("refused: "); }

Disagreement compared(const std::vector<Way>& ways, double tolerance, double scale,
                      bool where_finite) {
  const Way& first = ways.front();
  for (const Way& way : ways) {
    if (way.result.size() != first.result.size())
      return fmt::format("{} has {} numbers, {} has {}", way.name, way.result.size(), first.name,
                         first.result.size());
    for (std::size_t i = 0; i < way.result.size(); ++i)
      if (!(where_finite && !std::isfinite(first.result[i] - way.result[i])) &&
          !agree(first.result[i], way.result[i], tolerance, scale))
        return fmt::format("{} gives {} at {}, {} gives {}", first.name, first.result[i], i,
                           way.name, way.result[i]);
  }
  return {};
}

Disagreement disagreement(const TensorProgram& program) {
  const Tensor start = program.start();
  const Tensor v = direction(start.size());
  const auto f = [&](const Tensor& x) { return program(x); };
  try {
    const Reverse base = reverse(program, start);
    const auto [value, slope] = value_and_grad(f)(start);
    const auto [primal, tangent] = jvp(f, start, v);
    const auto [pulled_value, pull] = vjp(f, start);
    const Tensor both = stack({start, start});
    if (const auto found = compared({{"the value", {program(start).item()}},
                                     {"recorded", {base.value}},
                                     {"value_and_grad's value", {value.item()}},
                                     {"jvp's value", {primal.item()}},
                                     {"vjp's value", {pulled_value.item()}},
                                     {"vmap's value", {slice(vmap(f)(both), 0, 1, 2).item()}}},
                                    kValueTolerance, base.value_scale))
      return found;

    if (!std::isfinite(base.value)) return {};
    const double tolerance = kTolerance + kRounding * base.value_scale;
    std::vector<Way> ways{{"gradient", base.gradient},
                          {"create_graph", recorded_gradient(program, start)},
                          {"grad", slope.to_vector()},
                          {"vjp", pull(tensor(1.0, DType::f64)).to_vector()},
                          {"checkpoint", grad(checkpoint(f))(start).to_vector()}};
    if (const auto found = compared(ways, tolerance, base.scale)) return found;
    const Tensor mapped = vmap(grad(f))(both);
    ways.resize(1);
    for (std::int64_t row : {0, 1})
      ways.push_back({fmt::format("row {} of vmap(grad)", row),
                      reshape(slice(mapped, 0, row, row + 1), start.shape()).to_vector()});
    if (const auto found = compared(ways, tolerance, base.scale)) return found;

    const std::vector<double> forward = jacobian_forward(f, start).to_vector();
    if (const auto found = compared({{"gradient", base.gradient}, {"jacobian_forward", forward}},
                                    tolerance, base.scale, true))
      return found;
    if (!all_finite(base.gradient)) return {};
    const double along = sum(slope * v).item();
    if (const auto found =
            compared({{"gradient along v", {along}}, {"jvp", {tangent.item()}}}, tolerance,
                     base.scale * static_cast<double>(start.size()), true))
      return found;
    if (program.smooth && largest(base.gradient) < 1e4) {
      const double differences = difference(program, start, v);
      if (std::isfinite(differences))
        if (const auto found =
                compared({{"jvp", {tangent.item()}}, {"differences", {differences}}},
                         kDifferenceTolerance, 10 * (1 + base.scale + std::abs(base.value))))
          return found;
    }

    const Second twice = reverse_over_reverse(program, start, v);
    return compared({{"reverse over reverse", twice.result},
                     {"hvp", hvp(f, start, v).to_vector()},
                     {"forward over grad", jvp(grad(f), start, v).second.to_vector()}},
                    kSecondTolerance + kRounding * base.value_scale,
                    std::max(base.scale, twice.scale), true);
  } catch (const Error& error) {
    return fmt::format("refused: {}", error.what());
  }
}

}  // namespace tapestry::test
