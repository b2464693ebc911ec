#include "engine/transform.h"

#include "engine/accumulate.h"
#include "engine/apply.h"
#include "engine/departures.h"
#include "engine/factory.h"
#include "engine/pushforward.h"
#include "engine/random.h"

namespace tapestry {
using namespace detail;
namespace {

struct StopGradient {
  static constexpr std::string_view name = "stop_gradient";
  static constexpr int arity = 1;
  static constexpr bool elementwise = true;
  static constexpr bool not_differentiable = true;
  // A handle of its own, of which the tape remembers that it came from here.
  static Tensor forward(Inputs in) { return in[0].view(in[0].shape(), in[0].strides()); }
};

}  // namespace

std::vector<Tensor> detail::pull_back(Tape& tape, const Tensor& y, const std::vector<Tensor>& xs,
                                      GradientOptions options) {
  if (!options.cotangent.defined() && y.size() != 1)
    refuse("grad", "the function's value has shape {}, and a gradient is taken of one number",
           y.shape());
  options.allow_unused = true;
  if (tape.owns(y) && is_floating(y.dtype())) {
    std::vector<Tensor> results;
    for (const Active& result : consume_gradients(y, {xs.begin(), xs.end()}, std::move(options)))
      results.push_back(result.tensor());
    return results;
  }
  std::vector<Tensor> zeros;
  for (const Tensor& x : xs) zeros.push_back(zeros_like(x));
  return zeros;
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

std::pair<Tensor, Function> vjp(const Function& f, const Tensor& x, Site site) {
  const CallSite call(site);
  detail::require_function("vjp", f);
  const auto tape = std::make_shared<Tape>();
  const Tensor tracked = tape->variable(x, {}, site);
  const Tensor y = detail::call_for("vjp", *tape, f, tracked);
  const Tensor value = tape->outward(y);
  tape->stop();
  return {value, [tape, tracked, y, site](const Tensor& cotangent) {
            const CallSite pulling(site);
            if (cotangent.shape() != y.shape())
              refuse("vjp", "the cotangent has shape {}, the value {}", cotangent.shape(),
                     y.shape());
            const std::shared_ptr<Tape> held = tape;  // a hook may destroy this function
            return detail::pull_back(*held, Tensor(y), {tracked}, {.cotangent = cotangent})[0];
          }};
}

namespace {

using Results = std::pair<std::vector<Tensor>, std::vector<Tensor>>;

Results push_forward(const FunctionOfMany& f, const std::vector<Tensor>& xs,
                     const std::vector<Tensor>& vs, Site site) {
  Tape tape(TapeOptions{.carry_tangents = true});
  std::vector<Tensor> tracked;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    tracked.push_back(tape.variable(xs[i], {}, site));
    tape.set_tangent(tracked.back(), vs[i].to(xs[i].dtype()));
  }
  Results result;
  for (const Tensor& y : detail::call_for("jvp", tape, f, tracked)) {
    const Tensor& tangent = tape.tangent(y);
    result.second.push_back(tangent.defined() ? tangent : zeros_like(y));
    result.first.push_back(tape.outward(y));
  }
  return result;
}

// The same by reverse mode: a gradient is linear in the cotangent, and the transpose of that map is
// the derivative along v. The cotangent may be any; one of no pattern shows rules everything.
Results push_by_gradients(const FunctionOfMany& f, const std::vector<Tensor>& xs,
                          const std::vector<Tensor>& vs, Site site) {
  Tape tape;
  std::vector<Tensor> tracked;
  for (const Tensor& x : xs) tracked.push_back(tape.variable(x, {}, site));
  Results result;
  Rng rng(1);
  for (const Tensor& y : detail::call_for("jvp", tape, f, tracked)) {
    Tensor tangent;
    if (tape.owns(y) && is_floating(y.dtype())) {
      const Tensor cotangent = tape.variable(randn(y.shape(), rng, y.dtype()));
      const std::vector<Tensor> pulled = gradient(
          y, tracked, {.create_graph = true, .allow_unused = true, .cotangent = cotangent});
      for (std::size_t i = 0; i < xs.size(); ++i)
        if (tape.owns(pulled[i]))
          accumulate(tangent,
                     gradient(pulled[i], cotangent, {.allow_unused = true, .cotangent = vs[i]}));
    }
    result.second.push_back(tangent.defined() ? tangent : zeros_like(y));
    result.first.push_back(tape.outward(y));
  }
  return result;
}

}  // namespace

// Where a tangent does not exist of which the results are made, theirs may: reverse mode looks at
// both.
std::pair<std::vector<Tensor>, std::vector<Tensor>> jvp(const FunctionOfMany& f,
                                                        const std::vector<Tensor>& xs,
                                                        const std::vector<Tensor>& vs, Site site) {
  const CallSite call(site);
  detail::require_function("jvp", f);
  if (xs.size() != vs.size()) refuse("jvp", "{} tangents for {} arguments", vs.size(), xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (vs[i].shape() != xs[i].shape())
      refuse("jvp", "the tangent has shape {}, its argument {}", vs[i].shape(), xs[i].shape());
  try {
    return push_forward(f, xs, vs, site);
  } catch (const detail::NoTangent&) {
    return push_by_gradients(f, xs, vs, site);
  }
}

std::pair<Tensor, Tensor> jvp(const Function& f, const Tensor& x, const Tensor& v, Site site) {
  const CallSite call(site);
  detail::require_function("jvp", f);
  auto [values, tangents] =
      jvp([&](const std::vector<Tensor>& xs) { return std::vector{f(xs[0])}; }, std::vector{x},
          std::vector{v}, site);
  return {values[0], tangents[0]};
}

// A tape that observes follows the result; for the others it is plain numbers.
Tensor stop_gradient(const Tensor& x, Site site) {
  const CallSite call(site);
  if (!recording_tape() || !x.is_tracked()) return detach(x);
  Tensor known = apply<StopGradient>({&x});
  while (known.is_tracked()) {
    const Tape& tape = tape_of(StopGradient::name, known);
    if (tape.observes()) return known;
    known = tape.outward(known);
  }
  // Whoever watches takes a body of its own for numbers of nobody.
  return detail::departures ? known.view(known.shape(), known.strides()) : known;
}

}  // namespace tapestry
