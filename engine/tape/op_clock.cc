#include "engine/tape/op_clock.h"

#include <utility>

namespace tapestry::detail {
namespace {

double bytes_of(const Tensor& x) {
  return x.defined() ? static_cast<double>(x.size()) * static_cast<double>(size_of(x.dtype())) : 0;
}

}  // namespace

void Timing::begin(std::string_view name, bool backward) {
  place_ = clock_->ops_.size();
  outer_ = std::exchange(clock_->innermost_, place_);
  shared_before_ = context.shared_seconds;
  TimedOp& timed = clock_->ops_.emplace_back();
  timed.name = name;
  timed.backward = backward;
  timed.start = clock_->now();
}

void Timing::end() {
  TimedOp& timed = clock_->ops_[place_];
  timed.seconds = clock_->now() - timed.start;
  timed.shared = context.shared_seconds - shared_before_;
  clock_->innermost_ = outer_;
  if (outer_ == SIZE_MAX) return;
  // What is shared within it is not its outer operation's own.
  TimedOp& outer = clock_->ops_[outer_];
  outer.inner += timed.seconds;
  context.shared_seconds = shared_before_;
}

void Timing::executed(const Op& op, Inputs inputs, const void* attributes,
                      std::span<const Tensor> outputs) {
  if (!clock_) return;
  TimedOp& timed = clock_->ops_[place_];
  double elements = 0;
  for (const Tensor& y : outputs) {
    timed.bytes += bytes_of(y);
    elements += static_cast<double>(y.size());
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) timed.bytes += bytes_of(inputs[i]);
  timed.flops = op.flops ? op.flops(inputs, attributes, outputs) : elements;
}

void Timing::place(Epoch epoch, NodeId node) {
  clock_->ops_[place_].epoch = epoch;
  clock_->ops_[place_].node = node;
}

}  // namespace tapestry::detail
