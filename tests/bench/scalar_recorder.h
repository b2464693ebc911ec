// One recording of a kernel by Tapestry, as the bench drives any engine.
#pragma once

#include <string_view>
#include <vector>

#include "ops/ops.h"

namespace tapestry::bench {
using namespace detail;

class ScalarRecorder {
 public:
  static constexpr std::string_view name = "tapestry";

  explicit ScalarRecorder(const std::vector<double>& point) {
    inputs_.reserve(point.size());
    for (double x : point) inputs_.push_back(tape_.variable(x));
  }

  template <class Kernel>
  void record(const Kernel& kernel) {
    result_ = kernel(inputs_);
  }
  std::vector<double> gradient() { return tapestry::gradient(result_, inputs_); }
  std::size_t statements() const { return tape_.size() - inputs_.size(); }

 private:
  Tape tape_;
  std::vector<Scalar> inputs_;
  Scalar result_;
};

}  // namespace tapestry::bench
