// What a tape keeps of one tensor operation, and of one run of scalar statements.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/base/site.h"
#include "engine/tape/op.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

struct OutputType {
  const TensorLayout* layout;  // shared by tensors, or in the node's block
  DType dtype;
  const Shape& shape() const { return layout->shape; }
};

// Lives in the tape's arena. A node with k outputs owns k consecutive ids, the first of them `id`.
struct TensorNode {
  const Op* op;
  NodeId id;
  std::uint32_t operand_count;
  std::uint32_t output_count;
  std::uint32_t saved_count;
  SaveMask saved_mask;      // inputs in the low half, outputs in the high half
  const NodeId* operands;   // ids of operands, tensors or scalars as the op says
  const OutputType* types;  // one for each output
  const void* attributes;
  Tensor* saved;             // in the order of the bits of saved_mask
  Tensor* values;            // the outputs themselves where the tape keeps values, else null
  Site site;                 // of the user's call
  const std::string* scope;  // null outside of name scopes
  bool is_step;              // of a recorded rule, not an operation that the program asked for

  std::span<const NodeId> operand_ids() const { return {operands, operand_count}; }
  const OutputType& type(NodeId output) const { return types[output - id]; }
  const Tensor* find_saved(SaveMask bit) const {
    if (saves_every_input()) {
      const int place = std::countr_zero(bit);
      if (place < 32) return saved + place;
      return saved_mask == kSaveAll ? saved + operand_count + (place - 32) : nullptr;
    }
    return saved_mask & bit ? saved + std::popcount(saved_mask & (bit - 1)) : nullptr;
  }
  bool saves_every_input() const { return saved_mask == kSaveAll || saved_mask == kSaveInputs; }
  // Operand i of a node that saves every input.
  const Tensor& saved_operand(int i) const { return saved[i]; }
  // What its vjp reads was let go, see Tape::release.
  bool released() const { return saved_count > 0 && !saved[0].defined(); }
};

class Sweep;
template <class T>
struct RunOf;
using Run = RunOf<double>;

// One operation within a statement. It reads an operand of the statement, a literal, or the result
// of an earlier step; `where` counts within its kind.
struct StepOperand {
  enum class Kind : std::uint8_t { none, operand, literal, step };
  Kind kind = Kind::none;
  std::uint8_t where = 0;
};
// The number that an operand stands for: operand(where), payload[where] or step(where); 0 for none.
template <class Number, class OfOperand, class OfStep>
Number operand_number(const StepOperand& of, OfOperand&& operand, const double* payload,
                      OfStep&& step) {
  switch (of.kind) {
    case StepOperand::Kind::operand:
      return operand(of.where);
    case StepOperand::Kind::literal:
      return payload[of.where];
    case StepOperand::Kind::step:
      return step(of.where);
    default:
      return 0;
  }
}
// What a function over numbers N gives, and what it gives back to each operand for an adjoint g of
// its result y. A function of one operand does not read z, and has one vjp.
template <class N>
struct StepRule {
  using In = std::conditional_t<std::is_arithmetic_v<N>, N, const N&>;
  N (*value)(In x, In z);
  N (*vjp[2])(In x, In z, In y, In g);
};
// A function that steps call.
struct StepFunction : StepRule<double> {
  std::string_view name;
  std::uint16_t code;  // its place in the tables of other numbers
};
struct Step {
  const StepFunction* function;
  StepOperand operands[2];
  int arity() const { return operands[1].kind == StepOperand::Kind::none ? 1 : 2; }
};

// The kernel of a scalar statement: what all statements of one type share, whatever their numbers.
// A statement reads `arity` scalars of the tape and makes one value. Its payload holds the literals
// first, then values saved for the reverse sweep (partials and intermediate results). Steps refer
// only to the literals.
struct StatementKernel {
  std::string_view name;
  int arity;
  int payload;
  std::span<const Step> steps{};  // its operations in order; the last one makes the value
};

// The reverse sweep over statements [first, end). It gets the ends of their operands and of their
// payload, and the values and adjoints by id.
template <class T>
using ReverseSweep = void (*)(NodeId first, NodeId end, const NodeId* operands, const T* payload,
                              const T* values, T* adjoints);

// The kernel of a statement over numbers T. `reverse` is null for leaves.
template <class T>
struct KernelOf : StatementKernel {
  ReverseSweep<T> reverse = nullptr;
};

// On a Tape statements can do more. There `reverse` is null where the operand is a tensor, too.
template <>
struct KernelOf<double> : StatementKernel {
  ReverseSweep<double> reverse = nullptr;
  // Computes the values of [first, end) again, and the saved values of their payload, from the
  // values of their operands. Null for leaves, and where the operand is a tensor.
  void (*recompute)(NodeId first, NodeId end, const NodeId* operands, double* payload,
                    double* values) = nullptr;
  // The recorded reverse sweep, and any reverse sweep where `reverse` is null. Null for leaves:
  // nothing flows further.
  void (*record_reverse)(const RunOf<double>& run, Sweep& sweep) = nullptr;
  std::string (*print)(const RunOf<double>& statement) = nullptr;  // attributes as text, or null
};

// Statements of one kernel, recorded one after the other.
template <class T>
struct RunOf {
  const KernelOf<T>* kernel;
  NodeId first;
  std::uint32_t count;
  const NodeId* operands;  // kernel->arity for each statement
  const T* payload;        // kernel->payload for each statement

  // Where those of statement i begin; of i = count, where all end.
  const NodeId* operands_of(std::uint32_t i) const {
    return operands + i * static_cast<std::size_t>(kernel->arity);
  }
  const T* payload_of(std::uint32_t i) const {
    return payload + i * static_cast<std::size_t>(kernel->payload);
  }
  RunOf statement(std::uint32_t i) const {
    return {kernel, first + i, 1, operands_of(i), payload_of(i)};
  }
};

}  // namespace tapestry::detail
