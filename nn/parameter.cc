#include "nn/parameter.h"

namespace tapestry::nn {
using namespace detail;
namespace {

void require_floating(const Tensor& value) {
  if (!is_floating(value.dtype())) refuse("Parameter", "holds f32 or f64, not {}", value.dtype());
}

}  // namespace

Parameter::Parameter(const Tensor& value, std::string name) {
  require_floating(value);
  state_ = std::make_shared<State>(State{detach(value), std::move(name)});
}

void Parameter::set(const Tensor& value) {
  require_floating(value);
  if (value.shape() != shape())
    refuse("Parameter", "{} has shape {}; it cannot be set to shape {}",
           name().empty() ? "it" : name(), shape(), value.shape());
  const Tape* tape = recording_tape();
  state_->value = tape && tape->owns(value) ? value : detach(value);
}

Tensor Parameter::on(Tape& tape) const {
  return tape.owns(state_->value) ? state_->value
                                  : tape.variable_for(state_.get(), value(), name());
}

Tensor Parameter::tensor() const {
  Tape* tape = recording_tape();
  return tape ? on(*tape) : value();
}

std::vector<Tensor> gradient(const Active& y, const std::vector<Parameter>& parameters,
                             const GradientOptions& options) {
  std::vector<Tensor> nodes;
  if (Tape* tape = y.is_tracked() ? find_tape(y.epoch()) : nullptr)
    for (const Parameter& parameter : parameters) nodes.push_back(parameter.on(*tape));
  return tapestry::gradient(y, nodes, options);
}

Tensor gradient(const Active& y, const Parameter& parameter, const GradientOptions& options) {
  return gradient(y, std::vector{parameter}, options)[0];
}

}  // namespace tapestry::nn
