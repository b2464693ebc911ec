#include "engine/scalar_jacobian.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/called.h"
#include "engine/factory.h"
#include "engine/lanes.h"
#include "engine/local_slopes.h"
#include "engine/walk.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::string_view kWho = "jacobian";
struct Problem {
  Tape& tape;
  NodeId first, last;          // the stretch that is walked
  std::vector<NodeId> before;  // xs that lie before it, in order
  std::span<const Scalar> xs;

  std::size_t size() const { return before.size() + (last - first + 1); }
  // What is kept of a node, or null where nothing is.
  template <class T>
  T* find(std::vector<T>& numbers, NodeId id) const {
    if (id > last) return nullptr;
    if (id >= first) return &numbers[before.size() + (id - first)];
    const auto found = std::lower_bound(before.begin(), before.end(), id);
    if (found == before.end() || *found != id) return nullptr;
    return &numbers[static_cast<std::size_t>(found - before.begin())];
  }
};

// From the first x to the last y.
Problem problem(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  if (!xs[0].is_tracked()) refuse(kWho, "x[0] is not recorded on a tape");
  Tape& tape = tape_of(kWho, xs[0]);
  Problem stretch{tape, tape.size(), 0, {}, xs};
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

// Whether a node depends on an x: found out for all when first asked.
class Dependence {
 public:
  explicit Dependence(const Problem& p) : p_(p) {}
  bool on_an_x(NodeId id) {
    if (marks_.empty()) mark();
    return *p_.find(marks_, id);
  }

 private:
  void mark() {
    marks_.resize(p_.size());
    for (const Scalar& x : p_.xs)
      if (std::uint8_t* const at = p_.find(marks_, x.id())) *at = 1;
    runs_up(p_.tape, p_.first, p_.last, [&](const Run& run) {
      for (NodeId id = run.first; id < run.first + run.count; ++id)
        for (NodeId leaf : detail::operands_within(p_.tape, run, id))
          if (const std::uint8_t* const at = p_.find(marks_, leaf)) *p_.find(marks_, id) |= *at;
    });
  }

  const Problem& p_;
  std::vector<std::uint8_t> marks_;
};

void walk_back(const Problem& p, Dependence& dependence, std::vector<Lanes>& adjoints) {
  detail::LocalSlopes slopes(p.tape.storage().values.begin());
  runs_down(p.tape, p.first, p.last, [&](const Run& run) {
    if (!run.kernel || run.kernel->leaves == 0) return;
    const auto count = static_cast<std::size_t>(run.kernel->leaves);
    for (std::uint32_t i = run.count; i-- > 0;) {
      const Lanes& g = *p.find(adjoints, run.first + i);
      if (is_zero(g)) continue;
      const NodeId* const leaves = run.leaves_of(i);
      if (!run.kernel->walk) {
        const bool asked = std::any_of(leaves, leaves + count, [&](NodeId leaf) {
          return p.find(adjoints, leaf) && dependence.on_an_x(leaf);
        });
        if (asked) refuse_tensor(p.tape, run.first + i);
        continue;
      }
      if (!is_zero(g - g)) {
        // What was not taken gives nothing back for an infinite adjoint, and a slope that is zero
        // gives NaN: the kernel knows which it is.
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          if (g[lane] == 0) continue;
          const std::span<const double> given = slopes.of(run, i, g[lane]);
          for (std::size_t k = 0; k < count; ++k)
            if (Lanes* const leaf = p.find(adjoints, leaves[k]))
              leaf->set(lane, (*leaf)[lane] + given[k]);
        }
        continue;
      }
      const std::span<const double> local = slopes.of(run, i);
      for (std::size_t k = 0; k < count; ++k)
        if (Lanes* const leaf = p.find(adjoints, leaves[k])) leaf->add(local[k], g);
    }
  });
}

// Tangents, and the operation on tensors that they met, if any, by nodes of the stretch: it is
// refused when a y depends on it.
struct Tangents {
  std::vector<Lanes> numbers;
  std::vector<NodeId> met;
};

