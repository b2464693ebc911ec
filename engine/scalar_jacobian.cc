#include "engine/scalar_jacobian.h"

#include <algorithm>
#include <cmath>

#include "engine/called.h"
#include "engine/factory.h"
#include "engine/local_slopes.h"
#include "engine/walk.h"

namespace tapestry {
namespace {

constexpr std::string_view kWho = "jacobian";
constexpr std::size_t kLanes = 8;  // a cache line, and a register where they are wide

struct alignas(64) Lanes {
  double of[kLanes] = {};

  bool is_zero() const {
    bool zero = true;
    for (double x : of) zero &= x == 0;
    return zero;
  }
  // Adds slope x, and nothing where x is zero, however steep the slope.
  void add(double slope, const Lanes& x) {
    if (std::isfinite(slope))
      for (std::size_t k = 0; k < kLanes; ++k) of[k] += slope * x.of[k];
    else
      for (std::size_t k = 0; k < kLanes; ++k) of[k] += x.of[k] == 0 ? 0 : slope * x.of[k];
  }
};

struct Problem {
  Tape& tape;
  NodeId first, last;  // from the first x to the last y
};

Problem problem(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  Tape& tape = tape_of(kWho, xs[0].epoch());
  Problem stretch{tape, tape.size(), 0};
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!tape.owns(xs[i]) || xs[i].id() > tape.size())
      refuse(kWho, "x[{}] is not recorded on the tape of x[0]", i);
    stretch.first = std::min(stretch.first, xs[i].id());
  }
  for (std::size_t i = 0; i < ys.size(); ++i) {
    if (!ys[i].is_tracked()) continue;
    if (!tape.owns(ys[i]) || ys[i].id() > tape.size())
      refuse(kWho, "y[{}] is not recorded on the tape of x[0]", i);
    stretch.last = std::max(stretch.last, ys[i].id());
  }
  return stretch;
}

[[noreturn]] void refuse_tensor(const Tape& tape, NodeId id) {
  refuse(kWho,
         "{} lies between: walks of many directions pass scalars only; take gradients, or "
         "the jacobian of a function of tensors",
         detail::called(tape, id));
}

void walk_back(const Problem& p, std::vector<Lanes>& adjoints) {
  detail::LocalSlopes slopes(p.tape.storage().values.begin());
  const auto at = [&](NodeId id) -> Lanes& { return adjoints[id - p.first]; };
  runs_down(p.tape, p.first, p.last, [&](const Run& run) {
    if (!run.kernel || run.kernel->leaves == 0) return;
    const auto count = static_cast<std::size_t>(run.kernel->leaves);
    for (std::uint32_t i = run.count; i-- > 0;) {
      const Lanes& g = at(run.first + i);
      if (g.is_zero()) continue;
      if (!run.kernel->walk) refuse_tensor(p.tape, run.first + i);
      const std::span<const double> local = slopes.of(run, i);
      for (std::size_t k = 0; k < count; ++k)
        if (const NodeId leaf = run.leaves[count * i + k]; leaf >= p.first)
          at(leaf).add(local[k], g);
    }
  });
}

void walk_forth(const Problem& p, const std::vector<Scalar>& xs, std::vector<Lanes>& tangents) {
  detail::LocalSlopes slopes(p.tape.storage().values.begin());
  const auto at = [&](NodeId id) -> Lanes& { return tangents[id - p.first]; };
  const auto moves = [&](NodeId id) { return id >= p.first && !at(id).is_zero(); };
  std::vector<bool> given(tangents.size());
  for (const Scalar& x : xs) given[x.id() - p.first] = true;
  runs_up(p.tape, p.first, p.last, [&](const Run& run) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      const NodeId id = run.first + i;
      const auto leaves = detail::operands_within(p.tape, run, id);
      if (std::none_of(leaves.begin(), leaves.end(), moves)) continue;
      if (!run.kernel) refuse_tensor(p.tape, id);
      if (given[id - p.first]) continue;  // an x is what it is
      const std::span<const double> local = slopes.of(run, i);
      for (std::size_t k = 0; k < leaves.size(); ++k)
        if (leaves[k] >= p.first) at(id).add(local[k], at(leaves[k]));
    }
  });
}

// Eight seeds at a time: walks, then reads.
template <class Walk>
void in_blocks(const Problem& p, const std::vector<Scalar>& seeds, Walk&& walk) {
  std::vector<Lanes> numbers;
  for (std::size_t begin = 0; begin < seeds.size(); begin += kLanes) {
    const std::size_t count = std::min(kLanes, seeds.size() - begin);
    numbers.assign(p.last - p.first + 1, Lanes{});
    for (std::size_t k = 0; k < count; ++k)
      if (const Scalar& seed = seeds[begin + k];
          seed.is_tracked() && seed.id() >= p.first && seed.id() <= p.last)
        numbers[seed.id() - p.first].of[k] += 1;
    walk(numbers, begin, count);
  }
}

// Nothing flows: there is no y that any x comes before.
bool is_empty(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  return xs.empty() ||
         std::none_of(ys.begin(), ys.end(), [](const Scalar& y) { return y.is_tracked(); });
}

double* rows_of(Tensor& result) { return result.mutable_data<double>(); }

Tensor blank(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  return zeros({static_cast<std::int64_t>(ys.size()), static_cast<std::int64_t>(xs.size())},
               DType::f64);
}

}  // namespace

Tensor jacobian_reverse(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  Tensor result = blank(ys, xs);
  if (is_empty(ys, xs)) return result;
  const Problem p = problem(ys, xs);
  if (p.last < p.first) return result;
  double* const rows = rows_of(result);
  in_blocks(p, ys, [&](std::vector<Lanes>& adjoints, std::size_t begin, std::size_t count) {
    walk_back(p, adjoints);
    for (std::size_t i = 0; i < xs.size(); ++i)
      if (xs[i].id() <= p.last)
        for (std::size_t k = 0; k < count; ++k)
          rows[(begin + k) * xs.size() + i] = adjoints[xs[i].id() - p.first].of[k];
  });
  return result;
}

Tensor jacobian_forward(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  Tensor result = blank(ys, xs);
  if (is_empty(ys, xs)) return result;
  const Problem p = problem(ys, xs);
  if (p.last < p.first) return result;
  double* const rows = rows_of(result);
  in_blocks(p, xs, [&](std::vector<Lanes>& tangents, std::size_t begin, std::size_t count) {
    walk_forth(p, xs, tangents);
    for (std::size_t i = 0; i < ys.size(); ++i)
      if (ys[i].is_tracked() && ys[i].id() >= p.first)
        for (std::size_t k = 0; k < count; ++k)
          rows[i * xs.size() + begin + k] = tangents[ys[i].id() - p.first].of[k];
  });
  return result;
}

Tensor jacobian(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  return ys.size() <= xs.size() ? jacobian_reverse(ys, xs) : jacobian_forward(ys, xs);
}

}  // namespace tapestry
