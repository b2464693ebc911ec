// Times operations while they are executed, for engine/inspect/profile.h.
#pragma once

#include <chrono>
#include <vector>

#include "engine/base/context.h"
#include "engine/tape/op.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

// One operation that was executed, or the vjp of one. Operations may be executed within one.
struct TimedOp {
  std::string_view name;
  bool backward = false;
  double start = 0, seconds = 0;  // since the clock began
  double inner = 0;               // of these, in operations within it
  double shared = 0;              // of those that are its own, in loops of several threads
  double bytes = 0;               // of its operands and results
  double flops = 0;
  Epoch epoch = 0;
  NodeId node = 0;  // its first output, 0 where it was not recorded
  double own() const { return seconds - inner; }
};

class OpClock {
 public:
  const std::vector<TimedOp>& ops() const { return ops_; }

 private:
  friend class Timing;
  double now() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::vector<TimedOp> ops_;  // in the order in which they began
  std::size_t innermost_ = SIZE_MAX;
};

// While it lives, an operation is executed; nothing is noted where no clock runs.
class Timing {
 public:
  Timing(std::string_view name, bool backward) {
    if (clock_) [[unlikely]]
      begin(name, backward);
  }
  ~Timing() {
    if (clock_) [[unlikely]]
      end();
  }
  Timing(const Timing&) = delete;
  Timing& operator=(const Timing&) = delete;
  void executed(const Op& op, Inputs inputs, const void* attributes,
                std::span<const Tensor> outputs);
  void at(Epoch epoch, NodeId node) {  // of the tape
    if (clock_) [[unlikely]]
      place(epoch, node);
  }

 private:
  void begin(std::string_view name, bool backward);
  void end();
  void place(Epoch epoch, NodeId node);

  OpClock* const clock_ = context.op_clock;
  std::size_t place_ = 0, outer_ = 0;  // among the ops
  double shared_before_ = 0;
};

}  // namespace tapestry::detail
