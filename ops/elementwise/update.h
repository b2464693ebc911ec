// A rule by which numbers change, element by element, in one pass over memory: what an optimizer
// does when nothing follows its step.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// p as the rule makes it anew: T rule(T p, T g, T* state) for each element, with one number of each
// state, which the rule changes. g and the states have p's shape and its dtype, f32 or f64. States
// change where they lie, unless other handles share them; one that is not defined() is made, and
// its numbers come to the rule as 0.
template <std::size_t N, class Rule>
Tensor updated(const Tensor& p, const Tensor& g, const std::array<Tensor*, N>& state,
               const Rule& rule) {
  Tensor result = Tensor::uninitialized(p.shape(), p.dtype());
  const Tensor from = p.contiguous(), by = g.contiguous();
  std::array<Tensor, N> before;
  for (std::size_t k = 0; k != N; ++k) {
    Tensor& here = *state[k];
    before[k] = std::exchange(here, Tensor());
    if (before[k].defined() && !before[k].is_contiguous()) before[k] = before[k].contiguous();
    here = before[k].defined() && before[k].is_unique()
               ? detach(before[k])
               : Tensor::uninitialized(p.shape(), p.dtype());
  }
  visit_floating(p.dtype(), [&]<class T>(std::type_identity<T>) {
    const T *old = from.data<T>(), *gradient = by.data<T>();
    T* const out = result.mutable_data<T>();
    std::array<T*, N> to;
    std::array<const T*, N> was;
    for (std::size_t k = 0; k != N; ++k) {
      to[k] = state[k]->template mutable_data<T>();
      was[k] = before[k].defined() ? before[k].template data<T>() : nullptr;
    }
    parallel_for(p.size(), 2 + static_cast<std::int64_t>(N),
                 [&](std::int64_t first, std::int64_t last) {
#pragma GCC ivdep
                   for (std::int64_t i = first; i < last; ++i) {
                     T numbers[N + 1];
                     for (std::size_t k = 0; k != N; ++k) numbers[k] = was[k] ? was[k][i] : T(0);
                     out[i] = rule(old[i], gradient[i], numbers);
                     for (std::size_t k = 0; k != N; ++k) to[k][i] = numbers[k];
                   }
                 });
  });
  return result;
}

}  // namespace tapestry::detail
