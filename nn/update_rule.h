// How an optimizer changes a parameter: a rule p = rule(p, g, state) that is one text over N. Over
// tensors it is recorded, when a tape follows the step; over single numbers it runs in one pass
// over memory, when none does. Both make the same operations in the same order.
#pragma once

#include <array>
#include <type_traits>

#include "nn/parameter.h"
#include "ops/elementwise/update.h"

namespace tapestry::nn::detail {

// A setting of the optimizer as a rule over N multiplies by it.
template <class N>
auto setting(const Scalar& s) {
  if constexpr (std::is_arithmetic_v<N>)
    return static_cast<N>(s.value());
  else
    return s;
}

// What the recording tape does not know any more is plain numbers.
template <class Handle>
Handle current(const Handle& x) {
  const Tape* const tape = recording_tape();
  return tape && tape->owns(x) ? x : detach(x);
}

// Changes the parameter by g, of its shape, and the states. A state that is not defined() begins
// as 0.
template <std::size_t N, class Rule>
void update(Parameter& parameter, const Tensor& g, const std::array<Tensor*, N>& state,
            const Rule& rule, bool followed) {
  const DType dtype = parameter.value().dtype();
  const Tensor gradient = current(g).to(dtype);
  for (Tensor* s : state)
    if (s->defined()) *s = current(*s).to(dtype);
  if (!followed) {
    for (Tensor* s : state)
      if (s->defined()) *s = detach(std::move(*s));
    return change(parameter,
                  [&](Tensor& value) { update_numbers(value, detach(gradient), state, rule); });
  }
  std::array<Tensor, N + 1> numbers;
  for (std::size_t k = 0; k != N; ++k)
    numbers[k] = state[k]->defined() ? *state[k] : zeros(gradient.shape(), dtype);
  const Tensor p = rule(parameter.tensor(), gradient, numbers.data());
  for (std::size_t k = 0; k != N; ++k) *state[k] = numbers[k];
  parameter.set(p);
}

// Calls f.operator()<flags...>().
template <bool... known, class F>
auto with_flags(const F& f) {
  return f.template operator()<known...>();
}
template <bool... known, class F, class... Flags>
auto with_flags(const F& f, bool flag, Flags... flags) {
  return flag ? with_flags<known..., true>(f, flags...) : with_flags<known..., false>(f, flags...);
}

}  // namespace tapestry::nn::detail
