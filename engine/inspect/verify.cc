#include "engine/inspect/verify.h"

#include <algorithm>
#include <vector>

#include "engine/tape/leaf.h"
#include "engine/tape/traverse.h"

namespace tapestry {
using namespace detail;
namespace detail {
namespace {

constexpr std::string_view kWho = "verify";

template <class... Args>
[[noreturn]] void broken(NodeId id, std::string_view op, fmt::format_string<Args...> format,
                         Args&&... args) {
  refuse(kWho, "node {} ({}): {}", id, op, fmt::format(format, std::forward<Args>(args)...));
}

void verify_operands(const Tape& tape, NodeId user, std::string_view op,
                     std::span<const NodeId> operands) {
  for (std::size_t slot = 0; slot < operands.size(); ++slot) {
    const NodeId operand = operands[slot];
    if (operand == 0 || operand > tape.size())
      broken(user, op, "operand {} is node {}; the tape holds 1 to {}", slot, operand, tape.size());
    if (operand >= user)
      broken(user, op, "operand {} is node {}, which does not come before it", slot, operand);
    if (tape.is_scalar(operand) != tape.is_scalar(operands[0]))
      broken(user, op, "operands are tensors and scalars mixed: nodes {} and {}", operands[0],
             operand);
  }
}

void verify_types(const TensorNode& node) {
  if (node.output_count == 0) broken(node.id, node.op->name, "has no outputs");
  for (std::uint32_t k = 0; k < node.output_count; ++k) {
    const OutputType& type = node.types[k];
    if (type.dtype > DType::f64)
      broken(node.id, node.op->name, "output {} has the unknown dtype {}", k,
             static_cast<int>(type.dtype));
    if (type.shape().rank() < 0 || type.shape().rank() > kMaxRank)
      broken(node.id, node.op->name, "output {} has rank {}; 0 to {} are possible", k,
             type.shape().rank(), kMaxRank);
    if (std::any_of(type.shape().begin(), type.shape().end(),
                    [](std::int64_t extent) { return extent < 0; }))
      broken(node.id, node.op->name, "output {} has the shape {}", k, type.shape());
  }
  if (node.op == &op_of<Variable> && !is_floating(node.types[0].dtype))
    broken(node.id, node.op->name, "is a variable of dtype {}", node.types[0].dtype);
}

void verify_tensor(const TensorNode& node, std::string_view what, int number, const Tensor& x,
                   const Shape& shape, DType dtype) {
  if (!x.defined()) broken(node.id, node.op->name, "{} {} has no numbers", what, number);
  if (x.shape() != shape || x.dtype() != dtype)
    broken(node.id, node.op->name, "{} {} is {} {}, recorded as {} {}", what, number, x.dtype(),
           x.shape(), dtype, shape);
}

void verify_saved(const Tape& tape, const TensorNode& node) {
  if (node.saves_every_input()) {
    if (node.saved_count !=
        node.operand_count + (node.saved_mask == kSaveAll ? node.output_count : 0))
      broken(node.id, node.op->name, "{} tensors are saved of {} operands and {} outputs",
             node.saved_count, node.operand_count, node.output_count);
    return;
  }
  // Constants that an op met as plain numbers are not asked for, those that were on the tape are.
  SaveMask needed = 0, allowed = 0;
  if (node.op->differentiable && tape.keeps_saves())
    for (std::uint32_t slot = 0; slot < node.operand_count; ++slot) {
      const SaveMask asked = node.op->saves(static_cast<int>(slot));
      allowed |= asked;
      if (!tape.is_constant(node.operands[slot])) needed |= asked;
    }
  if (const SaveMask missing = needed & ~node.saved_mask)
    broken(node.id, node.op->name, "saves() asks for {:#x}, which is not saved", missing);
  if (const SaveMask extra = node.saved_mask & ~allowed)
    broken(node.id, node.op->name, "{:#x} is saved, which saves() does not ask for", extra);
  if (node.saved_count != static_cast<std::uint32_t>(std::popcount(node.saved_mask)))
    broken(node.id, node.op->name, "{} tensors are saved, the mask {:#x} says otherwise",
           node.saved_count, node.saved_mask);
  if (node.released()) return;
  for (SaveMask rest = node.saved_mask; rest; rest &= rest - 1) {
    const int bit = std::countr_zero(rest), number = bit % 32;
    const bool input = bit < 32;
    if (static_cast<std::uint32_t>(number) >= (input ? node.operand_count : node.output_count))
      broken(node.id, node.op->name, "{} {} is saved, which there is not",
             input ? "input" : "output", number);
    const NodeId id = input ? node.operands[number] : node.id + static_cast<NodeId>(number);
    const Tensor& saved = *node.find_saved(SaveMask{1} << bit);
    verify_tensor(node, input ? "saved input" : "saved output", number, saved, tape.shape(id),
                  tape.dtype(id));
    if (saved.epoch() == tape.epoch() && saved.id() != id)
      broken(node.id, node.op->name, "saved {} {} is node {}, not {}", input ? "input" : "output",
             number, saved.id(), id);
  }
}

void verify_values(const Tape& tape, const TensorNode& node) {
  if (!node.values) {
    if (tape.keeps_values() || node.op == &op_of<Variable>)
      broken(node.id, node.op->name, "its value should be kept and is not");
    return;
  }
  for (std::uint32_t k = 0; k < node.output_count; ++k)
    verify_tensor(node, "kept value", static_cast<int>(k), node.values[k], node.types[k].shape(),
                  node.types[k].dtype);
}

}  // namespace

void verify_spans(std::span<const Run> spans, NodeId size) {
  NodeId next = 1;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].first != next)
      refuse(kWho, "span {} starts at node {}; {} was due", i, spans[i].first, next);
    if (spans[i].count == 0) refuse(kWho, "span {} at node {} is empty", i, next);
    next += spans[i].count;
  }
  if (next != size + 1)
    refuse(kWho, "the spans end with node {}, the tape with {}", next - 1, size);
}

