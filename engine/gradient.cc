#include "engine/gradient.h"

#include <algorithm>
#include <utility>

#include "engine/ancestry.h"
#include "engine/anomaly.h"
#include "engine/called.h"
#include "engine/explain.h"
#include "engine/factory.h"
#include "engine/finite_walk.h"
#include "engine/sweep.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::string_view kWho = "gradient";

Tape& tape_of_result(const Active& y) {
  if (!y.is_tracked())
    refuse(kWho,
           "y was not recorded: it was made outside the tape, under PauseRecording, by detach() or "
           "stop_gradient(), or from plain numbers only");
  Tape* tape = Tape::find_anywhere(y.epoch());
  if (!tape || !tape->owns(y.epoch(), y.id()))
    refuse(kWho, "y was recorded on a tape that no longer lives");
  tape->check_node(kWho, y.id());
  if (!y.is_scalar() && !is_floating(tape->dtype(y.id())))
    refuse(kWho, "y has dtype {}, and only f32 and f64 have gradients", tape->dtype(y.id()));
  return *tape;
}

// `position` among the x counts from 0.
template <class X>
void check_input(const Tape& tape, const X& x, std::size_t position) {
  if (!x.is_tracked())
    refuse(kWho, "x[{}] is not recorded on a tape: make it with tape.variable() before computing y",
           position);
  if (tape.owns(x.epoch(), x.id())) return;
  if (Tape::find_anywhere(x.epoch()))
    refuse(kWho, "x[{}] and y are recorded on different tapes", position);
  refuse(kWho, "x[{}] was recorded on a tape that no longer lives", position);
}

void refuse_constant(const Active& x, std::size_t position) {
  const Tape* const tape = Tape::find_anywhere(x.epoch());
  if (tape && tape->owns(x.epoch(), x.id()) && !x.is_scalar() && x.id() <= tape->size() && tape->is_constant(x.id()))
    refuse(kWho, "x[{}] {} is a constant, which takes no gradient; make it with tape.variable()",
           position, detail::called(*tape, x.id()));
}

void check_options(const GradientOptions& options) {
  if (options.create_graph && !options.retain_graph)
    refuse(kWho,
           "create_graph with retain_graph = false; derivatives of the result pass the same "
           "operations again, so these must be retained");
}

Tensor first_cotangent(const Active& y, GradientOptions& options) {
  const Tensor& tensor = y.tensor();
  if (options.cotangent.defined()) {
    if (options.cotangent.shape() != tensor.shape())
      refuse(kWho, "the cotangent has shape {}, y has shape {}", options.cotangent.shape(),
             tensor.shape());
    return std::exchange(options.cotangent, Tensor()).to(tensor.dtype());
  }
  if (tensor.size() != 1)
    refuse(kWho,
           "y has shape {}, and a gradient is taken of one number: reduce y first, or give a "
           "cotangent",
           tensor.shape());
  return ones_like(tensor);
}

void seed(Sweep& sweep, const Active& y, GradientOptions& options) {
  if (detail::watch && options.cotangent.defined()) detail::watch_cotangent(options.cotangent);
  if (y.is_scalar()) {
    if (options.cotangent.defined() && options.cotangent.size() != 1)
      refuse(kWho, "the cotangent has shape {}, y has shape ()", options.cotangent.shape());
    const double adjoint = options.cotangent.defined() ? options.cotangent.item() : 1;
    sweep.recorded() ? sweep.add(y.id(), Scalar(adjoint)) : sweep.add(y.id(), adjoint);
  } else {
    Tensor cotangent = first_cotangent(y, options);
    if (!sweep.recorded()) cotangent = sweep.tape().outward(cotangent);
    sweep.give(y.id(), std::move(cotangent));
  }
}

// A node's adjoint as a caller keeps it: recorded, or numbers of its own, row-major.
Active adjoint_of(const Sweep& sweep, NodeId id, bool recorded) {
  if (sweep.tape().is_scalar(id)) {
    if (!sweep.recorded()) return Scalar(sweep.number<double>(id));
    return recorded ? sweep.number<Scalar>(id) : Scalar(sweep.number<Scalar>(id).value());
  }
  if (recorded) return sweep.tensor(id);
  const Tensor outside = sweep.tape().outward(sweep.tensor(id));
  return outside.is_tracked() ? outside : outside.contiguous();
}

Active zero_of(const Active& x) {
  return x.is_scalar() ? Active(Scalar(0)) : Active(zeros_like(x.tensor()));
}

