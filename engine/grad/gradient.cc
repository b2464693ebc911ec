#include "engine/grad/gradient.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/grad/explain.h"
#include "engine/grad/finite_sweep.h"
#include "engine/grad/plain_sweep.h"
#include "engine/grad/sweep.h"
#include "engine/graph/ancestry.h"
#include "engine/tape/anomaly.h"
#include "engine/tape/called.h"
#include "engine/tape/captures.h"
#include "engine/tensor/factory.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::string_view kWho = "gradient";

Tape& tape_of_result(const Active& y) {
  if (!y.is_tracked())
    refuse(kWho,
           "y was not recorded: it was made outside the tape, under PauseRecording, by detach() or "
           "stop_gradient(), by a gradient without create_graph, or from plain numbers only");
  Tape* tape = Tape::find_anywhere(y.epoch());
  if (!tape || !tape->owns(y.epoch(), y.id()))
    refuse(kWho, "y was recorded on a tape that no longer lives or was cleared");
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
  refuse(kWho, "x[{}] was recorded on a tape that no longer lives or was cleared", position);
}

void refuse_constant(const Active& x, std::size_t position) {
  const Tape* const tape = Tape::find_anywhere(x.epoch());
  if (tape && tape->owns(x.epoch(), x.id()) && !x.is_scalar() && x.id() <= tape->size() &&
      tape->is_constant(x.id()))
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
  if (detail::context.anomaly_watch && options.cotangent.defined())
    detail::watch_cotangent(options.cotangent);
  if (y.is_scalar()) {
    if (options.cotangent.defined() && options.cotangent.size() != 1)
      refuse(kWho, "the cotangent has shape {}, y has shape ()", options.cotangent.shape());
    const double adjoint = options.cotangent.defined() ? options.cotangent.item() : 1;
    sweep.recorded() ? sweep.add(y.id(), Scalar(adjoint)) : sweep.add(y.id(), adjoint);
  } else {
    Tensor cotangent = first_cotangent(y, options);
    if (!sweep.recorded()) cotangent = sweep.tape().outer_value(cotangent);
    sweep.give(y.id(), std::move(cotangent));
  }
}

// A node's adjoint as a caller keeps it: recorded, or numbers of its own, row-major.
Active adjoint_at(const Sweep& sweep, NodeId id, bool recorded) {
  if (sweep.tape().is_scalar(id)) {
    if (!sweep.recorded()) return Scalar(sweep.number<double>(id));
    return recorded ? sweep.number<Scalar>(id) : Scalar(sweep.number<Scalar>(id).value());
  }
  if (recorded) return sweep.tensor(id);
  const Tensor outside = sweep.tape().outer_value(sweep.tensor(id));
  return outside.is_tracked() ? outside : outside.contiguous();
}

Active zero_of(const Active& x) {
  return x.is_scalar() ? Active(Scalar(0)) : Active(zeros_like(x.tensor()));
}

// Zero where nothing came to x.
Active adjoint_of(const Sweep& sweep, const Active& x, bool recorded) {
  const bool came = x.is_scalar() ? sweep.active(x.id()) : sweep.tensor(x.id()).defined();
  return came ? adjoint_at(sweep, x.id(), recorded) : zero_of(x);
}

// The nodes that are asked for; those after y have nothing to do with it.
template <class Xs>
std::vector<NodeId> targets_of(const Tape& tape, NodeId y, const Xs& xs) {
  std::vector<NodeId> targets;
  targets.reserve(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) {
    check_input(tape, xs[i], i);
    tape.check_node(kWho, xs[i].id());
    if (xs[i].id() <= y) targets.push_back(xs[i].id());
  }
  return targets;
}

[[noreturn]] void refuse_apart(const Tape& tape, NodeId y, NodeId x, std::size_t position) {
  const std::string who = fmt::format("x[{}] {}", position, detail::called(tape, x));
  raise_error(kWho, detail::explain(tape, y, x, who).text);
}

