// Operands that meet: stretched by broadcasting, the same tensor twice, and left as they were.
#include <algorithm>
#include <cmath>

#include "ops/view.h"
#include "tests/ops/properties/walk.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
namespace {

// The shape that all inputs stretch to; none when they do not, or need not.
std::optional<Shape> common_shape(const Tensors& inputs) {
  Shape shape;
  bool differ = false;
  for (const Tensor& x : inputs) {
    if (!refusal([&] { shape = broadcast_shapes("", shape, x.shape()); }).empty()) return std::nullopt;
    differ |= x.shape() != inputs[0].shape();
  }
  return differ ? std::optional(shape) : std::nullopt;
}

// Stretching is copying: the value of explicit copies, and the sum of their gradients.
void broadcast_operands(const Record& record, Findings& findings) {
  findings.not_applicable("no operand of its samples is stretched to the shape of another");
  for_samples(record, findings, [&](const Sample& sample) {
    const auto shape = common_shape(sample.inputs);
    if (!shape || sample.call(sample.inputs).shape() != *shape) return;
    Tensors copies;
    for (const Tensor& x : sample.inputs) copies.push_back(copy_of(broadcast_to(x, *shape)));
    const Walk got = walk(sample, sample.inputs), expected = walk(sample, copies);
    findings.check(same_bits(got.y, expected.y), "the value is not that of copies");
    for (std::size_t k = 0; k < got.gradients.size(); ++k) {
      const double error = distance(got.gradients[k], sum_to(expected.gradients[k], got.gradients[k].shape()));
      findings.check(error < 1e-14, "gradient {} is off by {:.1e}", k, error);
    }
  });
}

bool all_finite(const Walk& result) {
  const auto finite = [](const Tensor& x) {
    return std::ranges::all_of(x.to_vector(), [](double v) { return std::isfinite(v); });
  };
  return finite(result.y) && std::ranges::all_of(result.gradients, finite);
}

// f(x, x) has the sum of the gradients of f(x, z) at z = x.
void one_operand_twice(const Record& record, Findings& findings) {
  if (!record.differentiable) return findings.not_applicable("it is not differentiable");
  findings.not_applicable("no sample has two inputs of one shape");
  for_samples(record, findings, [&](const Sample& sample) {
    if (sample.inputs.size() != 2 || floating(sample.inputs).size() != 2) return;
    if (sample.inputs[0].shape() != sample.inputs[1].shape()) return;
    for (const Tensor& x : sample.inputs) {
      const Walk apart = walk(sample, {x, copy_of(x)});
      if (!all_finite(apart)) continue;  // x lies outside the other operand's domain
      const Sample doubled{"", {x}, [&](const Tensors& in) { return sample.call({in[0], in[0]}); }};
      const Walk together = walk(doubled, {x});
      findings.check(same_bits(together.y, apart.y), "the value of (x, x) differs");
      const Tensor& p = apart.gradients[0];
      std::vector<double> total = p.to_vector();
      const std::vector<double> second = apart.gradients[1].to_vector();
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += second[i];
      const double error = distance(together.gradients[0], from_vector(total, p.shape()));
      findings.check(error < 1e-14, "the gradient of (x, x) is off by {:.1e}", error);
    }
  });
}

// Neither the call nor a walk back writes into what it was given.
void operands_are_read_only(const Record& record, Findings& findings) {
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
        return gradient(recording.y(), recording.variables(), {.create_graph = recorded, .cotangent = w});
      };
      const Tensors first = gradients(false);
      Tensors first_before;
      for (const Tensor& g : first) first_before.push_back(copy_of(g));
      gradients(true);
      const Tensors again = gradients(false);
      findings.check(same_bits(w, w_before), "the walk changed its cotangent");
      for (std::size_t k = 0; k < first.size(); ++k) {
        findings.check(same_bits(first[k], first_before[k]), "a later walk changed gradient {}", k);
        findings.check(same_bits(again[k], first[k]), "gradient {} differs the second time", k);
      }
    }
    for (std::size_t i = 0; i < inputs.size(); ++i)
      findings.check(same_bits(inputs[i], copies[i]), "input {} was changed", i);
    findings.check(same_bits(recording.y(), y), "the walk changed the result");
  });
}

}  // namespace

std::vector<Property> sharing_properties() {
  return {{"broadcast_operands", broadcast_operands},
          {"one_operand_twice", one_operand_twice},
          {"operands_are_read_only", operands_are_read_only}};
}

}  // namespace tapestry::test
