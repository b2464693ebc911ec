#include "ops/scalar/scalar_hessian.h"

#include <algorithm>
#include <string_view>

#include "engine/graph/reach.h"
#include "engine/tape/called.h"
#include "engine/tape/steps.h"
#include "engine/tensor/factory.h"
#include "ops/scalar/dual.h"

namespace tapestry {
using namespace detail;
namespace {

using Tangent = Lanes;

[[noreturn]] void refuse_node(std::string_view who, const Tape& tape, NodeId id) {
  if (tape.is_scalar(id) && tape.op_name(id) == "partials")
    refuse(who, "{} is made of partials given as numbers, whose derivatives are not known",
           detail::called(tape, id));
  refuse(who,
         "{} lies between: second derivatives of scalars pass scalars only; take the hessian of a "
         "function of tensors",
         detail::called(tape, id));
}

Tape& tape_of_first(std::string_view who, Scalar x) {
  if (!x.is_tracked()) refuse(who, "x[0] is not recorded on a tape");
  return tape_of(who, x);
}

// What lies between xs and y, and the numbers that a sweep puts there.
class Stretch {
 public:
  Stretch(std::string_view who, Scalar y, const std::vector<Scalar>& xs)
      : tape_(tape_of_first(who, xs[0])) {
    if (!tape_.owns(y) || y.id() > tape_.size())
      refuse(who, "y is not recorded on the tape of x[0]");
    std::vector<NodeId> from;
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (!tape_.owns(xs[i]) || xs[i].id() > tape_.size())
        refuse(who, "x[{}] is not recorded on the tape of x[0]", i);
      if (xs[i].id() <= y.id()) from.push_back(xs[i].id());
    }
    const NodeId last = y.id();
    part_ = detail::reach_of(tape_, {&last, 1}, from);
    detail::Cursor<double> cursor(tape_.storage());
    part_.for_each_down([&](NodeId id) {
      check_node(who, cursor.at(id));
      return true;
    });
  }

  // Sweeps forward with these tangents of xs, then back. The directions' derivatives of y's
  // partials.
  void sweep(const std::vector<Scalar>& xs, const std::vector<Tangent>& seeds) {
    tangents_.assign(part_.size(), Tangent{});
    adjoints_.assign(part_.size(), Dual{});
    for (std::size_t i = 0; i < xs.size(); ++i)
      if (takes_part(xs[i].id())) tangents_[part_.index(xs[i].id())].add(1, seeds[i]);
    forward_sweep();
    if (!adjoints_.empty()) adjoints_.back().value = 1;
    reverse_sweep();
  }
  Tangent of(Scalar x) const {
    return takes_part(x.id()) ? adjoints_[part_.index(x.id())].tangent : Tangent{};
  }

 private:
  bool takes_part(NodeId id) const { return part_.contains(id); }

  // All that is passed must be statements whose steps are known; an x may come from anywhere.
  void check_node(std::string_view who, const Run& node) const {
    if (node.kernel && (node.kernel->arity == 0 || !node.kernel->steps.empty())) return;
    for (NodeId operand : detail::operands_within(tape_, node, node.first))
      if (takes_part(operand)) refuse_node(who, tape_, node.first);
  }

  Dual value(NodeId id) const {
    const double number = tape_.storage().values[id];
    return takes_part(id) ? Dual(number, tangents_[part_.index(id)]) : Dual(number);
  }

  void execute(const Run& node) {
    detail::execute_steps(
        node.kernel->steps, node.payload, results_,
        [&](std::size_t i) { return value(node.operands[i]); },
        [&](std::size_t k, const Dual& x, const Dual& z) {
          return detail::dual_rule(node.kernel->steps[k]).value(x, z);
        });
  }

  void forward_sweep() {
    detail::Cursor<double> cursor(tape_.storage());
    part_.for_each_up([&](NodeId id) {
      const Run node = cursor.at(id);
      if (!node.kernel || node.kernel->steps.empty()) return;
      const std::span<const NodeId> operands = detail::OperandsOf<double>()(node);
      if (std::none_of(operands.begin(), operands.end(), [&](NodeId operand) {
            return takes_part(operand) && !is_zero(tangents_[part_.index(operand)]);
          }))
        return;
      execute(node);
      tangents_[part_.index(id)].add(1, results_[node.kernel->steps.size() - 1].tangent);
    });
  }

  void reverse_sweep() {
    detail::Cursor<double> cursor(tape_.storage());
    part_.for_each_down([&](NodeId id) {
      const Run node = cursor.at(id);
      const Dual& adjoint = adjoints_[part_.index(id)];
      if (node.kernel && !node.kernel->steps.empty() && !is_zero(adjoint)) pull(node, adjoint);
      return true;
    });
  }

  // Gives the adjoint of a statement back to its operands, step by step.
  void pull(const Run& node, const Dual& adjoint) {
    execute(node);
    const std::span<const Step> steps = node.kernel->steps;
    pulled_[steps.size() - 1] = adjoint;
    const auto read = [&](std::size_t k, int slot) {
      return detail::step_read(steps[k], slot, node.payload, results_,
                               [&](std::size_t i) { return value(node.operands[i]); });
    };
    detail::reverse_steps(
        steps, pulled_,
        [&](const StepOperand& to) {
          return to.kind == StepOperand::Kind::step || takes_part(node.operands[to.where]);
        },
        [&](std::size_t k, int slot, const Dual& g) {
          return detail::dual_rule(steps[k]).vjp[slot](read(k, 0), read(k, 1), results_[k], g);
        },
        [&](std::size_t i, const Dual& given) {
          adjoints_[part_.index(node.operands[i])] += given;
        });
  }

  Tape& tape_;
  detail::NodeSet part_;
  std::vector<Tangent> tangents_;
  std::vector<Dual> adjoints_;
  Dual results_[detail::kMostOfAStatement], pulled_[detail::kMostOfAStatement];
};

}  // namespace

Tensor hessian(const Scalar& y, const std::vector<Scalar>& xs, Site site) {
  const CallSite call(site);
  const auto n = static_cast<std::int64_t>(xs.size());
  Tensor result = zeros({n, n}, DType::f64);
  if (xs.empty() || !y.is_tracked()) return result;
  Stretch stretch("hessian", y, xs);
  double* const rows = result.mutable_data<double>();
  for (std::size_t begin = 0; begin < xs.size(); begin += kLanes) {
    const std::size_t count = std::min(kLanes, xs.size() - begin);
    std::vector<Tangent> seeds(xs.size());
    for (std::size_t k = 0; k < count; ++k) seeds[begin + k].set(k, 1);
    stretch.sweep(xs, seeds);
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const Tangent row = stretch.of(xs[i]);
      for (std::size_t k = 0; k < count; ++k) rows[i * xs.size() + begin + k] = row[k];
    }
  }
  return result;
}

std::vector<double> hvp(const Scalar& y, const std::vector<Scalar>& xs,
                        const std::vector<double>& v, Site site) {
  const CallSite call(site);
  constexpr std::string_view who = "hvp";
  if (xs.size() != v.size())
    refuse(who, "{} scalars and a vector of {}; each scalar has one number", xs.size(), v.size());
  std::vector<double> product(xs.size());
  if (xs.empty() || !y.is_tracked()) return product;
  Stretch stretch(who, y, xs);
  std::vector<Tangent> seeds(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) seeds[i].set(0, v[i]);
  stretch.sweep(xs, seeds);
  for (std::size_t i = 0; i < xs.size(); ++i) product[i] = stretch.of(xs[i])[0];
  return product;
}

}  // namespace tapestry
