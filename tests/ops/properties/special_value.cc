// NaN and infinity: no element of any input can crash a call or its gradient, and NaN reaches what
// depends on it.
#include <cmath>
#include <limits>

#include "tests/ops/properties/outcome.h"

namespace tapestry::test {
using namespace detail;
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                 kInfinity = std::numeric_limits<double>::infinity();

Tensors with_element(const Tensors& inputs, std::size_t input, std::int64_t element, double value) {
  Tensors result = inputs;
  result[input] = copy_of(inputs[input]);
  result[input].mutable_data<double>()[element] = value;
  return result;
}

// Marks the results that follow from that element in a function of the page: where it is stretched.
std::vector<double> follows(const Tensors& inputs, std::size_t input, std::int64_t element,
                            const Shape& shape) {
  const Tensor mark = with_element({zeros_like(inputs[input])}, 0, element, 1)[0];
  return broadcast_to(mark, shape).to_vector();
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// For the page: NaN in every result that follows from the element, and the others as they were.
void check_elementwise(const Sample& sample, std::size_t input, std::int64_t element, double value,
                       Findings& findings) {
  const Tensor y = sample.call(sample.inputs),
               poisoned = sample.call(with_element(sample.inputs, input, element, value));
  const std::vector<double> before = y.to_vector(), after = poisoned.to_vector(),
                            touched = follows(sample.inputs, input, element, y.shape());
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (touched[i] == 0) {
      findings.check(same(before[i], after[i]), "{} in element {} of input {} changed result {}",
                     value, element, input, i);
    } else if (std::isnan(value) && is_floating(y.dtype())) {
      findings.check(std::isnan(after[i]), "NaN in element {} of input {} made result {} {}",
                     element, input, i, after[i]);
    }
  }
}

// For the others: NaN in every result that moves when the element does.
void check_moving(const Sample& sample, std::size_t input, std::int64_t element,
                  Findings& findings) {
  const double x = sample.inputs[input].to_vector()[static_cast<std::size_t>(element)];
  const auto at = [&](double value) {
    return sample.call(with_element(sample.inputs, input, element, value)).to_vector();
  };
  const std::vector<double> before = at(x), moved = at(x + 1e-3), after = at(kNan);
  findings.check(before.size() == after.size(), "NaN in element {} of input {} changes the shape",
                 element, input);
  for (std::size_t i = 0; i < before.size(); ++i) {
    findings.check(before[i] == moved[i] || std::isnan(after[i]),
                   "NaN in element {} of input {} made result {} {}", element, input, i, after[i]);
  }
}

void nan_and_infinity(const OpInfo& record, Findings& findings) {
  findings.not_applicable("it has no floating input");
  for_samples(record, findings, [&](const Sample& sample) {
    for (std::size_t input : floating(sample.inputs)) {
      for (std::int64_t element = 0; element < sample.inputs[input].size(); ++element) {
        for (const double value : {kNan, kInfinity, -kInfinity}) {
          const Tensors poisoned = with_element(sample.inputs, input, element, value);
          for (const DType dtype : {DType::f32, DType::f64}) {
            const Outcome got = run(sample, in_dtype(poisoned, dtype));
            findings.check(got.y.shape() == sample.call(sample.inputs).shape(),
                           "{} changes the shape", value);
          }
          if (on_the_page(record.name)) check_elementwise(sample, input, element, value, findings);
        }
        // One op is there to replace NaN.
        if (record.name != "nan_to_num" && !on_the_page(record.name) &&
            is_floating(sample.call(sample.inputs).dtype()))
          check_moving(sample, input, element, findings);
      }
    }
  });
}

}  // namespace

std::vector<Property> special_value_properties() {
  return {{"nan_and_infinity", nan_and_infinity}};
}

}  // namespace tapestry::test