// The stretch of the tape from the first x to y.
struct Reach {
  NodeId first, last;
  std::vector<NodeId> targets;
};

template <class Xs>
Reach reach_of(const Tape& tape, NodeId y, const Xs& xs) {
  Reach reach{y, y, {}};
  reach.targets.reserve(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) {
    check_input(tape, xs[i], i);
    if (xs[i].id() > y) {
      tape.check_node(kWho, xs[i].id());
      continue;
    }
    reach.targets.push_back(xs[i].id());
    reach.first = std::min(reach.first, xs[i].id());
  }
  return reach;
}

// Where nothing flowed to x: an Error, unless y depends on x by rules that gave it nothing.
void refuse_apart(const Tape& tape, NodeId y, NodeId x, std::size_t position) {
  const std::string who = fmt::format("x[{}] {}", position, detail::called(tape, x));
  const GradientPath path = detail::explain(tape, y, x, who);
  if (!path.connected) raise_error(kWho, path.text);
}

// Whether something flowed to x. An adjoint of 0 may mean that nothing could.
bool is_linked(Sweep& sweep, const Active& x) {
  if (!x.is_scalar()) return sweep.active(x.id()) && sweep.tensor(x.id()).defined();
  const double adjoint =
      sweep.recorded() ? sweep.number<Scalar>(x.id()).value() : sweep.number<double>(x.id());
  return adjoint != 0 || sweep.is_linked();
}

// A plain walk of a tape that has scalars alone. False, and no slopes, where there is more to it:
// tensors, a watch, or an x that nothing came to, for which a reason must be found.
bool walked_plainly(Tape& tape, NodeId y, std::span<const Scalar> xs, double* slopes) {
  detail::TapeStorage& storage = tape.storage();
  if (storage.has_tensors || detail::watch) return false;
  NodeId first = y, latest = 0;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    check_input(tape, xs[i], i);
    first = std::min(first, xs[i].id());
    latest = std::max(latest, xs[i].id());
  }
  if (latest > y) return false;
  storage.adjoints.reset(first, y, storage.values.capacity());
  double* const adjoints = storage.adjoints.data();
  adjoints[y] = 1;
  detail::walk_scalars(storage, first, y, adjoints);
  bool flowed = true;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    slopes[i] = adjoints[xs[i].id()];
    flowed &= slopes[i] != 0;
  }
  return flowed;
}

// Runs a sweep by f(sweep, options) over the targets. Where a vjp differentiates its adjoints, a
// sweep that was not to be recorded is run again, recorded, and what it recorded is forgotten.
template <class F>
auto swept(Tape& tape, const Active& y, NodeId first, std::span<const NodeId> targets,
           GradientOptions options, F&& f) {
  const auto run = [&](Sweep& sweep, GradientOptions& given, bool release) {
    seed(sweep, y, given);
    if (!targets.empty() && sweep.active(y.id())) sweep.run(release);
  };
  // Paused or stopped, nothing is recorded.
  const bool recorded = options.create_graph && recording_tape();
  {
    Sweep sweep(tape, first, y.id(), targets, recorded);
    if (recorded || !sweep.may_be_recorded()) {
      run(sweep, options, !options.retain_graph);
      return f(sweep, recorded);
    }
    try {
      GradientOptions copy = options;
      run(sweep, copy, false);
      if (!options.retain_graph) sweep.release();
      return f(sweep, false);
    } catch (const detail::SweepNotRecorded&) {
    }
  }
  const TapeMark mark = tape.mark();
  auto result = [&] {
    Sweep sweep(tape, first, y.id(), targets, true);
    run(sweep, options, false);
    if (!options.retain_graph) sweep.release();
    return f(sweep, false);
  }();
  tape.rewind(mark);
  return result;
}

void numbers_of(const Active& y, std::span<const Scalar> xs, double* slopes) {
  Tape& tape = tape_of_result(y);
  if (walked_plainly(tape, y.id(), xs, slopes)) return;
  const NodeId last = y.id();
  const Reach reach = reach_of(tape, last, xs);
  swept(tape, y, reach.first, reach.targets, {}, [&](Sweep& sweep, bool) {
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const NodeId id = xs[i].id();
      slopes[i] = id > last ? 0 : adjoint_of(sweep, id, false).scalar().value();
      if (slopes[i] == 0 && (id > last || !sweep.is_linked())) refuse_apart(tape, last, id, i);
    }
    return true;
  });
}

