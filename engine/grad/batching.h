// What the batching rule of an op sees: operands of which some have a batch as their first axis,
// and the attributes for one example. It answers with the results, each with the batch as its first
// axis.
//
//   static void batch(Batching& b) { batch_along_axes<Attributes>(b); }  // softmax along an axis
//   static void batch(Batching& b) { b.execute(b.expanded()); }        // matrices, last labels
#pragma once

#include <span>
#include <vector>

#include "engine/tape/apply.h"

namespace tapestry::detail {

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
  int operand_count() const { return static_cast<int>(operands_.size()); }
  const Tensor& operand(int i) const { return operands_[static_cast<std::size_t>(i)]; }
  bool is_batched(int i) const { return batched_[static_cast<std::size_t>(i)] != 0; }
  // Operand i with the batch in front; a view stretched along it when the examples share it.
  Tensor expanded(int i) const;
  std::vector<Tensor> expanded() const;  // all of them
  template <class Attributes>
  const Attributes& attributes() const {
    return *static_cast<const Attributes*>(attributes_);
  }
  // The op itself on these operands gives the results; with other attributes where they are given.
  void execute(const std::vector<Tensor>& operands, const void* attributes = nullptr);
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

// The rule of an op that does alike to every example and names axes in its attributes: `axis`, or
// the sets `axes` and `dropped`. Behind the batch each is one further.
template <class Attributes>
void batch_along_axes(Batching& b) {
  Attributes a = b.attributes<Attributes>();
  if constexpr (requires { a.axis; }) ++a.axis;
  if constexpr (requires { a.axes; }) a.axes <<= 1;
  if constexpr (requires { a.dropped; }) a.dropped <<= 1;
  b.execute(b.expanded(), &a);
}

}  // namespace tapestry::detail