// Whether y is made of what a sweep recorded. Whether a derivative depends on a scalar is a matter
// of numbers: what meets an adjoint of 0 is not recorded.
bool is_of_derivatives(const Tape& tape, NodeId y) {
  const auto& sweeps = tape.storage().recorded_sweeps;
  if (sweeps.empty() || y < sweeps.front().first) return false;
  const Ancestry ancestry(tape, y);
  return std::any_of(ancestry.ids().begin(), ancestry.ids().end(), [&](NodeId id) {
    const auto after = std::partition_point(sweeps.begin(), sweeps.end(),
                                            [&](const auto& one) { return one.second < id; });
    return after != sweeps.end() && after->first <= id;
  });
}

template <class Xs>
void check_linked(const Tape& tape, NodeId y, const Xs& xs, const detail::NodeSet& part) {
  std::optional<bool> of_derivatives;  // found out once, where it matters
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (part.contains(xs[i].id())) continue;
    if (tape.is_scalar(xs[i].id())) {
      if (!of_derivatives) of_derivatives = is_of_derivatives(tape, y);
      if (*of_derivatives) continue;
    }
    refuse_apart(tape, y, xs[i].id(), i);
  }
}

std::vector<Active> finite_gradients(const Tape& tape, const Active& y,
                                     const std::vector<Active>& xs, std::span<const NodeId> targets,
                                     const GradientOptions& options) {
  if (options.create_graph)
    refuse(kWho, "create_graph with drop_nonfinite; a recorded sweep keeps all partials");
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (!xs[i].is_scalar())
      refuse(kWho, "drop_nonfinite with x[{}], a tensor; it goes through statements of scalars", i);
  if (!y.is_scalar())
    refuse(kWho, "drop_nonfinite with y, a tensor; it goes through statements of scalars");
  const double seed = options.cotangent.defined() ? options.cotangent.item() : 1;
  NodeId first = y.id();
  for (NodeId id : targets) first = std::min(first, id);
  const detail::FiniteSweep sweep = detail::finite_sweep(tape, first, y.id(), seed);
  std::vector<Active> results;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const NodeId id = xs[i].id();
    const bool reached = id <= y.id() && sweep.reached[id - first];
    if (!reached && !options.allow_unused) refuse_apart(tape, y.id(), id, i);
    results.push_back(Scalar(reached ? sweep.adjoints[id - first] : 0));
  }
  return results;
}

// What is recorded while it lives is forgotten after it, also where the tape is in use. A hook may
// have destroyed the tape.
class Forgotten {
 public:
  explicit Forgotten(const Tape& tape) : epoch_(tape.epoch()), mark_(tape.mark()) {}
  ~Forgotten() {
    if (Tape* const tape = Tape::find_anywhere(epoch_)) tape->storage().rewind(mark_);
  }
  Forgotten(const Forgotten&) = delete;
  Forgotten& operator=(const Forgotten&) = delete;

 private:
  Epoch epoch_;
  TapeMark mark_;
};

// What f(sweep, recorded) makes of a sweep from y to the targets, once check(sweep) let it pass.
// Where a vjp differentiates its adjoints, a sweep that was not to be recorded is run again,
// recorded, and what it recorded is forgotten.
template <class Check, class F>
auto swept(Tape& tape, const Active& y, std::span<const NodeId> targets, GradientOptions options,
           Check&& check, F&& f) {
  // Paused or stopped, nothing is recorded.
  const bool recorded = options.create_graph && recording_tape();
  {
    Sweep sweep(tape, y.id(), targets, recorded);
    check(sweep);
    if (recorded || !tape.storage().differentiates_adjoints) {
      seed(sweep, y, options);
      sweep.run(!options.retain_graph);
      return f(sweep, recorded);
    }
    try {
      GradientOptions copy = options;
      seed(sweep, y, copy);
      sweep.run();
      if (!options.retain_graph) sweep.release();
      return f(sweep, false);
    } catch (const detail::SweepNotRecorded&) {
    }
  }
  const Forgotten forgotten(tape);
  Sweep sweep(tape, y.id(), targets, true);
  seed(sweep, y, options);
  sweep.run();
  if (!options.retain_graph) sweep.release();
  return f(sweep, false);
}

