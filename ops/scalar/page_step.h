// The functions of the page, and polygamma, as steps of statements call them.
#pragma once

#include "engine/tape/node.h"
#include "ops/page/kernels.h"
#include "ops/page/probe.h"

namespace tapestry::detail {

struct PageStep : StepFunction {
  bool costly;
  probe::Probe mentions[2];  // by the vjp of each operand
};
// By their codes. After the functions of two operands comes polygamma, whose order is a literal.
extern const PageStep unary_functions[static_cast<int>(Unary::count)],
    binary_functions[static_cast<int>(Binary::count) + 1];

constexpr const StepFunction* function_of(Unary op) {
  return &unary_functions[static_cast<int>(op)];
}
constexpr const StepFunction* function_of(Binary op) {
  return &binary_functions[static_cast<int>(op)];
}
inline const PageStep& page_step(const Step& step) {
  return step.arity() == 1 ? unary_functions[step.function->code]
                           : binary_functions[step.function->code];
}

}  // namespace tapestry::detail
