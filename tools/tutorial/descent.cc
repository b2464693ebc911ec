#include "tools/tutorial/descent.h"

#include "ops/ops.h"

namespace tapestry::tools {
using namespace detail;

Derivation derive(const ScalarPass& pass) {
  Derivation derivation;
  derivation.loss = pass.loss.value();
  std::vector<Quantity> wanted = pass.parameters;
  for (const char* name : {"h", "y"}) {
    wanted.push_back(pass.result(name));
    derivation.activations.emplace_back(name, wanted.back().value());
  }
  std::vector<Scalar> numbers;
  for (const Quantity& quantity : wanted)
    numbers.insert(numbers.end(), quantity.elements.begin(), quantity.elements.end());

  const std::vector<double> partials = gradient(pass.loss, numbers);
  auto next = partials.begin();
  for (const Quantity& quantity : wanted) {
    const auto end = next + static_cast<std::ptrdiff_t>(quantity.elements.size());
    derivation.gradients.emplace_back(quantity.name,
                                      from_vector(std::vector<double>(next, end), quantity.shape));
    next = end;
  }
  return derivation;
}

Derivation derive(const Tutorial& tutorial) {
  Tape tape;
  return derive(scalar_pass(tape, tutorial));
}

Tutorial descended(const Tutorial& tutorial, const Derivation& derivation) {
  const PauseRecording pause;
  Tutorial next = tutorial;
  for (auto& [name, value] : next.parameters)
    value = value - tutorial.learning_rate * named(derivation.gradients, name);
  return next;
}

const Tensor& named(const NamedTensors& tensors, std::string_view name) {
  for (const auto& [known, value] : tensors)
    if (known == name) return value;
  refuse("tutorial", "there is nothing called {}", name);
}

}  // namespace tapestry::tools
