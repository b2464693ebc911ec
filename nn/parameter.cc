#include "nn/parameter.h"

#include "engine/tape/captures.h"
#include "nn/layer.h"

namespace tapestry::nn {
using namespace detail;

Parameter::Parameter(const Tensor& value, std::string name, Site site) {
  const CallSite call(site);
  require_floating("Parameter", value, "its value");
  state_ = std::make_shared<State>(State{detach(value), std::move(name), {}});
}

std::string_view Parameter::name() const {
  const State& own = state();
  return !own.given.empty() ? own.given : !path_.empty() ? path_ : own.own;
}

Parameter Parameter::called(std::string path) const {
  Parameter same = *this;
  same.path_ = std::move(path);
  return same;
}

void Parameter::set(const Tensor& value, Site site) {
  const CallSite call(site);
  require_floating("Parameter", value, "its value");
  if (value.shape() != shape())
    refuse("Parameter", "{} has shape {}; it cannot be set to shape {}",
           name().empty() ? "it" : name(), shape(), value.shape());
  const Tape* tape = recording_tape();
  state_->value = tape && tape->owns(value) ? value : detach(value);
}

Tensor Parameter::on(Tape& tape) const {
  if (tape.owns(state().value)) return state_->value;
  return tape.variable_for(state_.get(), value(), [this] { return node_name(); });
}

std::string Parameter::node_name() const {
  if (!state().given.empty() || !path_.empty()) return std::string(name());
  const std::string member = state_->own.empty() ? detail::member_name(*this) : state_->own;
  const std::string_view scope = current_scope();
  return scope.empty() || member.empty() ? member : fmt::format("{}.{}", scope, member);
}

Tensor Parameter::tensor() const {
  if (context.captures) {
    const std::string known = node_name();
    context.captures->note(known.empty() ? std::string("a parameter")
                                         : fmt::format("\"{}\"", known));
  }
  Tape* tape = recording_tape();
  return tape ? on(*tape) : value();
}

}  // namespace tapestry::nn
