#include "engine/grad/pullback.h"

#include <bit>
#include <utility>
#include <vector>

#include "engine/grad/broadcast.h"
#include "engine/grad/sweep.h"

namespace tapestry::detail {

NodeId Pullback::output_id(int output) const {
  if (output < 0 || static_cast<std::uint32_t>(output) >= node_.output_count)
    refuse(node_.op->name, "its vjp asks for output {}; it has {}", output, node_.output_count);
  return node_.id + static_cast<NodeId>(output);
}
NodeId Pullback::operand_id(int operand) const {
  if (operand < 0 || static_cast<std::uint32_t>(operand) >= node_.operand_count)
    refuse(node_.op->name, "its vjp asks for operand {}; it has {}", operand, node_.operand_count);
  return node_.operands[operand];
}

const Tensor& Pullback::cotangent(int output) const { return sweep_.tensor(output_id(output)); }

Tensor Pullback::take_cotangent(int output) {
  const NodeId id = output_id(output);
  if (context.anomaly_watch) return cotangent(output);  // it will be looked at afterwards
  return sweep_.active(id) ? sweep_.take(id) : Tensor();
}

bool Pullback::wants(int operand) const { return sweep_.active(operand_id(operand)); }
Shape Pullback::input_shape(int operand) const { return sweep_.tape().shape(operand_id(operand)); }
DType Pullback::input_dtype(int operand) const { return sweep_.tape().dtype(operand_id(operand)); }

Tensor Pullback::fitted(int operand, const Tensor& contribution) const {
  const auto wrong = [&](const auto& of, const auto& given) {
    refuse(node_.op->name, "its vjp gives operand {}, which is {}, a contribution that is {}",
           operand, of, given);
  };
  const OutputType& type = sweep_.tape().tensor_node(operand_id(operand)).type(operand_id(operand));
  if (!contribution.defined()) wrong(type.shape(), "not defined()");
  if (contribution.dtype() != type.dtype) wrong(type.dtype, contribution.dtype());
  if (!broadcasts_to(type.shape(), contribution.shape())) wrong(type.shape(), contribution.shape());
  return sum_to(contribution, type.shape());
}

void Pullback::give(int operand, Tensor contribution) {
  const NodeId id = operand_id(operand);
  if (!sweep_.active(id)) return;
  const OutputType& type = sweep_.tape().tensor_node(id).type(id);
  const bool fits = contribution.defined() && contribution.dtype() == type.dtype &&
                    have_same_shape(contribution.layout(), *type.layout);
  Tensor summed;
  if (!fits) [[unlikely]]
    summed = fitted(operand, contribution);
  if (context.anomaly_watch) [[unlikely]] {
    std::vector<Tensor> adjoints;
    for (std::uint32_t k = 0; k < node_.output_count; ++k)
      adjoints.push_back(cotangent(static_cast<int>(k)));
    sweep_.births().contributed(node_, operand, contribution, adjoints);
  }
  sweep_.give(id, fits ? std::move(contribution) : std::move(summed));
}

const Tensor& Pullback::saved(SaveMask bit) const {
  const Tensor* found = node_.find_saved(bit);
  if (!found) {
    const int place = std::countr_zero(bit);
    refuse(node_.op->name, "its vjp reads {} {}, which it did not declare in saves()",
           place < 32 ? "input" : "output", place % 32);
  }
  if (sweep_.recorded() || !followed() || !sweep_.tape().owns(*found)) return *found;
  lent_.push_back(sweep_.tape().outer_value(*found));
  return lent_.back();
}

}  // namespace tapestry::detail
