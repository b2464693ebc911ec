#include "engine/grad/checkpoint.h"

#include <algorithm>

#include "engine/grad/closure.h"
#include "engine/tape/callback.h"
#include "engine/tape/nesting.h"
#include "engine/tensor/draws.h"
#include "engine/tensor/escapes.h"

namespace tapestry {

using namespace detail;
namespace {

// Operands are the argument, then what the function captured.
struct Checkpoint : ClosureOp {
  static constexpr std::string_view name = "checkpoint";
  static constexpr SaveMask saves(int) { return kSaveInputs; }
  struct Computation {
    std::shared_ptr<const Function> f;
    Draws draws;
  };
  struct Attributes {
    const Computation* computation;
  };
  // The operand that a captured tensor is, the argument among them, on this tape or by what tapes
  // around follow; operand_count() when none is.
  static int operand_that_is(const Pullback& p, const Tensor& captured) {
    for (const auto& same : {&same_node, &detail::same_outside})
      for (int i = 0; i < p.operand_count(); ++i)
        if (same(p.node().saved_operand(i), captured)) return i;
    return p.operand_count();
  }
  static void vjp(Pullback& p) {
    Tape inner(TapeOptions{.adopt = true});
    const Tensor x = operand(p, 0);
    const Tensor tracked = is_floating(x.dtype()) ? inner.variable(x) : x;
    Tensor y;
    {
      const Computation& computation = *p.attributes<Attributes>().computation;
      const RepeatDraws same(name, computation.draws);
      y = detail::call_for(name, inner, *computation.f, tracked);
    }
    inner.stop();
    if (!inner.owns(y)) return;
    // Every leaf that stands for an operand of this node.
    std::vector<Tensor> leaves;
    std::vector<int> stands_for;
    if (inner.owns(tracked) && p.wants(0)) {
      leaves.push_back(tracked);
      stands_for.push_back(0);
    }
    for (NodeId id : inner.captured()) {
      const Tensor& outside = inner.outer_value(id);
      if ((inner.owns(tracked) && id == tracked.id()) || !is_floating(outside.dtype())) continue;
      const int i = operand_that_is(p, outside);
      if (i == p.operand_count() || !p.wants(i)) continue;
      leaves.push_back(outside.tracked_as(inner.epoch(), id));
      stands_for.push_back(i);
    }
    const std::vector<Tensor> adjoints = detail::pull_back(
        inner, y, leaves, {.cotangent = p.take_cotangent(), .retain_graph = false});
    for (std::size_t k = 0; k < leaves.size(); ++k) p.give(stands_for[k], adjoints[k]);
  }
};

bool forward_mode() {
  for (Tape* t = recording_tape(); t; t = t->outer())
    if (t->carries_tangents()) return true;
  return false;
}

}  // namespace

Function checkpoint(Function f, Site site) {
  static constexpr std::string_view kWho = Checkpoint::name;
  {
    const CallSite making(site);
    detail::require_function(kWho, f);
  }
  return [f = std::make_shared<const Function>(std::move(f)), site](const Tensor& x) {
    const CallSite call(site);
    // Forward mode keeps nothing anyway.
    if (!recording_tape() || forward_mode())
      return detail::call_back("the function of checkpoint", *f, x);
    std::vector<Tensor> operands{x};
    auto computation = std::make_shared<Checkpoint::Computation>();
    computation->f = f;
    Tensor value;
    {
      Tape observer(TapeOptions{.observe_only = true});
      const Tensor tracked = is_floating(x.dtype()) ? observer.variable(x) : x;
      const detail::WatchEscapes watch;
      const NoteDraws noting(computation->draws);
      const Tensor y = detail::call_for(kWho, observer, *f, tracked);
      if (!watch.outer_scalar.empty())
        refuse(kWho,
               "the function captures a scalar that a tape follows, {}, which cannot be followed "
               "when it is computed again; use a tensor of rank 0",
               watch.outer_scalar);
      if (!observer.owns(y)) return y;
      value = detach(y);
      for (NodeId id : observer.captured()) {
        const Tensor& outside = observer.outer_value(id);
        const bool known =
            std::any_of(operands.begin(), operands.end(),
                        [&](const Tensor& operand) { return same_node(operand, outside); });
        if (!known) operands.push_back(outside);
      }
    }
    return record_closure<Checkpoint>(std::shared_ptr<const Checkpoint::Computation>(computation),
                                      operands, value);
  };
}

namespace {

Function composed(std::vector<Function> functions) {
  return [functions = std::move(functions)](const Tensor& x) {
    Tensor y = x;
    for (const Function& f : functions) y = f(y);
    return y;
  };
}

// How many functions go into each segment. While segment k is differentiated, k borders before it
// are held and what lies within it; every function goes where this is least.
std::vector<std::ptrdiff_t> segment_lengths(std::ptrdiff_t functions, std::size_t segments) {
  std::vector<std::ptrdiff_t> lengths(segments, 1);
  const auto held = [&](std::size_t k) { return static_cast<std::ptrdiff_t>(k) + lengths[k]; };
  for (auto rest = functions - static_cast<std::ptrdiff_t>(segments); rest > 0; --rest) {
    std::size_t least = 0;
    for (std::size_t k = 1; k < segments; ++k)
      if (held(k) < held(least)) least = k;
    ++lengths[least];
  }
  return lengths;
}

}  // namespace

Function checkpoint_sequential(std::vector<Function> functions, std::int64_t segments, Site site) {
  const CallSite call(site);
  if (segments < 1 || segments > std::ssize(functions))
    refuse("checkpoint_sequential",
           "{} segments of {} functions; there must be at least one, and each needs a function",
           segments, functions.size());
  for (const Function& f : functions)
    detail::require_function("checkpoint_sequential", f, "one of the functions");
  std::vector<Function> parts;
  auto next = functions.begin();
  for (std::ptrdiff_t length :
       segment_lengths(std::ssize(functions), static_cast<std::size_t>(segments))) {
    Function part = composed({next, next + length});
    next += length;
    parts.push_back(next == functions.end() ? std::move(part) : checkpoint(std::move(part), site));
  }
  return composed(std::move(parts));
}

}  // namespace tapestry
