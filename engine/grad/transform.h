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

// dy/dx of a tape's own xs, as the tapes around know it; zeros where y does not depend on x.
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

}  // namespace detail

// auto [y, g] = value_and_grad(f)(x): f's value, one number, and its gradient; with several
// arguments a tuple of gradients, in order. Error when f's value is not one number.
template <class F>
auto value_and_grad(F f, detail::Site site = {}) {
  const detail::CallSite making(site);
  detail::require_function("value_and_grad", f);
  return [ f = std::move(f),
           site ](const auto&... x) requires(std::is_convertible_v<decltype(x), Tensor> && ...) {
    static_assert(std::is_invocable_v<const F&, detail::AsTensor<decltype(x)>...>,
                  "value_and_grad(f)(x...): f must take as many const Tensor& as are given");
    const detail::CallSite call(site);
    Tape tape;
    const std::vector<Tensor> xs{tape.variable(x, {}, site)...};
    const Tensor y = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return detail::call_for("grad", tape, f, xs[I]...);
    }
    (std::index_sequence_for<decltype(x)...>{});
    auto gradients =
        detail::one_or_all<sizeof...(x)>(detail::pull_back(tape, y, xs, {.retain_graph = false}));
    return std::pair(tape.outward(y), std::move(gradients));
  };
}

template <class F>
auto grad(F f, detail::Site site = {}) {
  const detail::CallSite call(site);
  detail::require_function("grad", f);
  return [f = value_and_grad(std::move(f), site)](const auto&... x) requires(
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
using CustomPull = std::function<std::vector<Tensor>(
    const Tensor& cotangent, const std::vector<Tensor>& xs, const Tensor& y)>;

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

// The same function; its inner values are computed again when a gradient asks for them, and not
// kept until then. Tensors and parameters that f captures get their gradients, too. f must give the
// same result when called again; what it draws from generators are the numbers of the first time.
// Error, by its name, when called for an f that captures a scalar that a tape follows.
detail::Function checkpoint(detail::Function f, detail::Site site = {});

// The functions one after the other, in segments that are checkpointed each: of the values between
// functions only those between segments are kept, and those within a segment while the gradient
// passes it. The last segment, which a gradient passes first, is not computed again. Segments are
// the shorter the later they come, since the more values between segments are still there; so a
// gradient with retain_graph = false holds about (functions / segments) + segments / 2 values.
// Error unless 1 <= segments <= functions.
detail::Function checkpoint_sequential(std::vector<detail::Function> functions,
                                       std::int64_t segments, detail::Site site = {});

// A function with a derivative of the user's: pull(cotangent, xs, y) gives the cotangent of each x,
// none (Tensor()) where it is zero. f itself is not recorded, and is given plain numbers: nothing
// would flow back to what it captures, so that a floating tensor, a scalar or a parameter that a
// tape follows and that f uses is an Error by its name; detach() or stop_gradient() of it is not.
// What pull captures has its part in second derivatives. When pull is written in
// differentiable ops, so are its results. While a tape records what pull does, so that it may be
// differentiated again, pull may not read numbers of floating tensors that the tape follows (by
// item(), to_vector(), data() or detach()): an Error. The value() of a scalar is not noticed. A
// pull must be linear in its cotangent: forward mode transposes it as its derivative at zero.
std::function<Tensor(const std::vector<Tensor>&)> custom_vjp(
    std::function<Tensor(const std::vector<Tensor>&)> f, detail::CustomPull pull,
    detail::Site site = {});

// x, whose adjoint is handed to `hook` on its way back and replaced by what it returns. A tangent
// of forward mode passes unchanged, whatever the hook does. What custom_vjp says of reading numbers
// holds for hooks, too.
Tensor on_gradient(const Tensor& x, detail::Function hook, detail::Site site = {});

// x, through which nothing flows: no gradient back, no tangent forward. vmap follows it, as it
// cannot follow the plain numbers of detach(x); custom_vjp, which refuses those, takes it at its
// word.
Tensor stop_gradient(const Tensor& x, detail::Site site = {});

// The value of `forward(x)` with the slope of the identity. What custom_vjp says of captures holds
// for `forward`.
Tensor straight_through(const detail::Function& forward, const Tensor& x, detail::Site site = {});

}  // namespace tapestry
