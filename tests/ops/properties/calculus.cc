// Derivatives: the first and the second against differences in double, the recorded sweep against
// the plain one, the pullback as the transpose of the derivative, and forward mode against both.
#include <cmath>

#include "ops/elementwise/elementwise.h"
#include "ops/reduce/reduce.h"
#include "tests/ops/properties/outcome.h"
#include "tests/support/differences.h"

namespace tapestry::test {
using namespace detail;
namespace {

// The gradient of <w, f(x)> is what its differences say.
void vjp(const OpInfo& record, Findings& findings) {
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const Outcome got = run(sample, sample.inputs);
    const Tensor w = weights(got.y);
    const auto value = [&](const Tensors& at) { return inner(w, sample.call(at)); };
    const auto which = floating(sample.inputs);
    findings.check(got.gradients.size() == which.size(), "the result takes no gradient");
    for (std::size_t k = 0; k < got.gradients.size(); ++k) {
      const Tensor& x = sample.inputs[which[k]];
      findings.check(got.gradients[k].shape() == x.shape(),
                     "gradient {} has shape {}, the input {}", k, got.gradients[k].shape(),
                     x.shape());
      const double error = distance(got.gradients[k], difference(value, sample.inputs, which[k]));
      findings.check(error < 1e-8, "gradient {} is off by {:.1e}", k, error);
    }
  });
}

// The pullback w -> J(x)^T w at x and w, as one function of both.
Tensors pullback(const Sample& sample, const Tensors& x_and_w, bool recorded) {
  const Tensors x(x_and_w.begin(), x_and_w.end() - 1);
  Tensors variables;
  for (std::size_t i : floating(x)) variables.push_back(x[i]);
  return gradient(sample.call(x), variables,
                  {.create_graph = recorded, .cotangent = x_and_w.back()});
}

// The gradient of <v, J(x)^T w> with respect to every x, and to w, where it is J(x) v.
struct Second {
  Tensors v, gradients;
};
Second second_gradients(const Sample& sample) {
  Tape tape;
  Tensors x_and_w = sample.inputs;
  for (std::size_t i : floating(sample.inputs)) x_and_w[i] = tape.variable(x_and_w[i]);
  {
    PauseRecording pause;
    x_and_w.push_back(weights(sample.call(sample.inputs)));
  }
  x_and_w.back() = tape.variable(x_and_w.back());
  const Tensors slopes = pullback(sample, x_and_w, true);
  Second second{directions(slopes), {}};
  Tensor size = zeros({}, DType::f64);
  for (std::size_t k = 0; k < slopes.size(); ++k) size = size + sum(second.v[k] * slopes[k]);
  for (std::size_t i : floating(x_and_w)) {
    second.gradients.push_back(size.is_tracked()
                                   ? gradient(size, x_and_w[i], {.allow_unused = true})
                                   : zeros_like(x_and_w[i]));
  }
  return second;
}

void vjp_of_vjp(const OpInfo& record, Findings& findings) {
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const Second got = second_gradients(sample);
    const auto value = [&](const Tensors& x_and_w) {
      Tape tape;
      Tensors tracked = x_and_w;
      for (std::size_t i : floating(sample.inputs)) tracked[i] = tape.variable(x_and_w[i]);
      const Tensors slopes = pullback(sample, tracked, false);
      double total = 0;
      for (std::size_t k = 0; k < slopes.size(); ++k) total += inner(got.v[k], slopes[k]);
      return total;
    };
    Tensors x_and_w = sample.inputs;
    x_and_w.push_back(weights(sample.call(sample.inputs)));
    const auto which = floating(x_and_w);
    for (std::size_t k = 0; k < which.size(); ++k) {
      const double error = distance(got.gradients[k], difference(value, x_and_w, which[k]));
      findings.check(error < 1e-8, "the second gradient by {} is off by {:.1e}",
                     k + 1 < which.size() ? fmt::format("input {}", which[k]) : "the adjoint",
                     error);
    }
  });
}