void verify_node(const Tape& tape, const TensorNode& node) {
  if (!node.op) broken(node.id, "?", "has no op");
  const Op& op = *node.op;
  if (op.arity != kVariadic && node.operand_count != static_cast<std::uint32_t>(op.arity))
    broken(node.id, op.name, "has {} operands; its record says {}", node.operand_count, op.arity);
  if (op.differentiable != (op.vjp != nullptr))
    broken(node.id, op.name, "is {}differentiable and has {} vjp", op.differentiable ? "" : "not ",
           op.vjp ? "a" : "no");
  verify_operands(tape, node.id, op.name, node.operand_ids());
  verify_types(node);
  verify_saved(tape, node);
  verify_values(tape, node);
}

void verify_run(const Tape& tape, const Run& run) {
  const StatementKernel& kernel = *run.kernel;
  if (kernel.arity < 0 || kernel.payload < 0)
    broken(run.first, kernel.name, "its kernel reads {} operands and {} payload", kernel.arity,
           kernel.payload);
  if (kernel.arity == 0) return;
  const auto arity = static_cast<std::size_t>(kernel.arity);
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const std::span<const NodeId> operands(run.operands_of(i), arity);
    verify_operands(tape, run.first + i, kernel.name, operands);
    const bool scalars = tape.is_scalar(operands[0]);
    if (scalars != tape.is_scalar(run.operands[0]))
      broken(run.first + i, kernel.name, "reads a {}, and node {} of the same kernel does not",
             scalars ? "scalar" : "tensor", run.first);
  }
}

}  // namespace detail

void verify(const Tape& tape) {
  std::vector<Run> spans;
  runs_up(tape, 1, tape.size(), [&](const Run& run) { spans.push_back(run); });
  detail::verify_spans(spans, tape.size());
  for (const Run& run : spans) {
    if (run.kernel) {
      detail::verify_run(tape, run);
      continue;
    }
    for (NodeId id = run.first; id < run.first + run.count;) {
      const TensorNode& node = tape.tensor_node(id);
      if (node.id != id)
        refuse(detail::kWho, "node {} belongs to an operation that starts at node {}", id, node.id);
      detail::verify_node(tape, node);
      if (node.output_count > run.first + run.count - id)
        refuse(detail::kWho, "node {} ({}): its {} outputs pass the end of its span", id,
               node.op->name, node.output_count);
      for (std::uint32_t k = 1; k < node.output_count; ++k)
        if (&tape.tensor_node(id + k) != &node)
          refuse(detail::kWho, "node {} should be output {} of node {}", id + k, k, id);
      id += node.output_count;
    }
  }
}

}  // namespace tapestry
