// What the jvp of an op sees: operands, results and the operands' tangents; it answers with the
// results' tangents.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/tape/op.h"

namespace tapestry::detail {

class Pushforward {
 public:
  Pushforward(const Op& op, const void* attributes, const std::vector<Tensor>& inputs,
              const std::vector<Tensor>& outputs, const std::vector<Tensor>& tangents)
      : op_(op),
        attributes_(attributes),
        inputs_(inputs),
        outputs_(outputs),
        tangents_(tangents),
        results_(outputs.size()) {}

  const Op& op() const { return op_; }
  const void* raw_attributes() const { return attributes_; }
  template <class Attributes>
  const Attributes& attributes() const {
    return *static_cast<const Attributes*>(attributes_);
  }
  int input_count() const { return static_cast<int>(inputs_.size()); }
  int output_count() const { return static_cast<int>(outputs_.size()); }
  const Tensor& input(int i) const { return inputs_[static_cast<std::size_t>(i)]; }
  const Tensor& output(int k = 0) const { return outputs_[static_cast<std::size_t>(k)]; }
  // Not defined() when it is zero.
  const Tensor& tangent(int i) const { return tangents_[static_cast<std::size_t>(i)]; }

  void give(int k, Tensor tangent) { results_[static_cast<std::size_t>(k)] = std::move(tangent); }
  const Tensor& result(std::size_t k) const { return results_[k]; }
  // There is no tangent of result k: whatever asks for it is an Error, "[op] why".
  void refuse_tangent(int k, std::string why) {
    refusals_.resize(outputs_.size());
    refusals_[static_cast<std::size_t>(k)] = std::move(why);
  }
  const std::vector<std::string>& refusals() const { return refusals_; }

 private:
  const Op& op_;
  const void* attributes_;
  const std::vector<Tensor>& inputs_;
  const std::vector<Tensor>& outputs_;
  const std::vector<Tensor>& tangents_;
  std::vector<Tensor> results_;
  std::vector<std::string> refusals_;  // empty while there are none
};

// The Error of a tangent that does not exist; what is made of it may have one.
class NoTangent : public Error {
 public:
  using Error::Error;
};

}  // namespace tapestry::detail
