#include "tests/ops/properties/outcome.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/support/differences.h"

namespace tapestry::test {
using namespace detail;

std::vector<std::size_t> floating(const Tensors& inputs) {
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (is_floating(inputs[i].dtype())) which.push_back(i);
  return which;
}

Tensors in_dtype(const Tensors& inputs, DType dtype) {
  Tensors result = inputs;
  for (std::size_t i : floating(inputs)) result[i] = inputs[i].to(dtype);
  return result;
}

Tensor weights(const Tensor& y, std::uint64_t seed) {
  Tensor w = Tensor::uninitialized(y.shape(), DType::f64);
  for (std::int64_t i = 0; i < w.size(); ++i) {  // multiples of the golden ratio spread evenly
    const double multiple =
        0.6180339887498949 * static_cast<double>(i + 1) + 0.1234 * static_cast<double>(seed + 1);
    w.mutable_data<double>()[i] = 2 * (multiple - std::floor(multiple)) - 1;
  }
  return w.to(y.dtype());
}

Tensors directions(const Tensors& xs) {
  Tensors result;
  for (std::size_t i = 0; i < xs.size(); ++i) result.push_back(weights(xs[i], 7 + i));
  return result;
}

double inner(const Tensor& w, const Tensor& y) {
  const std::vector<double> p = w.to_vector(), q = y.to_vector();
  long double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    sum += static_cast<long double>(p[i]) * static_cast<long double>(q[i]);
  return static_cast<double>(sum);
}

Recording::Recording(const Sample& sample, const Tensors& inputs, TapeOptions options)
    : tape_(options) {
  Tensors operands = inputs;
  for (std::size_t i : floating(inputs)) {
    operands[i] = tape_.variable(inputs[i], fmt::format("x{}", i));
    variables_.push_back(operands[i]);
  }
  y_ = sample.call(operands);
}

bool Recording::has_gradient() const { return y_.is_tracked() && is_floating(y_.dtype()); }

Tensors Recording::gradients(bool recorded) const {
  return gradient(y_, variables_, {.create_graph = recorded, .cotangent = weights(y_)});
}

FunctionOfMany value_of(const Sample& sample, const Tensors& inputs,
                        const std::vector<std::size_t>& which) {
  return [=](const Tensors& xs) {
    Tensors at = inputs;
    for (std::size_t k = 0; k < which.size(); ++k) at[which[k]] = xs[k];
    return Tensors{sample.call(at)};
  };
}

FunctionOfMany gradients_of(const Sample& sample, const Tensors& inputs,
                            const std::vector<std::size_t>& which, bool recorded) {
  return [=](const Tensors& xs) {
    Tensors at = inputs;
    for (std::size_t k = 0; k < which.size(); ++k) at[which[k]] = xs[k];
    const Recording recording(sample, at);
    return recording.gradients(recorded);
  };
}

Outcome run(const Sample& sample, const Tensors& inputs) {
  const Recording recording(sample, inputs);
  if (!recording.has_gradient()) return {detach(recording.y()), {}};
  return {detach(recording.y()), recording.gradients()};
}

bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape() || a.dtype() != b.dtype()) return false;
  const Tensor p = a.contiguous(), q = b.contiguous();
  const std::size_t bytes = static_cast<std::size_t>(p.size()) * size_of(p.dtype());
  return bytes == 0 || std::memcmp(p.data<char>(), q.data<char>(), bytes) == 0;
}

bool same_bits(const Outcome& a, const Outcome& b) {
  return same_bits(a.y, b.y) &&
         std::ranges::equal(a.gradients, b.gradients,
                            [](const Tensor& p, const Tensor& q) { return same_bits(p, q); });
}

double distance(const Outcome& a, const Outcome& b) {
  double largest = distance(a.y, b.y);
  for (std::size_t i = 0; i < a.gradients.size(); ++i)
    largest = std::max(largest, distance(a.gradients[i], b.gradients[i]));
  return largest;
}

Tensor copy_of(const Tensor& x) {
  const Tensor rows = x.contiguous();
  Tensor copy = Tensor::uninitialized(x.shape(), x.dtype());
  const std::size_t bytes = static_cast<std::size_t>(x.size()) * size_of(x.dtype());
  if (bytes) std::memcpy(copy.mutable_data<char>(), rows.data<char>(), bytes);
  return copy;
}

Tensors lengthened(const Tensors& inputs, std::int64_t times,
                   const std::function<bool(std::size_t input, int axis)>& chosen) {
  Tensors result;
  for (std::size_t input = 0; input < inputs.size(); ++input) {
    const Tensor x = inputs[input].contiguous();
    Shape shape = x.shape();
    for (int axis = 0; axis < x.rank(); ++axis)
      if (chosen(input, axis)) shape[axis] *= times;
    Tensor longer = Tensor::uninitialized(shape, x.dtype());
    visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      for (std::int64_t i = 0; i < longer.size(); ++i) {
        std::int64_t from = 0, rest = i;
        for (int axis = x.rank() - 1; axis >= 0; --axis) {
          from += rest % shape[axis] % x.shape()[axis] * x.strides()[axis];
          rest /= shape[axis];
        }
        longer.mutable_data<T>()[i] = x.data<T>()[from];
      }
    });
    result.push_back(longer);
  }
  return result;
}

void for_samples(const OpInfo& record, Findings& findings,
                 const std::function<void(const Sample&)>& f) {
  if (record.samples.empty()) findings.not_applicable("it has no sample");
  for (std::size_t i = 0; i < record.samples.size(); ++i) {
    const Sample& sample = record.samples[i];
    findings.at(sample.label.empty() ? fmt::format("sample {}", i) : sample.label,
                [&] { f(sample); });
  }
}

void for_differentiable_samples(const OpInfo& record, Findings& findings,
                                const std::function<void(const Sample&)>& f) {
  if (record.differentiable) {
    for_samples(record, findings, f);
  } else {
    findings.not_applicable(
        "it is not differentiable: its result is a choice or a count, or nothing is to flow "
        "through it");
  }
}

bool on_the_page(std::string_view name) {
  static constexpr std::string_view kNames[] = {
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) #name,
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) #name,
#define TAPESTRY_COMPARE(name, value, doc) #name,
#define TAPESTRY_PREDICATE(name, value, doc) #name,
#include "ops/page/elementwise.def"
  };
  return std::ranges::find(kNames, name) != std::end(kNames);
}

}  // namespace tapestry::test
