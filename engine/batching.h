// What the batching rule of an op sees: operands of which some have a batch as their first axis,
// and the attributes for one example. It answers with the results, each with the batch as its first
// axis.
#pragma once

#include <span>
#include <vector>

#include "engine/apply.h"

namespace tapestry {

class Batching {
 public:
  Batching(const Op& op, const void* attributes, std::int64_t size, std::vector<Tensor> operands,
           std::vector<char> batched, std::size_t outputs)
      : op_(op),
        attributes_(attributes),
        size_(size),
        operands_(std::move(operands)),
        batched_(std::move(batched)),
        results_(outputs) {}

  std::int64_t size() const { return size_; }  // examples
  const Tensor& operand(int i) const { return operands_[static_cast<std::size_t>(i)]; }
  bool is_batched(int i) const { return batched_[static_cast<std::size_t>(i)] != 0; }
  template <class Attributes>
  const Attributes& attributes() const {
    return *static_cast<const Attributes*>(attributes_);
  }
  // The op itself on these operands gives the results; with other attributes where they are given.
  void carry_out(const std::vector<Tensor>& operands, const void* attributes = nullptr) {
    std::vector<const Tensor*> pointers;
    for (const Tensor& operand : operands) pointers.push_back(&operand);
    detail::carry_out(op_, Inputs(pointers), attributes ? attributes : attributes_, results_);
  }
  // Or the results, made otherwise.
  void give(std::vector<Tensor> results) { results_ = std::move(results); }
  const std::vector<Tensor>& results() const { return results_; }

 private:
  const Op& op_;
  const void* attributes_;
  std::int64_t size_;
  std::vector<Tensor> operands_;
  std::vector<char> batched_;
  std::vector<Tensor> results_;
};

}  // namespace tapestry
