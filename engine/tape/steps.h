// The one interpreter of a statement's steps, over any number: forward, and in reverse.
#pragma once

#include <cstddef>
#include <span>

#include "engine/tape/node.h"
#include "engine/tensor/number.h"

namespace tapestry::detail {

// What a step reads in `slot`: operand(i) of the statement, a literal, or an earlier result.
template <class Number, class OfOperand>
Number step_read(const Step& step, int slot, const double* literals, const Number* results,
                 OfOperand&& operand) {
  return operand_number<Number>(step.operands[slot], operand, literals,
                                [&](std::size_t k) { return results[k]; });
}

// Executes the steps in order: results[k] = execute(k, x, z). A step of one operand reads 0 for z.
template <class Number, class OfOperand, class Execute>
void execute_steps(std::span<const Step> steps, const double* literals, Number* results,
                   OfOperand&& operand, Execute&& execute) {
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const Number x = step_read(steps[k], 0, literals, results, operand);
    results[k] = execute(k, x, step_read(steps[k], 1, literals, results, operand));
  }
}

// Gives the statement's adjoint, the last of `adjoints`, back from step to step. vjp(k, slot, g) is
// what step k gives to its operand in `slot`; give(i, x) adds x to operand i of the statement.
// wants(operand) says whether the sweep needs it. Where an adjoint is zero, nothing flows.
template <class Number, class Wants, class Vjp, class Give>
void reverse_steps(std::span<const Step> steps, Number* adjoints, Wants&& wants, Vjp&& vjp,
                   Give&& give) {
  for (std::size_t k = steps.size(); k-- > 0;) {
    const bool flows = !is_zero(adjoints[k]);
    for (int slot = 0; slot < steps[k].arity(); ++slot) {
      const StepOperand& to = steps[k].operands[slot];
      const bool is_step = to.kind == StepOperand::Kind::step;
      if (is_step) adjoints[to.where] = Number(0);
      if (!flows || to.kind == StepOperand::Kind::literal || !wants(to)) continue;
      if (is_step)
        adjoints[to.where] = vjp(k, slot, adjoints[k]);
      else
        give(to.where, vjp(k, slot, adjoints[k]));
    }
  }
}

}  // namespace tapestry::detail
