// What a tape keeps of one tensor operation, and of one run of scalar statements.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/site.h"
#include "engine/tape/op.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

struct OutputType {
  Shape shape;
  DType dtype;
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
  bool is_step;              // of a recorded rule, not an operation that somebody asked for

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

// One operation within a statement. An operand is a leaf, a constant, or the result of an earlier
// step; `where` counts within its kind.
struct StepOperand {
  enum class Kind : std::uint8_t { none, leaf, constant, step };
  Kind kind = Kind::none;
  std::uint8_t where = 0;
};
// The number that an operand stands for: leaf(where), constants[where] or step(where); 0 for none.
template <class Number, class OfLeaf, class OfStep>
Number operand_number(const StepOperand& of, OfLeaf&& leaf, const double* constants,
                      OfStep&& step) {
  switch (of.kind) {
    case StepOperand::Kind::leaf:
      return leaf(of.where);
    case StepOperand::Kind::constant:
      return constants[of.where];
    case StepOperand::Kind::step:
      return step(of.where);
    default:
      return 0;
  }
}
struct Step {
  std::string_view op;
  std::uint16_t code;  // the op, for those who carry it out
  StepOperand operands[2];
  int arity() const { return operands[1].kind == StepOperand::Kind::none ? 1 : 2; }
};

// The kernel of a scalar statement: what a run of statements of one type shares. Each statement
// reads `leaves` scalars of the tape and `constants` numbers, and makes one value. Constants that
// no step names are slopes and inner values, saved for the reverse walk.
struct StatementKernel {
  std::string_view name;
  int leaves;
  int constants;
  // The reverse walk over statements [first, end), with all they need in registers: the ends of
  // their leaves and constants, values and adjoints by id. Null for leaves and where the operand is
  // a tensor.
  void (*walk)(NodeId first, NodeId end, const NodeId* leaves, const double* constants,
               const double* values, double* adjoints);
  // Their values anew, and the numbers saved of them, from values of their leaves. Null for leaves
  // and where the operand is a tensor.
  void (*renew)(NodeId first, NodeId end, const NodeId* leaves, double* constants, double* values);
  // A recorded walk, and any walk where there is no other; null for leaves: nothing flows further.
  void (*reverse)(const Run& run, Sweep& sweep);
  std::string (*print)(std::span<const double> constants);  // attributes as text, or null
  // A statement of several operations: these, the last of which makes its value, and what carries
  // one out.
  std::span<const Step> steps{};
  double (*carry_out)(const Step& step, double x, double z) = nullptr;
  // What a step with adjoint g gives back to its operand `slot`.
  double (*pull)(const Step& step, int slot, double x, double z, double y, double g) = nullptr;
};

// Statements of one kernel, recorded one after the other.
template <class T>
struct RunOf {
  const StatementKernel* kernel;
  NodeId first;
  std::uint32_t count;
  const NodeId* leaves;  // kernel->leaves for each statement
  const T* constants;    // kernel->constants for each statement

  // Where those of statement i begin; of i = count, where all end.
  const NodeId* leaves_of(std::uint32_t i) const {
    return leaves + i * static_cast<std::size_t>(kernel->leaves);
  }
  const T* constants_of(std::uint32_t i) const {
    return constants + i * static_cast<std::size_t>(kernel->constants);
  }
  RunOf statement(std::uint32_t i) const {
    return {kernel, first + i, 1, leaves_of(i), constants_of(i)};
  }
};

// The kernel of a statement over other numbers, on a BasicTape of them: no more than the reverse
// walk, null for leaves. What the base has for numbers is null.
template <class T>
struct KernelOf : StatementKernel {
  void (*walk_back)(NodeId first, NodeId end, const NodeId* leaves, const T* constants,
                    const T* values, T* adjoints);
};

}  // namespace tapestry::detail
