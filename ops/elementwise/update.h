// A rule by which numbers change, element by element, in one pass over memory: what an optimizer
// does when nothing follows its step.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/base/streaming_store.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// p by the rule: T rule(T p, T g, T* state) for each element, with one number of each state, which
// the rule changes. g and the states have p's shape and its dtype, f32 or f64. Numbers change where
// they lie, unless other handles share them; a state that is not defined() begins as 0.
template <std::size_t N, class Rule>
void update_numbers(Tensor& p, const Tensor& g, const std::array<Tensor*, N>& state,
                    const Rule& rule) {
  const bool in_place = p.is_unique() && p.is_contiguous();
  const Tensor from = p.contiguous(), by = g.contiguous();
  Tensor result = in_place ? p : Tensor::uninitialized_like(p);
  for (Tensor* s : state) {
    if (!s->defined()) *s = zeros(p.shape(), p.dtype());
    if (!s->is_contiguous() || !s->is_unique()) *s = copy_of(*s);
  }
  const std::int64_t bytes = result.size() * static_cast<std::int64_t>(size_of(p.dtype()));
  visit_floating(p.dtype(), [&]<class T>(std::type_identity<T>) {
    const T *old = from.data<T>(), *gradient = by.data<T>();
    T* const out = result.mutable_data<T>();
    std::array<T*, N> states;
    for (std::size_t k = 0; k != N; ++k) states[k] = state[k]->template mutable_data<T>();
    // A stretch of elements into `to`, which may be where they lie.
    const auto stretch = [&](std::int64_t first, std::int64_t count, T* to) {
      const T *x = old + first, *cotangent = gradient + first;
      std::array<T*, N> here = states;
      for (T*& s : here) s += first;
#pragma GCC ivdep
      for (std::int64_t i = 0; i < count; ++i) {
        T numbers[N + 1];
        for (std::size_t k = 0; k != N; ++k) numbers[k] = here[k][i];
        to[i] = rule(x[i], cotangent[i], numbers);
        for (std::size_t k = 0; k != N; ++k) here[k][i] = numbers[k];
      }
    };
    parallel_for(p.size(), 2 + static_cast<std::int64_t>(N),
                 [&](std::int64_t first, std::int64_t last) {
                   const ResultWriter writer(bytes);
                   if (in_place || !writer.streams())
                     return stretch(first, last - first, out + first);
                   constexpr std::int64_t kTile = 1024;
                   alignas(64) T tile[kTile];
                   for (std::int64_t i = first; i < last; i += kTile) {
                     const std::int64_t count = std::min(kTile, last - i);
                     stretch(i, count, tile);
                     writer.write(out + i, tile, count);
                   }
                 });
  });
  result.set_origin(0, 0);
  p = std::move(result);
}

}  // namespace tapestry::detail
