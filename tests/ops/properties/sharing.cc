// Operands that meet: stretched by broadcasting, the same tensor twice, and left as they were.
#include <algorithm>
#include <cmath>
#include <optional>

#include "ops/layout/view.h"
#include "tests/ops/properties/outcome.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
using namespace detail;
namespace {

// The shape that all inputs stretch to; none when they do not, or need not, or when one is indices.
std::optional<Shape> common_shape(const Tensors& inputs) {
  Shape shape;
  bool differ = false;
  for (const Tensor& x : inputs) {
    if (x.dtype() == DType::i64) return std::nullopt;
    if (!refusal([&] { shape = broadcast_shapes("", shape, x.shape()); }).empty())
      return std::nullopt;
    differ |= x.shape() != inputs[0].shape();
  }
  return differ ? std::optional(shape) : std::nullopt;
}

// Stretching is copying: the value of explicit copies, and the sum of their gradients.
void broadcast_operands(const OpInfo& record, Findings& findings) {
  findings.not_applicable("no operand of its samples is stretched to the shape of another");
  for_samples(record, findings, [&](const Sample& sample) {
    const auto shape = common_shape(sample.inputs);
    if (!shape || sample.call(sample.inputs).shape() != *shape) return;
    Tensors copies;
    for (const Tensor& x : sample.inputs) copies.push_back(copy_of(broadcast_to(x, *shape)));
    const Outcome got = run(sample, sample.inputs);
    Outcome expected;
    try {
      expected = run(sample, copies);
    } catch (const Error&) {
      return;  // the operand has a shape of its own, as the weight of a normalization
    }
    findings.check(same_bits(got.y, expected.y), "the value is not that of copies");
    for (std::size_t k = 0; k < got.gradients.size(); ++k) {
      const double error =
          distance(got.gradients[k], sum_to(expected.gradients[k], got.gradients[k].shape()));
      findings.check(error < 1e-14, "gradient {} is off by {:.1e}", k, error);
    }
  });
}

bool all_finite(const Outcome& result) {
  const auto finite = [](const Tensor& x) {
    return std::ranges::all_of(x.to_vector(), [](double v) { return std::isfinite(v); });
  };
  return finite(result.y) && std::ranges::all_of(result.gradients, finite);
}

// f(x, x) has the sum of the gradients of f(x, z) at z = x.
void check_twice(const Sample& sample, std::size_t first, std::size_t second, const Tensor& x,
                 Findings& findings) {
  Tensors inputs = sample.inputs;
  inputs[first] = x;
  inputs[second] = copy_of(x);
  const Outcome apart = run(sample, inputs);
  if (!all_finite(apart)) return;  // x lies outside the other operand's domain
  const auto which = floating(inputs);
  const auto place = [&](std::size_t input) {
    return static_cast<std::size_t>(std::ranges::find(which, input) - which.begin());
  };
  std::vector<double> total = apart.gradients[place(first)].to_vector();
  const std::vector<double> more = apart.gradients[place(second)].to_vector();
  for (std::size_t i = 0; i < total.size(); ++i) total[i] += more[i];

  const auto position = static_cast<std::ptrdiff_t>(second);
  const Sample doubled{"", {}, [&](Tensors in) {
                         in.insert(in.begin() + position, in[first]);
                         return sample.call(in);
                       }};
  inputs.erase(inputs.begin() + position);
  const Outcome together = run(doubled, inputs);
  findings.check(same_bits(together.y, apart.y), "the value of (x, x) differs");
  const double error = distance(together.gradients[place(first)], from_vector(total, x.shape()));
  findings.check(error < 1e-14, "the gradient of (x, x) is off by {:.1e}", error);
}

void one_operand_twice(const OpInfo& record, Findings& findings) {
  findings.not_applicable("it has fewer than two floating inputs");
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const auto which = floating(sample.inputs);
    if (which.size() < 2) return;
    findings.not_applicable("no two floating inputs of its samples have one shape");
    for (std::size_t first : which) {
      for (std::size_t second : which) {
        const Tensor &x = sample.inputs[first], &z = sample.inputs[second];
        if (first >= second || x.shape() != z.shape()) continue;
        for (const Tensor& both : {x, z}) check_twice(sample, first, second, both, findings);
      }
    }
  });
}

// Neither the call nor a reverse sweep writes into what it was given.
void operands_are_read_only(const OpInfo& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    Tensors inputs, copies;
    for (const Tensor& x : sample.inputs) {
      inputs.push_back(copy_of(x));
      copies.push_back(copy_of(x));
    }
    const Recording recording(sample, inputs);
    const Tensor y = copy_of(recording.y());
    if (recording.has_gradient()) {
      const Tensor w = weights(recording.y()), w_before = copy_of(w);
      const auto gradients = [&](bool recorded) {
        return gradient(recording.y(), recording.variables(),
                        {.create_graph = recorded, .cotangent = w});
      };
      const Tensors first = gradients(false);
      Tensors first_before;
      for (const Tensor& g : first) first_before.push_back(copy_of(g));
      gradients(true);
      const Tensors again = gradients(false);
      findings.check(same_bits(w, w_before), "the sweep changed its cotangent");
      for (std::size_t k = 0; k < first.size(); ++k) {
        findings.check(same_bits(first[k], first_before[k]), "a later sweep changed gradient {}",
                       k);
        findings.check(same_bits(again[k], first[k]), "gradient {} differs the second time", k);
      }
    }
    for (std::size_t i = 0; i < inputs.size(); ++i)
      findings.check(same_bits(inputs[i], copies[i]), "input {} was changed", i);
    findings.check(same_bits(recording.y(), y), "the sweep changed the result");
  });
}

}  // namespace

std::vector<Property> sharing_properties() {
  return {{"broadcast_operands", broadcast_operands},
          {"one_operand_twice", one_operand_twice},
          {"operands_are_read_only", operands_are_read_only}};
}

}  // namespace tapestry::test
