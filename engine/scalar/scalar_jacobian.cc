#include "engine/scalar/scalar_jacobian.h"

#include <algorithm>
#include <span>
#include <vector>

#include "engine/graph/reach.h"
#include "engine/scalar/lanes.h"
#include "engine/tape/called.h"
#include "engine/tape/local_partials.h"
#include "engine/tensor/factory.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::string_view kWho = "jacobian";

// What lies between xs and ys, and numbers of it. Nodes before `floor` are taken for leaves.
struct Problem {
  Tape& tape;
  NodeId floor;
  detail::NodeSet part;

  std::size_t size() const { return part.size(); }
  // What is kept of a node, or null where nothing is.
  template <class T>
  T* find(std::vector<T>& numbers, NodeId id) const {
    return part.contains(id) ? &numbers[part.index(id)] : nullptr;
  }
};

// Statements alone are swept; an x may come from anywhere.
void check_scalars(const Problem& p) {
  detail::Cursor<double> cursor(p.tape.storage());
  p.part.for_each_up([&](NodeId id) {
    const Run node = cursor.at(id);
    if (id < p.floor || (node.kernel && (node.kernel->reverse || node.kernel->arity == 0))) return;
    for (NodeId operand : detail::operands_within(p.tape, node, id))
      if (p.part.contains(operand))
        refuse(kWho,
               "{} lies between: sweeps of many directions pass scalars only; take gradients, or "
               "the jacobian of a function of tensors",
               detail::called(p.tape, id));
  });
}

Problem problem(Tape& tape, const std::vector<Scalar>& ys, const std::vector<Scalar>& xs,
                NodeId floor = 0) {
  std::vector<NodeId> from, to;
  for (const Scalar& x : xs) from.push_back(x.id());
  for (const Scalar& y : ys)
    if (y.is_tracked()) to.push_back(y.id());
  Problem p{tape, floor, detail::reach_of(tape, to, from, floor)};
  check_scalars(p);
  return p;
}

Problem checked_problem(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  if (!xs[0].is_tracked()) refuse(kWho, "x[0] is not recorded on a tape");
  Tape& tape = tape_of(kWho, xs[0]);
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (!tape.owns(xs[i]) || xs[i].id() > tape.size())
      refuse(kWho, "x[{}] is not recorded on the tape of x[0]", i);
  for (std::size_t i = 0; i < ys.size(); ++i)
    if (ys[i].is_tracked() && (!tape.owns(ys[i]) || ys[i].id() > tape.size()))
      refuse(kWho, "y[{}] is not recorded on the tape of x[0]", i);
  return problem(tape, ys, xs);
}

void reverse_sweep(const Problem& p, std::vector<Lanes>& adjoints) {
  detail::LocalPartials partials(p.tape.storage().values.begin());
  detail::Cursor<double> cursor(p.tape.storage());
  p.part.for_each_down([&](NodeId id) {
    const Run node = cursor.at(id);
    const Lanes g = *p.find(adjoints, id);
    if (id < p.floor) return false;
    if (is_zero(g) || !node.kernel->reverse) return true;
    const auto count = static_cast<std::size_t>(node.kernel->arity);
    if (!is_zero(g - g)) {
      // What was not taken gives nothing back for an infinite adjoint, and a partial that is zero
      // gives NaN: the kernel knows which it is.
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        if (g[lane] == 0) continue;
        const std::span<const double> given = partials.of(node, 0, g[lane]);
        for (std::size_t k = 0; k < count; ++k)
          if (Lanes* const operand = p.find(adjoints, node.operands[k]))
            operand->set(lane, (*operand)[lane] + given[k]);
      }
      return true;
    }
    const std::span<const double> local = partials.of(node, 0);
    for (std::size_t k = 0; k < count; ++k)
      if (Lanes* const operand = p.find(adjoints, node.operands[k])) operand->add(local[k], g);
    return true;
  });
}