// <J v, w> = <v, J^T w>.
void transpose_identity(const OpInfo& record, Findings& findings) {
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const Outcome first = run(sample, sample.inputs);
    const Second second = second_gradients(sample);
    double left = inner(second.gradients.back(), weights(first.y)), right = 0, scale = 1;
    for (std::size_t k = 0; k < first.gradients.size(); ++k) {
      right += inner(second.v[k], first.gradients[k]);
      scale += std::abs(right);
    }
    findings.check(std::abs(left - right) < 1e-12 * scale, "<J v, w> is {}, <v, J^T w> is {}", left,
                   right);
  });
}

// What forward mode says along v: J(x) v, with the reverse mode's J(x)^T w of the same numbers.
void jvp(const OpInfo& record, Findings& findings) {
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const auto compare = [&](DType dtype, double tolerance) {
      const Tensors inputs = in_dtype(sample.inputs, dtype);
      const auto which = floating(inputs);
      Tensors xs;
      for (std::size_t i : which) xs.push_back(inputs[i]);
      const Tensors vs = directions(xs);
      const auto [ys, tangents] = tapestry::jvp(value_of(sample, inputs, which), xs, vs);
      const Outcome back = run(sample, inputs);
      findings.check(same_bits(ys[0], back.y), "{}: the value differs from that of a call", dtype);
      findings.check(tangents[0].shape() == back.y.shape(), "{}: the tangent has shape {}", dtype,
                     tangents[0].shape());
      const double left = inner(tangents[0], weights(back.y));
      double right = 0, scale = 1;
      for (std::size_t k = 0; k < xs.size(); ++k) {
        const double term = inner(vs[k], back.gradients[k]);
        right += term;
        scale += std::abs(term);
      }
      findings.check(std::abs(left - right) < tolerance * scale,
                     "{}: <J v, w> is {}, <v, J^T w> is {}", dtype, left, right);
    };
    compare(DType::f64, 1e-12);
    compare(DType::f32, 1e-5);
  });
}

// The derivative of J(x)^T w along v is that of <v, J(x)^T w>, since second derivatives commute.
void jvp_of_vjp(const OpInfo& record, Findings& findings) {
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const auto compare = [&](DType dtype, double tolerance) {
      const Sample cast{sample.label, in_dtype(sample.inputs, dtype), sample.call};
      const auto which = floating(cast.inputs);
      Tensors xs;
      for (std::size_t i : which) xs.push_back(cast.inputs[i]);
      const Second reverse = second_gradients(cast);
      const Tensors forward =
          tapestry::jvp(gradients_of(cast, cast.inputs, which), xs, directions(xs)).second;
      for (std::size_t k = 0; k < xs.size(); ++k) {
        const double error = distance(forward[k], reverse.gradients[k]);
        findings.check(error < tolerance, "{}: by input {} they differ by {:.1e}", dtype, which[k],
                       error);
      }
    };
    compare(DType::f64, 1e-10);
    compare(DType::f32, 1e-3);
  });
}

// Recording the sweep does not change its numbers: it reads the same formulas, but as a tape of
// ops.
void recorded_sweep(const OpInfo& record, Findings& findings) {
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const auto compare = [&](DType dtype, double tolerance) {
      const Recording recording(sample, in_dtype(sample.inputs, dtype));
      const Tensors plain = recording.gradients(false), recorded = recording.gradients(true);
      for (std::size_t k = 0; k < plain.size(); ++k) {
        const double error = distance(recorded[k], plain[k]);
        findings.check(error <= tolerance, "{} gradient {} differs by {:.1e}", dtype, k, error);
      }
    };
    compare(DType::f64, 1e-14);
    compare(DType::f32, 1e-6);
  });
}

}  // namespace

std::vector<Property> calculus_properties() {
  return {{"vjp", vjp}, {"vjp_of_vjp", vjp_of_vjp}, {"transpose_identity", transpose_identity},
          {"jvp", jvp}, {"jvp_of_vjp", jvp_of_vjp}, {"recorded_sweep", recorded_sweep}};
}

}  // namespace tapestry::test
