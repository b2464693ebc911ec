#include "engine/grad/derived_jvp.h"

#include "engine/grad/accumulate.h"
#include "engine/grad/gradient.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"

namespace tapestry::detail {
namespace {

// The op at other operands, recorded where they are tracked.
std::vector<Tensor> at(const Pushforward& p, const std::vector<Tensor>& operands) {
  std::vector<Tensor> outputs(static_cast<std::size_t>(p.output_count()));
  execute(p.op(), operands, p.raw_attributes(), outputs);
  return outputs;
}

std::vector<Tensor> inputs_of(const Pushforward& p) {
  std::vector<Tensor> inputs;
  for (int i = 0; i < p.input_count(); ++i) inputs.push_back(p.input(i));
  return inputs;
}

}  // namespace

void push_linear(Pushforward& p) {
  std::vector<Tensor> operands = inputs_of(p);
  for (int i = 0; i < p.input_count(); ++i)
    if (is_floating(p.input(i).dtype()))
      operands[static_cast<std::size_t>(i)] =
          p.tangent(i).defined() ? p.tangent(i) : zeros_like(p.input(i));
  const std::vector<Tensor> results = at(p, operands);
  for (int k = 0; k < p.output_count(); ++k)
    if (is_floating(p.output(k).dtype())) p.give(k, results[static_cast<std::size_t>(k)]);
}

void push_bilinear(Pushforward& p) {
  Tensor total;
  for (int i = 0; i < p.input_count(); ++i) {
    if (!p.tangent(i).defined()) continue;
    std::vector<Tensor> operands = inputs_of(p);
    operands[static_cast<std::size_t>(i)] = p.tangent(i);
    const Tensor term = at(p, operands)[0];
    accumulate(total, term);
  }
  p.give(0, total);
}

void push_by_transposition(Pushforward& p) {
  Tape inner;
  std::vector<Tensor> operands = inputs_of(p);
  std::vector<Active> moving;
  std::vector<Tensor> tangents;
  for (int i = 0; i < p.input_count(); ++i) {
    if (!p.tangent(i).defined()) continue;
    Tensor& operand = operands[static_cast<std::size_t>(i)];
    operand = inner.variable(operand);
    moving.emplace_back(operand);
    tangents.push_back(p.tangent(i));
  }
  const std::vector<Tensor> results = at(p, operands);
  for (int k = 0; k < p.output_count(); ++k) {
    const Tensor& y = results[static_cast<std::size_t>(k)];
    if (!is_floating(y.dtype()) || !inner.owns(y)) continue;
    const Tensor v = inner.variable(zeros_like(y));
    const std::vector<Active> pulled =
        gradients(y, moving, {.create_graph = true, .allow_unused = true, .cotangent = v});
    Tensor total;
    for (std::size_t i = 0; i < pulled.size(); ++i) {
      if (!inner.owns(pulled[i].tensor())) continue;
      const Tensor term = gradient(pulled[i], v, {.allow_unused = true, .cotangent = tangents[i]});
      accumulate(total, term);
    }
    if (total.defined()) p.give(k, total);
  }
}

}  // namespace tapestry::detail