void forward_sweep(const Problem& p, std::vector<Lanes>& tangents) {
  detail::LocalPartials partials(p.tape.storage().values.begin());
  detail::Cursor<double> cursor(p.tape.storage());
  p.part.for_each_up([&](NodeId id) {
    const Run node = cursor.at(id);
    if (id < p.floor || !node.kernel->reverse) return;
    const std::span<const NodeId> operands = detail::OperandsOf<double>()(node);
    const bool moves = std::any_of(operands.begin(), operands.end(), [&](NodeId operand) {
      const Lanes* const x = p.find(tangents, operand);
      return x && !is_zero(*x);
    });
    if (!moves) return;
    const std::span<const double> local = partials.of(node, 0);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (const Lanes* const x = p.find(tangents, operands[k]);
          x && local[k] != 0)  // what was not taken stays silent, however steep it is
        p.find(tangents, id)->add(local[k], *x);
  });
}

// Eight seeds at a time: sweeps, then reads.
template <class Sweep>
void in_blocks(const Problem& p, const std::vector<Scalar>& seeds, Sweep&& sweep) {
  std::vector<Lanes> numbers;
  for (std::size_t begin = 0; begin < seeds.size(); begin += kLanes) {
    const std::size_t count = std::min(kLanes, seeds.size() - begin);
    numbers.assign(p.size(), Lanes{});
    for (std::size_t k = 0; k < count; ++k)
      if (const Scalar& seed = seeds[begin + k]; seed.is_tracked())
        if (Lanes* const at = p.find(numbers, seed.id())) at->set(k, (*at)[k] + 1);
    sweep(numbers, begin, count);
  }
}

// Nothing flows: there is no y that any x comes before.
bool is_empty(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  return xs.empty() ||
         std::none_of(ys.begin(), ys.end(), [](const Scalar& y) { return y.is_tracked(); });
}

Tensor blank(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  return zeros({static_cast<std::int64_t>(ys.size()), static_cast<std::int64_t>(xs.size())},
               DType::f64);
}

Tensor by_rows(const Problem& p, const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  Tensor result = blank(ys, xs);
  double* const rows = result.mutable_data<double>();
  in_blocks(p, ys, [&](std::vector<Lanes>& adjoints, std::size_t begin, std::size_t count) {
    reverse_sweep(p, adjoints);
    for (std::size_t i = 0; i < xs.size(); ++i)
      if (const Lanes* const x = p.find(adjoints, xs[i].id()))
        for (std::size_t k = 0; k < count; ++k) rows[(begin + k) * xs.size() + i] = (*x)[k];
  });
  return result;
}

Tensor by_columns(const Problem& p, const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  Tensor result = blank(ys, xs);
  double* const rows = result.mutable_data<double>();
  in_blocks(p, xs, [&](std::vector<Lanes>& tangents, std::size_t begin, std::size_t count) {
    forward_sweep(p, tangents);
    for (std::size_t i = 0; i < ys.size(); ++i)
      if (const Lanes* const y = ys[i].is_tracked() ? p.find(tangents, ys[i].id()) : nullptr)
        for (std::size_t k = 0; k < count; ++k) rows[i * xs.size() + begin + k] = (*y)[k];
  });
  return result;
}

}  // namespace

Tensor jacobian_reverse(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs, Site site) {
  const CallSite call(site);
  return is_empty(ys, xs) ? blank(ys, xs) : by_rows(checked_problem(ys, xs), ys, xs);
}

Tensor jacobian_forward(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs, Site site) {
  const CallSite call(site);
  return is_empty(ys, xs) ? blank(ys, xs) : by_columns(checked_problem(ys, xs), ys, xs);
}

Tensor jacobian(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs, Site site) {
  const CallSite call(site);
  return ys.size() <= xs.size() ? jacobian_reverse(ys, xs) : jacobian_forward(ys, xs);
}

Tensor detail::jacobian_of_piece(Tape& tape, NodeId first, const std::vector<Scalar>& ys,
                                 const std::vector<Scalar>& xs) {
  if (is_empty(ys, xs)) return blank(ys, xs);
  const Problem p = problem(tape, ys, xs, first);
  return ys.size() <= xs.size() ? by_rows(p, ys, xs) : by_columns(p, ys, xs);
}

}  // namespace tapestry
