// Derivatives of the user's own.
#pragma once

#include <functional>
#include <vector>

#include "engine/grad/transform.h"

namespace tapestry {

namespace detail {
using CustomPull = std::function<std::vector<Tensor>(
    const Tensor& cotangent, const std::vector<Tensor>& xs, const Tensor& y)>;
}  // namespace detail

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

// The value of `forward(x)` with the partial of the identity. What custom_vjp says of captures
// holds for `forward`.
Tensor straight_through(const detail::Function& forward, const Tensor& x, detail::Site site = {});

}  // namespace tapestry