void walk_forth(const Problem& p, Tangents& tangents) {
  detail::LocalSlopes slopes(p.tape.storage().values.begin());
  const auto met = [&](NodeId id) -> NodeId {
    return tangents.met.empty() || id < p.first || id > p.last ? 0 : tangents.met[id - p.first];
  };
  runs_up(p.tape, p.first, p.last, [&](const Run& run) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      const NodeId id = run.first + i;
      const auto leaves = detail::operands_within(p.tape, run, id);
      bool moves = false;
      NodeId tensor = 0;
      for (NodeId leaf : leaves) {
        const Lanes* const x = p.find(tangents.numbers, leaf);
        moves |= x && !is_zero(*x);
        tensor = std::max(tensor, met(leaf));
      }
      if (!run.kernel && (moves || tensor)) tensor = id;
      if (tensor) {
        tangents.met.resize(p.last - p.first + 1);
        tangents.met[id - p.first] = tensor;
      }
      if (!moves || !run.kernel || !run.kernel->walk) continue;
      const std::span<const double> local = slopes.of(run, i);
      for (std::size_t k = 0; k < leaves.size(); ++k)
        if (const Lanes* const x = p.find(tangents.numbers, leaves[k]);
            x && local[k] != 0)  // what was not taken stays silent, however steep it is
          p.find(tangents.numbers, id)->add(local[k], *x);
    }
  });
}

// Eight seeds at a time: walks, then reads.
template <class Walk>
void in_blocks(const Problem& p, const std::vector<Scalar>& seeds, Walk&& walk) {
  std::vector<Lanes> numbers;
  for (std::size_t begin = 0; begin < seeds.size(); begin += kLanes) {
    const std::size_t count = std::min(kLanes, seeds.size() - begin);
    numbers.assign(p.size(), Lanes{});
    for (std::size_t k = 0; k < count; ++k)
      if (const Scalar& seed = seeds[begin + k]; seed.is_tracked())
        if (Lanes* const at = p.find(numbers, seed.id())) at->set(k, (*at)[k] + 1);
    walk(numbers, begin, count);
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
  Dependence dependence(p);
  in_blocks(p, ys, [&](std::vector<Lanes>& adjoints, std::size_t begin, std::size_t count) {
    walk_back(p, dependence, adjoints);
    for (std::size_t i = 0; i < xs.size(); ++i)
      if (const Lanes* const x = p.find(adjoints, xs[i].id()))
        for (std::size_t k = 0; k < count; ++k) rows[(begin + k) * xs.size() + i] = (*x)[k];
  });
  return result;
}

Tensor by_columns(const Problem& p, const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  Tensor result = blank(ys, xs);
  double* const rows = result.mutable_data<double>();
  Tangents tangents;
  in_blocks(p, xs, [&](std::vector<Lanes>& numbers, std::size_t begin, std::size_t count) {
    tangents.numbers.swap(numbers);
    walk_forth(p, tangents);
    for (std::size_t i = 0; i < ys.size(); ++i) {
      if (!ys[i].is_tracked() || ys[i].id() < p.first) continue;
      if (!tangents.met.empty())
        if (const NodeId tensor = tangents.met[ys[i].id() - p.first]) refuse_tensor(p.tape, tensor);
      const Lanes& y = *p.find(tangents.numbers, ys[i].id());
      for (std::size_t k = 0; k < count; ++k) rows[i * xs.size() + begin + k] = y[k];
    }
  });
  return result;
}

}  // namespace

Tensor jacobian_reverse(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  if (is_empty(ys, xs)) return blank(ys, xs);
  const Problem p = problem(ys, xs);
  return p.last < p.first ? blank(ys, xs) : by_rows(p, ys, xs);
}

Tensor jacobian_forward(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  if (is_empty(ys, xs)) return blank(ys, xs);
  const Problem p = problem(ys, xs);
  return p.last < p.first ? blank(ys, xs) : by_columns(p, ys, xs);
}

Tensor jacobian(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  return ys.size() <= xs.size() ? jacobian_reverse(ys, xs) : jacobian_forward(ys, xs);
}

Tensor detail::jacobian_of_piece(Tape& tape, NodeId first, const std::vector<Scalar>& ys,
                                 const std::vector<Scalar>& xs) {
  if (is_empty(ys, xs)) return blank(ys, xs);
  Problem p{tape, first, tape.size(), {}, xs};
  for (const Scalar& x : xs) p.before.push_back(x.id());
  std::sort(p.before.begin(), p.before.end());
  p.before.erase(std::unique(p.before.begin(), p.before.end()), p.before.end());
  return ys.size() <= xs.size() ? by_rows(p, ys, xs) : by_columns(p, ys, xs);
}

}  // namespace tapestry
