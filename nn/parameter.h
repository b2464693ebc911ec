// A tensor that learning changes. Copies of a parameter are the same parameter. Used in an
// expression it becomes a variable of the tape that records, one for each recording.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace tapestry::nn {

class Parameter;
namespace detail {
using namespace tapestry::detail;
// Calls f(value), which may change the numbers where they lie if no other handle shares them.
template <class F>
void change(Parameter& parameter, const F& f);
}  // namespace detail

class Parameter {
 public:
  explicit Parameter(const Tensor& value, std::string name = {}, detail::Site site = {});
  // None, as the bias of a layer that has no bias. All but defined() and comparison refuse it.
  Parameter() = default;
  bool defined() const { return state_ != nullptr; }

  Tensor value() const { return detach(state().value); }  // plain numbers
  const Shape& shape() const { return state().value.shape(); }

  // As messages, tables and pictures call it: what set_name() gave; else its path in the network
  // whose parameters() gave this handle, "0.weight"; else the name of its construction.
  std::string_view name() const;
  void set_name(std::string name) { state().given = std::move(name); }
  // The same parameter, known by its path.
  Parameter called(std::string path) const;

  // Other numbers of the same shape, of any floating dtype; Error otherwise. A value that is
  // tracked on the tape that records keeps its history there, so that a gradient can pass through
  // an update.
  void set(const Tensor& value, detail::Site site = {});

  // The node that stands for this parameter on the recording tape; plain numbers when none records.
  // The first use in a recording names the node: by its path, or by the layer that uses it.
  Tensor tensor() const;
  operator Tensor() const { return tensor(); }  // NOLINT: a parameter stands for its tensor

  // The node on a given tape, by which gradient(loss, parameter) and its like find it.
  Tensor on(Tape& tape) const;

  friend bool operator==(const Parameter& a, const Parameter& b) { return a.state_ == b.state_; }

 private:
  struct State {
    Tensor value;
    std::string own;    // from its construction
    std::string given;  // by set_name
  };
  // For its first use in a recording: name() where that is a whole path, else the layer's name for
  // it within the current scope.
  std::string node_name() const;

  template <class F>
  friend void detail::change(Parameter& parameter, const F& f);
  State& state() const {
    if (!state_) detail::refuse("Parameter", "there is none: its layer was made without it");
    return *state_;
  }

  std::shared_ptr<State> state_;
  std::string path_;
};

template <class F>
void detail::change(Parameter& parameter, const F& f) {
  Tensor& value = parameter.state().value;
  if (value.is_tracked()) value = detach(std::move(value));
  f(value);
}

}  // namespace tapestry::nn