// A tape that has scalars alone, and no watcher. The partials are plain numbers.
void sweep_scalars(Tape& tape, NodeId y, std::span<const Scalar> xs, double* partials) {
  for (std::size_t i = 0; i < xs.size(); ++i) {
    check_input(tape, xs[i], i);
    if (xs[i].id() > y) tape.check_node(kWho, xs[i].id());
  }
  detail::TapeStorage& storage = tape.storage();
  detail::sweep_plainly<double>(storage, y, 1, xs);
  // A partial of 0 may mean that there is no way.
  if (!detail::read_partials<double>(storage, y, xs, partials))
    check_linked(tape, y, xs, detail::reach_of(tape, {&y, 1}, targets_of(tape, y, xs)));
}

}  // namespace

void detail::numbers_of(const Active& y, std::span<const Scalar> xs, double* partials) {
  const CallSite call(y.site());
  Tape& tape = tape_of_result(y);
  if (!tape.storage().has_tensors && !context.anomaly_watch)
    return sweep_scalars(tape, y.id(), xs, partials);
  const std::vector<Active> results = consume_gradients(y, {xs.begin(), xs.end()}, {});
  for (std::size_t i = 0; i < xs.size(); ++i) partials[i] = results[i].scalar().value();
}

std::vector<Active> gradients(const Active& y, const std::vector<Active>& xs,
                              const GradientOptions& options) {
  const CallSite call(y.site());
  for (std::size_t i = 0; i < xs.size(); ++i) refuse_constant(xs[i], i);
  return detail::consume_gradients(y, xs, options);
}

std::vector<Active> detail::consume_gradients(const Active& y, const std::vector<Active>& xs,
                                              GradientOptions options) {
  const CallSite call(y.site());
  check_options(options);
  y.is_scalar() ? note_captured(y.scalar()) : note_captured(y.tensor());
  if (!y.is_tracked() && options.allow_unused) {  // a number that depends on nothing
    std::vector<Active> zeros;
    for (const Active& x : xs) zeros.push_back(zero_of(x));
    return zeros;
  }
  Tape& tape = tape_of_result(y);
  const NodeId last = y.id();
  const std::vector<NodeId> targets = targets_of(tape, last, xs);
  if (options.drop_nonfinite) return finite_gradients(tape, y, xs, targets, options);
  const bool allow_unused = options.allow_unused;
  return swept(
      tape, y, targets, std::move(options),
      [&](const Sweep& sweep) {
        if (!allow_unused) check_linked(tape, last, xs, sweep.part());
      },
      [&](const Sweep& sweep, bool recorded) {
        std::vector<Active> results;
        results.reserve(xs.size());
        for (const Active& x : xs) results.push_back(adjoint_of(sweep, x, recorded));
        return results;
      });
}

std::vector<Adjoint> adjoints(const Active& y, const GradientOptions& options) {
  const CallSite call(y.site());
  check_options(options);
  Tape& tape = tape_of_result(y);
  std::vector<NodeId> targets;
  for (NodeId id : Ancestry(tape, y.id()).ids())
    if (is_floating(tape.dtype(id)) && !tape.is_constant(id)) targets.push_back(id);
  if (targets.empty()) return {};
  return swept(
      tape, y, targets, options, [](const Sweep&) {},
      [&](const Sweep& sweep, bool recorded) {
        std::vector<Adjoint> results;
        for (NodeId id : targets)
          if (tape.is_scalar(id) || sweep.tensor(id).defined())
            results.push_back({id, adjoint_at(sweep, id, recorded)});
        return results;
      });
}

Tensor gradient(const Active& y, const Tensor& x, const GradientOptions& options) {
  return gradients(y, {x}, options)[0].tensor();
}

double gradient(const Active& y, Scalar x) {
  double partial = 0;
  detail::numbers_of(y, {&x, 1}, &partial);
  return partial;
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
  std::vector<double> partials(xs.size());
  detail::numbers_of(y, xs, partials.data());
  return partials;
}

std::vector<Scalar> gradient(const Active& y, const std::vector<Scalar>& xs,
                             const GradientOptions& options) {
  std::vector<Scalar> results;
  for (const Active& result : gradients(y, {xs.begin(), xs.end()}, options))
    results.push_back(result.scalar());
  return results;
}

}  // namespace tapestry
