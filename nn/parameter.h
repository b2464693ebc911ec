// A tensor that learning changes. Copies of a parameter are the same parameter. Used in an
// expression it becomes a variable of the tape that records, one for each recording.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace tapestry::nn {

class Parameter {
 public:
  explicit Parameter(const Tensor& value, std::string name = {});

  Tensor value() const { return detach(state_->value); }  // plain numbers
  const Shape& shape() const { return state_->value.shape(); }
  const std::string& name() const { return state_->name; }
  void set_name(std::string name) { state_->name = std::move(name); }

  // Other numbers of the same shape, of any floating dtype; Error otherwise. A value that is
  // tracked on the tape that records keeps its history there, so that a gradient can pass through
  // an update.
  void set(const Tensor& value);

  // The node that stands for this parameter on the recording tape; plain numbers when none records.
  Tensor tensor() const;
  operator Tensor() const { return tensor(); }  // NOLINT: a parameter stands for its tensor

  // The node on a given tape.
  Tensor on(Tape& tape) const;

  friend bool operator==(const Parameter& a, const Parameter& b) { return a.state_ == b.state_; }

 private:
  struct State {
    Tensor value;
    std::string name;
  };
  std::shared_ptr<State> state_;
};

// dy/dp for each parameter, in order. Errors as for tensors.
std::vector<Tensor> gradient(const detail::Active& y, const std::vector<Parameter>& parameters,
                             const GradientOptions& options = {});
Tensor gradient(const detail::Active& y, const Parameter& parameter,
                const GradientOptions& options = {});

}  // namespace tapestry::nn
