// One piece of a convolution as oneDNN carries it out: its operands are reordered from our layouts
// to those that its code likes best, and the result back.
#pragma once

#include <array>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>

#include "ops/conv/products.h"

namespace tapestry::detail {

// A part of a larger convolution: fewer images, and fewer channels.
struct Piece {
  Role role;
  ConvGeometry geometry;
  std::int64_t inputs, outputs;  // channels of a group in the larger one, which strides pass over

  friend bool operator==(const Piece&, const Piece&) = default;
};

// A primitive, and the room that it needs while it runs.
struct PlanStep {
  dnnl::primitive primitive;
  dnnl::memory::desc scratch;
};

class ConvPlan {
 public:
  explicit ConvPlan(const Piece& piece);  // dnnl::error where oneDNN refuses

  // The kept one for this piece; null where oneDNN has no fast code. Call all under OneThread.
  static std::shared_ptr<const ConvPlan> of(const Piece& piece);

  // The floats of a weight in the layout that the primitive likes; 0 when it takes ours.
  std::int64_t prepared_size() const;
  void prepare(const float* weight, float* prepared) const;

  // The piece, with places.weight prepared where prepared_size() is not 0.
  void run(const ConvPlaces<float>& places) const;

 private:
  template <class Primitive>
  void adopt(const typename Primitive::primitive_desc& described);

  Role role_;
  std::array<dnnl::memory::desc, 3> ours_, own_;  // by role
  std::array<std::optional<PlanStep>, 3> reorders_;
  PlanStep product_;
  bool fast_ = true;
};

}  // namespace tapestry::detail
