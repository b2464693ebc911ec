// The active scalar: a number and, when a tape follows it, the name of its node. 16 bytes, copied
// like a number. A passive scalar (made from a plain number) costs nothing and is recorded nowhere.
#pragma once

#include <fmt/format.h>

#include "engine/tensor.h"

namespace tapestry {

class Scalar {
 public:
  Scalar(double value = 0) : value_(value) {}  // NOLINT: numbers convert
  Scalar(double value, Epoch epoch, NodeId id) : value_(value), epoch_(epoch), id_(id) {}

  double value() const { return value_; }
  bool is_tracked() const { return epoch_ != 0; }
  NodeId id() const { return id_; }
  Epoch epoch() const { return epoch_; }

 private:
  double value_;
  Epoch epoch_ = 0;
  NodeId id_ = 0;
};

inline Scalar detach(Scalar x) { return x.value(); }

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::Scalar> : fmt::formatter<double> {
  auto format(tapestry::Scalar x, format_context& context) const {
    return fmt::formatter<double>::format(x.value(), context);
  }
};
