#include "ops/scalar/statement.h"

#include <cmath>
#include <optional>
#include <vector>

#include "engine/tape/anomaly.h"
#include "engine/tape/steps.h"
#include "engine/tape/tape.h"

namespace tapestry::detail::statements {
namespace {

// One statement, step by step, with active numbers: its inner values are recorded when a partial
// reads them.
class Unrolled {
 public:
  Unrolled(const Run& run, std::uint32_t i, const Sweep& sweep)
      : kernel_(*run.kernel),
        id_(run.first + i),
        operands_(run.operands_of(i)),
        payload_(run.payload_of(i)),
        sweep_(sweep),
        values_(kernel_.steps.size()) {}

  // Gives back an adjoint of the statement, step by step, to operands that are asked for.
  void pull(const Stepwise& g, Sweep& sweep) {
    const std::vector<bool> asked = steps_on_the_way();
    std::vector<Stepwise> adjoints(kernel_.steps.size(), Stepwise(0));
    adjoints.back() = g;
    reverse_steps(
        kernel_.steps, adjoints.data(),
        [&](const StepOperand& operand) { return is_asked(operand, asked); },
        [&](std::size_t k, int slot, const Stepwise& adjoint) { return partial(k, slot, adjoint); },
        [&](std::size_t i, const Stepwise& given) { sweep.add<Scalar>(operands_[i], given); });
  }

 private:
  bool is_asked(const StepOperand& operand, const std::vector<bool>& asked) const {
    return operand.kind == StepOperand::Kind::operand ? sweep_.active(operands_[operand.where])
           : operand.kind == StepOperand::Kind::step  ? asked[operand.where]
                                                      : false;
  }
  std::vector<bool> steps_on_the_way() const {
    std::vector<bool> asked(kernel_.steps.size());
    for (std::size_t k = 0; k < asked.size(); ++k)
      for (int slot = 0; slot < kernel_.steps[k].arity(); ++slot)
        asked[k] = asked[k] || is_asked(kernel_.steps[k].operands[slot], asked);
    return asked;
  }

  Stepwise partial(std::size_t k, int slot, const Stepwise& g) {
    const Step& step = kernel_.steps[k];
    const unsigned uses = page_step(step).mentions[slot].uses;
    const Stepwise x = uses & kX ? operand(step.operands[0]) : Stepwise(0);
    const Stepwise z = uses & kZ ? operand(step.operands[1]) : Stepwise(0);
    const Stepwise y = uses & kY ? value(k) : Stepwise(0);
    return stepwise_rule(step).vjp[slot](x, z, y, g);
  }

  Stepwise operand(const StepOperand& of) {
    return operand_number<Stepwise>(
        of, [&](std::size_t i) { return sweep_.value<Scalar>(operands_[i]); }, payload_,
        [&](std::size_t k) { return value(k); });
  }

  Stepwise value(std::size_t k) {
    if (k + 1 == kernel_.steps.size()) return sweep_.value<Scalar>(id_);
    if (!values_[k]) {
      const Step& step = kernel_.steps[k];
      const Stepwise x = operand(step.operands[0]);
      values_[k] = stepwise_rule(step).value(x, operand(step.operands[1]));
    }
    return *values_[k];
  }

  const StatementKernel& kernel_;
  const NodeId id_;
  const NodeId* operands_;
  const double* payload_;
  const Sweep& sweep_;
  std::vector<std::optional<Stepwise>> values_;
};

}  // namespace

void reverse_recorded(const Run& run, Sweep& sweep) {
  for (std::uint32_t i = run.count; i-- > 0;) {
    const Stepwise g = sweep.number<Scalar>(run.first + i);
    if (!is_zero(g)) Unrolled(run, i, sweep).pull(g, sweep);
  }
}

void watch_steps(std::span<const Step> steps, std::span<const Scalar> operands,
                 const double* literals) {
  std::vector<double> values(steps.size());
  execute_steps(
      steps, literals, values.data(), [&](std::size_t i) { return operands[i].value(); },
      [&](std::size_t k, double x, double z) {
        const StepFunction& function = *steps[k].function;
        const double read[] = {x, z}, value = function.value(x, z);
        detail::watch_statement(function.name, value,
                                {read, static_cast<std::size_t>(steps[k].arity())});
        return value;
      });
}

template Scalar record_carefully(const KernelOf<double>&, const Scalar*, const double*, double);

}  // namespace tapestry::detail::statements
