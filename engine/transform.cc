#include "engine/transform.h"

#include "engine/apply.h"
#include "engine/factory.h"

namespace tapestry {
namespace {

struct StopGradient {
  static constexpr std::string_view name = "stop_gradient";
  static constexpr int arity = 1;
  static constexpr bool elementwise = true;
  static constexpr bool not_differentiable = true;
  static Tensor forward(Inputs in) { return detach(in[0]); }
};

}  // namespace

std::vector<Tensor> detail::pull_back(Tape& tape, const Tensor& y, const std::vector<Tensor>& xs,
                                      const Tensor& cotangent) {
  if (tape.owns(y) && is_floating(y.dtype()))
    return gradient(y, xs, {.allow_unused = true, .cotangent = cotangent});
  if (!cotangent.defined() && y.size() != 1)
    refuse("gradient", "the function's value has shape {}; a gradient is taken of one number",
           y.shape());
  std::vector<Tensor> zeros;
  for (const Tensor& x : xs) zeros.push_back(zeros_like(x));
  return zeros;
}

std::pair<Tensor, Function> vjp(const Function& f, const Tensor& x) {
  const auto tape = std::make_shared<Tape>();
  const Tensor tracked = tape->variable(x);
  const Tensor y = f(tracked);
  const Tensor value = tape->outward(y);
  tape->stop();
  return {value, [tape, tracked, y](const Tensor& cotangent) {
            if (cotangent.shape() != y.shape())
              refuse("vjp", "the cotangent has shape {}, the value {}", cotangent.shape(),
                     y.shape());
            return detail::pull_back(*tape, y, {tracked}, cotangent)[0];
          }};
}

std::pair<std::vector<Tensor>, std::vector<Tensor>> jvp(const FunctionOfMany& f,
                                                        const std::vector<Tensor>& xs,
                                                        const std::vector<Tensor>& vs) {
  if (xs.size() != vs.size()) refuse("jvp", "{} tangents for {} arguments", vs.size(), xs.size());
  Tape tape(TapeOptions{.carry_tangents = true});
  std::vector<Tensor> tracked;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (vs[i].shape() != xs[i].shape())
      refuse("jvp", "the tangent has shape {}, its argument {}", vs[i].shape(), xs[i].shape());
    tracked.push_back(tape.variable(xs[i]));
    tape.set_tangent(tracked.back(), vs[i].to(xs[i].dtype()));
  }
  std::pair<std::vector<Tensor>, std::vector<Tensor>> result;
  for (const Tensor& y : f(tracked)) {
    const Tensor& tangent = tape.tangent(y);
    result.second.push_back(tangent.defined() ? tangent : zeros_like(y));
    result.first.push_back(tape.outward(y));
  }
  return result;
}

std::pair<Tensor, Tensor> jvp(const Function& f, const Tensor& x, const Tensor& v) {
  auto [values, tangents] =
      jvp([&](const std::vector<Tensor>& xs) { return std::vector{f(xs[0])}; }, std::vector{x},
          std::vector{v});
  return {values[0], tangents[0]};
}

// Only a tape that observes needs to know of it.
Tensor stop_gradient(const Tensor& x) {
  if (!recording_tape()) return detach(x);
  Tensor known = x;
  while (known.is_tracked()) {
    Tape& tape = tape_of("stop_gradient", known.epoch());
    if (tape.observes()) {
      const ResumeRecording here(&tape);
      return apply<StopGradient>({&known});
    }
    known = tape.outward(known);
  }
  return known;
}

}  // namespace tapestry
