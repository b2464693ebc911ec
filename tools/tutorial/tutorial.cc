#include "tools/tutorial/tutorial.h"

#include <algorithm>

#include "ops/ops.h"

namespace tapestry::tools {
using namespace detail;
namespace {

// x1 for an element of x, W1[1,2] for one of W1.
std::string element_name(const std::string& name, const Shape& shape, std::size_t i) {
  const auto columns = static_cast<std::size_t>(shape.back());
  if (shape.rank() == 2) return fmt::format("{}[{},{}]", name, i / columns + 1, i % columns + 1);
  return name.size() > 1 ? fmt::format("{}[{}]", name, i + 1) : fmt::format("{}{}", name, i + 1);
}

Quantity variables(Tape& tape, const std::string& name, const Tensor& value) {
  Quantity quantity{name, value.shape(), {}};
  const std::vector<double> numbers = value.to_vector();
  for (std::size_t i = 0; i < numbers.size(); ++i)
    quantity.elements.push_back(tape.variable(numbers[i], element_name(name, quantity.shape, i)));
  return quantity;
}

// f(q) for each unit q of a layer.
template <class F>
Quantity units(Tape& tape, const std::string& name, std::size_t count, F&& f) {
  Quantity quantity{name, {static_cast<std::int64_t>(count)}, {}};
  for (std::size_t q = 0; q < count; ++q) {
    quantity.elements.push_back(f(q));
    tape.set_name(quantity.elements.back(), element_name(name, quantity.shape, q));
  }
  return quantity;
}

// The bias, then what each source sends.
Quantity weighted_sums(Tape& tape, const std::string& name, const Quantity& sources,
                       const Quantity& weights, const Quantity& biases) {
  const std::size_t count = biases.elements.size();
  return units(tape, name, count, [&](std::size_t q) {
    Scalar sum = biases.elements[q];
    for (std::size_t p = 0; p < sources.elements.size(); ++p) {
      const Scalar sent = sources.elements[p] * weights.elements[p * count + q];
      sum += sent;
    }
    return sum;
  });
}

Quantity rectified(Tape& tape, const std::string& name, const Quantity& sums) {
  return units(tape, name, sums.elements.size(),
               [&](std::size_t q) { return relu(sums.elements[q]); });
}

}  // namespace

Tutorial tutorial_start() {
  return {.x = tensor({0.25, 0.65}, DType::f64),
          .target = tensor({0.99, 0.01}, DType::f64),
          .learning_rate = 0.1,
          .parameters = {{"W1", tensor({{0.20, 0.25}, {0.30, 0.35}}, DType::f64)},
                         {"b1", tensor({0.30, 0.30}, DType::f64)},
                         {"W2", tensor({{0.50, 0.55}, {0.60, 0.65}}, DType::f64)},
                         {"b2", tensor({0.20, 0.20}, DType::f64)}}};
}

Tensor Quantity::value() const {
  std::vector<double> numbers;
  for (const Scalar& element : elements) numbers.push_back(element.value());
  return from_vector(numbers, shape);
}

const Quantity& ScalarPass::result(std::string_view name) const {
  const auto found = std::find_if(results.begin(), results.end(),
                                  [&](const Quantity& result) { return result.name == name; });
  if (found == results.end()) refuse("tutorial", "the pass has no result {}", name);
  return *found;
}

ScalarPass scalar_pass(Tape& tape, const Tutorial& tutorial) {
  const Quantity x = variables(tape, "x", tutorial.x), t = variables(tape, "t", tutorial.target);
  std::vector<Quantity> p;
  for (const auto& [name, value] : tutorial.parameters) p.push_back(variables(tape, name, value));

  const Quantity u = weighted_sums(tape, "u", x, p[0], p[1]);
  const Quantity h = rectified(tape, "h", u);
  const Quantity v = weighted_sums(tape, "v", h, p[2], p[3]);
  const Quantity y = rectified(tape, "y", v);
  const Quantity e = units(tape, "e", t.elements.size(),
                           [&](std::size_t q) { return y.elements[q] - t.elements[q]; });
  Scalar squares = square(e.elements[0]);
  for (std::size_t q = 1; q < e.elements.size(); ++q) {
    const Scalar next = square(e.elements[q]);
    squares += next;
  }
  const Scalar loss = 0.5 * squares;
  tape.set_name(loss, "l");
  return {{x, t}, std::move(p), {u, h, v, y, e}, loss};
}

TensorPass tensor_pass(Tape& tape, const Tutorial& tutorial) {
  // One row each, so that x W is a product of matrices.
  const Tensor x = tape.constant(tutorial.x.view({1, 2}, {2, 1}), "x");
  const Tensor target = tape.constant(tutorial.target.view({1, 2}, {2, 1}), "t");
  const Tensor half = tape.constant(full({}, 0.5, DType::f64), "1/2");
  std::vector<Tensor> p;
  for (const auto& [name, value] : tutorial.parameters) p.push_back(tape.variable(value, name));

  const Tensor u = matmul(x, p[0]) + p[1], h = relu(u);
  const Tensor v = matmul(h, p[2]) + p[3], y = relu(v);
  const Tensor e = y - target;
  const Tensor loss = half * sum(square(e));
  const std::pair<const char*, Tensor> names[] = {{"u", u}, {"h", h}, {"v", v},
                                                  {"y", y}, {"e", e}, {"loss", loss}};
  for (const auto& [name, node] : names) tape.set_name(node, name);
  return {std::move(p), h, y, loss};
}

}  // namespace tapestry::tools
