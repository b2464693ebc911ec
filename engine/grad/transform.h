// Functions of functions: derivatives of any f of tensors, made by running it on a tape of its own.
// They nest in each other and in tapes to any depth: what an outer tape tracks, it follows through
// them.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/grad/gradient.h"
#include "engine/tape/callback.h"
#include "engine/tape/tape.h"

namespace tapestry {

namespace detail {

template <class>
using AsTensor = const Tensor&;

// dy/dx of a tape's own xs, as the outer tapes know it; zeros where y does not depend on x.
std::vector<Tensor> pull_back(Tape& tape, const Tensor& y, const std::vector<Tensor>& xs,
                              GradientOptions options);

// Error where f, a std::function or a pointer, holds no function.
template <class F>
void require_function(std::string_view who, const F& f, std::string_view what = "the function") {
  if constexpr (std::is_pointer_v<F> || requires { f.target_type(); })
    if (!f) refuse(who, "{} is empty; there must be something to call", what);
}

// The result of f, for which `who` made the tape.
template <class F, class... Arguments>
auto call_for(std::string_view who, const Tape& tape, const F& f, const Arguments&... arguments) {
  const TapeUse use(who, TapeUse::Role::made, tape.epoch());
  return call_back("its function", f, arguments...);
}

template <std::size_t n>
auto one_or_all(std::vector<Tensor> tensors) {
  if constexpr (n == 1)
    return std::move(tensors[0]);
  else
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::tuple(std::move(tensors[I])...);
    }
  (std::make_index_sequence<n>{});
}

// value_and_grad, which an empty function's Error calls `who`.
template <class F>
auto with_gradient(std::string_view who, F f, Site site) {
  const CallSite making(site);
  require_function(who, f);
  return [ f = std::move(f),
           site ](const auto&... x) requires(std::is_convertible_v<decltype(x), Tensor> && ...) {
    static_assert(std::is_invocable_v<const F&, AsTensor<decltype(x)>...>,
                  "value_and_grad(f)(x...): f must take as many const Tensor& as are given");
    const CallSite call(site);
    Tape tape;
    const std::vector<Tensor> xs{tape.variable(x, {}, site)...};
    const Tensor y = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return call_for("grad", tape, f, xs[I]...);
    }
    (std::index_sequence_for<decltype(x)...>{});
    auto gradients = one_or_all<sizeof...(x)>(pull_back(tape, y, xs, {.retain_graph = false}));
    return std::pair(tape.outer_value(y), std::move(gradients));
  };
}

}  // namespace detail

// auto [y, g] = value_and_grad(f)(x): f's value, one number, and its gradient; with several
// arguments a tuple of gradients, in order. Error when f's value is not one number.
template <class F>
auto value_and_grad(F f, detail::Site site = {}) {
  return detail::with_gradient("value_and_grad", std::move(f), site);
}

template <class F>
auto grad(F f, detail::Site site = {}) {
  return [f = detail::with_gradient("grad", std::move(f), site)](const auto&... x) requires(
      std::is_convertible_v<decltype(x), Tensor> && ...) {
    if constexpr (std::is_invocable_v<const F&, detail::AsTensor<decltype(x)>...>) {
      return f(x...).second;
    } else {
      static_assert(detail::never<F>,
                    "grad(f)(x...): f must take as many const Tensor& as are given");
      return Tensor();
    }
  };
}

namespace detail {

using Function = std::function<Tensor(const Tensor&)>;
using FunctionOfMany = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;

}  // namespace detail

// auto [y, pull] = vjp(f, x): f's value and the map from a cotangent of y's shape to that of x.
std::pair<Tensor, detail::Function> vjp(const detail::Function& f, const Tensor& x,
                                        detail::Site site = {});

// auto [y, t] = jvp(f, x, v): f's value and its derivative along v, in one forward pass: v has x's
// shape. Error for scalars on the way: they carry no tangents.
std::pair<Tensor, Tensor> jvp(const detail::Function& f, const Tensor& x, const Tensor& v,
                              detail::Site site = {});
std::pair<std::vector<Tensor>, std::vector<Tensor>> jvp(const detail::FunctionOfMany& f,
                                                        const std::vector<Tensor>& xs,
                                                        const std::vector<Tensor>& vs,
                                                        detail::Site site = {});

}  // namespace tapestry
