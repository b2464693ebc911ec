#include "engine/grad/transform.h"

#include "engine/grad/accumulate.h"
#include "engine/tape/apply.h"
#include "engine/tape/pushforward.h"
#include "engine/tensor/escapes.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/random.h"

namespace tapestry {
using namespace detail;
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

std::pair<Tensor, Function> vjp(const Function& f, const Tensor& x, Site site) {
  const CallSite call(site);
  detail::require_function("vjp", f);
  const auto tape = std::make_shared<Tape>();
  const Tensor tracked = tape->variable(x, {}, site);
  const Tensor y = detail::call_for("vjp", *tape, f, tracked);
  const Tensor value = tape->outer_value(y);
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
    result.first.push_back(tape.outer_value(y));
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
    result.first.push_back(tape.outer_value(y));
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
}  // namespace tapestry
