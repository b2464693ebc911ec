#include "ops/scalar/step_kernels.h"

#include <algorithm>

#include "ops/scalar/page_step.h"

namespace tapestry::detail {
namespace {

// The order comes as an operand, the same number in every lane.
constexpr const StepFunction& kPolygamma = *function_of(Binary::count);
void polygamma_value(const double* const* in, double* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = kPolygamma.value(in[0][i], in[1][i]);
}
void polygamma_vjp(const double* const* in, double* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    out[i] = in[3][i] == 0 ? 0 : kPolygamma.vjp[1](in[0][i], in[1][i], 0, in[3][i]);
}

std::uint16_t register_of(const StepOperand& of) {
  switch (of.kind) {
    case StepOperand::Kind::operand:
      return static_cast<std::uint16_t>(StepRegisters::kLeaves + of.where);
    case StepOperand::Kind::literal:
      return static_cast<std::uint16_t>(StepRegisters::kConstants + of.where);
    case StepOperand::Kind::step:
      return of.where;
    default:
      return StepRegisters::kNone;
  }
}

bool passes(probe::Probe mentions) { return mentions.bare && mentions.uses == probe::kG; }

StepKernels kernels_of(const Step& step) {
  StepKernels made;
  const PageStep& function = page_step(step);
  if (step.arity() == 1) {
    const auto& unary = unary_kernels<double>(static_cast<Unary>(function.code));
    made.value = unary.forward;
    made.vjp[0] = unary.vjp;
  } else if (function.code == static_cast<std::uint16_t>(Binary::count)) {
    made.value = &polygamma_value;
    made.vjp[1] = &polygamma_vjp;
  } else {
    const auto& binary = binary_kernels<double>(static_cast<Binary>(function.code));
    made.value = binary.forward;
    made.vjp[0] = binary.vjp_x;
    made.vjp[1] = binary.vjp_z;
  }
  for (int slot : {0, 1}) {
    if (passes(function.mentions[slot])) made.vjp[slot] = nullptr;
    made.operands[slot] = register_of(step.operands[slot]);
  }
  return made;
}

}  // namespace

StatementPlan plan_of(const StatementKernel& kernel) {
  const std::size_t count = kernel.steps.size();
  StatementPlan plan{&kernel, {}};
  for (const Step& step : kernel.steps)
    for (const StepOperand& of : step.operands)
      if (of.kind == StepOperand::Kind::literal)
        plan.literals = std::max<std::size_t>(plan.literals, of.where + std::size_t{1});
  std::vector<bool> read(count);
  const auto reads = [&](const StepOperand& of) {
    if (of.kind == StepOperand::Kind::step) read[of.where] = true;
  };
  for (std::size_t k = 0; k < count; ++k) {
    const Step& step = kernel.steps[k];
    plan.steps.push_back(kernels_of(step));
    for (int slot = 0; slot < step.arity(); ++slot) {
      if (step.operands[slot].kind == StepOperand::Kind::literal) continue;
      const unsigned uses = page_step(step).mentions[slot].uses;
      if (uses & probe::kX) reads(step.operands[0]);
      if (uses & probe::kZ) reads(step.operands[1]);
      if (uses & probe::kY) read[k] = true;
    }
  }
  for (std::size_t k = count - 1; k-- > 0;) {  // users come after their operands
    if (!read[k]) continue;
    StepKernels& step = plan.steps[k];
    if (page_step(kernel.steps[k]).costly) {
      step.keep = StepKernels::Keep::kept;
      step.place = plan.kept++;
    } else {
      step.keep = StepKernels::Keep::recomputed;
      for (const StepOperand& of : kernel.steps[k].operands) reads(of);
    }
  }
  return plan;
}

}  // namespace tapestry::detail
