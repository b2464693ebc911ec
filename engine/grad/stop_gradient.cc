#include "engine/grad/stop_gradient.h"

#include "engine/tape/apply.h"

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

Tensor stop_gradient(const Tensor& x, Site site) {
  const CallSite call(site);
  if (!recording_tape() || !x.is_tracked()) return detach(x);
  Tensor known = apply<StopGradient>({&x});
  while (known.is_tracked()) {
    const Tape& tape = tape_of(StopGradient::name, known);
    if (tape.observes()) return known;
    known = tape.outer_value(known);
  }
  // Return a fresh view, so that an active escape watch does not attribute these values to x.
  return detail::context.escapes ? known.view(known.shape(), known.strides()) : known;
}

}  // namespace tapestry