std::vector<Active> finite_gradients(const Tape& tape, const Active& y,
                                     const std::vector<Active>& xs, const GradientOptions& options,
                                     NodeId first) {
  if (options.create_graph)
    refuse(kWho, "create_graph with drop_nonfinite; a recorded walk keeps all partials");
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (!xs[i].is_scalar())
      refuse(kWho, "drop_nonfinite with x[{}], a tensor; it goes through statements of scalars", i);
  if (!y.is_scalar())
    refuse(kWho, "drop_nonfinite with y, a tensor; it goes through statements of scalars");
  const double seed = options.cotangent.defined() ? options.cotangent.item() : 1;
  const detail::FiniteWalk walk = detail::finite_walk(tape, first, y.id(), seed);
  std::vector<Active> results;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const NodeId id = xs[i].id();
    const bool reached = id <= y.id() && walk.reached[id - first];
    if (!reached && !options.allow_unused) refuse_apart(tape, y.id(), id, i);
    results.push_back(Scalar(reached ? walk.adjoints[id - first] : 0));
  }
  return results;
}

}  // namespace

std::vector<Active> gradients(const Active& y, const std::vector<Active>& xs,
                              const GradientOptions& options) {
  for (std::size_t i = 0; i < xs.size(); ++i) refuse_constant(xs[i], i);
  return detail::consume_gradients(y, xs, options);
}

std::vector<Active> detail::consume_gradients(const Active& y, const std::vector<Active>& xs,
                                              GradientOptions options) {
  check_options(options);
  if (!y.is_tracked() && options.allow_unused) {  // a number that depends on nothing
    std::vector<Active> zeros;
    for (const Active& x : xs) zeros.push_back(zero_of(x));
    return zeros;
  }
  Tape& tape = tape_of_result(y);
  const NodeId last = y.id();
  const Reach reach = reach_of(tape, last, xs);
  if (options.drop_nonfinite) return finite_gradients(tape, y, xs, options, reach.first);
  const bool allow_unused = options.allow_unused;
  return swept(tape, y, reach.first, reach.targets, std::move(options),
               [&](Sweep& sweep, bool recorded) {
                 std::vector<Active> results;
                 results.reserve(xs.size());
                 for (std::size_t i = 0; i < xs.size(); ++i) {
                   const NodeId id = xs[i].id();
                   const bool linked = id <= last && is_linked(sweep, xs[i]);
                   if (!linked && !allow_unused) refuse_apart(tape, last, id, i);
                   results.push_back(linked ? adjoint_of(sweep, id, recorded) : zero_of(xs[i]));
                 }
                 return results;
               });
}

std::vector<Adjoint> adjoints(const Active& y, const GradientOptions& options) {
  check_options(options);
  Tape& tape = tape_of_result(y);
  std::vector<NodeId> targets;
  for (NodeId id : Ancestry(tape, y.id()).ids())
    if (is_floating(tape.dtype(id)) && !tape.is_constant(id)) targets.push_back(id);
  if (targets.empty()) return {};
  return swept(tape, y, targets.front(), targets, options, [&](Sweep& sweep, bool recorded) {
    std::vector<Adjoint> results;
    for (NodeId id : targets)
      if (tape.is_scalar(id) || sweep.tensor(id).defined())
        results.push_back({id, adjoint_of(sweep, id, recorded)});
    return results;
  });
}

Tensor gradient(const Active& y, const Tensor& x, const GradientOptions& options) {
  return gradients(y, {x}, options)[0].tensor();
}

double gradient(const Active& y, Scalar x) {
  double slope = 0;
  numbers_of(y, {&x, 1}, &slope);
  return slope;
}

Scalar gradient(const Active& y, Scalar x, const GradientOptions& options) {
  return gradients(y, {x}, options)[0].scalar();
}

std::vector<Tensor> gradient(const Active& y, const std::vector<Tensor>& xs,
                             const GradientOptions& options) {
  std::vector<Tensor> results;
  for (const Active& result : gradients(y, {xs.begin(), xs.end()}, options))
    results.push_back(result.tensor());
  return results;
}

std::vector<double> gradient(const Active& y, const std::vector<Scalar>& xs) {
  std::vector<double> slopes(xs.size());
  numbers_of(y, xs, slopes.data());
  return slopes;
}

std::vector<Scalar> gradient(const Active& y, const std::vector<Scalar>& xs,
                             const GradientOptions& options) {
  std::vector<Scalar> results;
  for (const Active& result : gradients(y, {xs.begin(), xs.end()}, options))
    results.push_back(result.scalar());
  return results;
}

}  // namespace tapestry
