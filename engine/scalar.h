// The active scalar: a number and, when a tape follows it, the name of its node. 16 bytes, copied
// like a number. A passive scalar (made from a plain number) costs nothing and is recorded nowhere.
#pragma once

#include <fmt/format.h>

#include <cstdint>

#include "engine/tensor.h"

namespace tapestry {

class Scalar {
 public:
  Scalar(double value = 0) : value_(value) {}  // NOLINT: numbers convert
  Scalar(double value, Epoch epoch, NodeId id)
      : value_(value), name_(std::uint64_t{epoch} << 32 | id) {}
  static Scalar named(double value, std::uint64_t name) {
    Scalar x(value);
    x.name_ = name;
    return x;
  }

  double value() const { return value_; }
  bool is_tracked() const { return name_ != 0; }
  NodeId id() const { return static_cast<NodeId>(name_); }
  std::uint64_t name() const { return name_; }  // the epoch above the id
  Epoch epoch() const { return static_cast<Epoch>(name_ >> 32); }

 private:
  double value_;
  std::uint64_t name_ = 0;  // epoch and id as one word: halves that are stored apart and loaded
                            // together stall the processor
};

inline Scalar detach(Scalar x) { return x.value(); }

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::Scalar> : fmt::formatter<double> {
  auto format(tapestry::Scalar x, format_context& context) const {
    return fmt::formatter<double>::format(x.value(), context);
  }
};
