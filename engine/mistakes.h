// Calls that no function takes, and that programs make all the same: each has an overload of its
// own whose static_assert says what to write instead, in place of the compiler's list of
// candidates.
//
// The umbrella headers include this one first and directly.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/base/never.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

class Rng;

namespace detail {
class NestedList;
template <class X>
concept Text = std::convertible_to<const X&, std::string_view>;
template <class M>
concept HasParameters = requires(const M& model) {
  model.parameters();
};
template <class X>
concept TensorOrFloating = std::derived_from<X, Tensor> || std::floating_point<X>;
template <class X>
concept HasValue = requires(const X& x) {
  x.value();
};
template <class X>
concept Sized = requires(const X& x) {
  x.size();
};
// Can be called with a tensor.
template <class F>
concept OfTensor = std::is_invocable_v<F&, const Tensor&>;
}  // namespace detail

// ---- making tensors ----

template <std::integral I, class... Rest>
Tensor zeros(I, const Rest&...) {
  static_assert(detail::never<I>, "a shape stands in braces, as in zeros({2, 3})");
  return {};
}
template <detail::Text D>
Tensor zeros(const Shape&, const D&) {
  static_assert(detail::never<D>, "a dtype is no text: DType::f32, f64, i64 or boolean");
  return {};
}
template <std::integral I, class... Rest>
Tensor ones(I, const Rest&...) {
  static_assert(detail::never<I>, "a shape stands in braces, as in ones({2, 3})");
  return {};
}
template <detail::Text D>
Tensor ones(const Shape&, const D&) {
  static_assert(detail::never<D>, "a dtype is no text: DType::f32, f64, i64 or boolean");
  return {};
}
template <detail::Text D>
Tensor tensor(const detail::NestedList&, const D&) {
  static_assert(detail::never<D>, "a dtype is no text: DType::f32, f64, i64 or boolean");
  return {};
}
template <std::integral I, class... Rest>
Tensor randn(I, const Rest&...) {
  static_assert(detail::never<I>, "a shape stands in braces, as in randn({2, 3}, rng)");
  return {};
}
template <class R = Rng>
Tensor randn(const Shape&) {
  static_assert(detail::never<R>,
                "randn(shape, rng) takes its numbers from a generator: Rng rng{1}");
  return {};
}

// ---- folding axes ----

template <std::integral I, class... Rest>
Tensor sum(const Tensor&, I, const Rest&...) {
  static_assert(detail::never<I>, "an axis has its name, as in sum(x, {.axis = 0})");
  return {};
}
template <std::integral I, class... Rest>
Tensor mean(const Tensor&, I, const Rest&...) {
  static_assert(detail::never<I>, "an axis has its name, as in mean(x, {.axis = 0})");
  return {};
}
template <std::integral I, class... Rest>
Tensor prod(const Tensor&, I, const Rest&...) {
  static_assert(detail::never<I>, "an axis has its name, as in prod(x, {.axis = 0})");
  return {};
}
template <std::integral I, class... Rest>
Tensor max(const Tensor&, I, const Rest&...) {
  static_assert(detail::never<I>, "an axis has its name, as in max(x, {.axis = 0})");
  return {};
}
template <std::integral I, class... Rest>
Tensor min(const Tensor&, I, const Rest&...) {
  static_assert(detail::never<I>, "an axis has its name, as in min(x, {.axis = 0})");
  return {};
}

// ---- one of two ----

template <detail::TensorOrFloating X>
Tensor max(const Tensor&, const X&) {
  static_assert(detail::never<X>, "max folds axes; the larger of two is maximum(x, z)");
  return {};
}
template <detail::TensorOrFloating X>
Tensor min(const Tensor&, const X&) {
  static_assert(detail::never<X>, "min folds axes; the smaller of two is minimum(x, z)");
  return {};
}
template <class A, class B>
requires(std::is_arithmetic_v<A>&& std::is_arithmetic_v<B>) Tensor
    where(const Tensor&, const A&, const B&) {
  static_assert(detail::never<A>,
                "where(mask, a, b) of two numbers: give one as a tensor, or write mask.to(dtype)");
  return {};
}
template <std::same_as<bool> C, class A, class B>
requires(std::derived_from<A, Tensor> || std::derived_from<B, Tensor>) Tensor
    where(const C&, const A&, const B&) {
  static_assert(detail::never<C>, "where takes a boolean tensor; for a bool write c ? a : b");
  return {};
}

// ---- derivatives ----

template <class Y, std::default_initializable X, std::same_as<bool> O>
X gradient(const Y&, const X&, O) {
  static_assert(detail::never<Y>, "an option has its name: gradient(y, x, {.create_graph = true})");
  return {};
}
template <class Y>
double gradient(const Y&) {
  static_assert(detail::never<Y>, "gradient(y, x) wants to know by what: x, or net.parameters()");
  return {};
}
template <class Y, detail::HasParameters M, detail::HasParameters N, class... Rest>
double gradient(const Y&, const M&, const N&, const Rest&...) {
  static_assert(detail::never<M>, "gradient(loss, model.parameters()): a model has several");
  return {};
}

template <class Y, class... X>
requires std::is_arithmetic_v<Y>
double gradient(const Y&, const X&...) {
  static_assert(detail::never<Y>, "gradient(y, x): y is a plain number, which no tape follows");
  return {};
}
template <class Y, class X>
requires(!std::is_arithmetic_v<Y> && std::is_arithmetic_v<X>) double gradient(const Y&, const X&) {
  static_assert(detail::never<X>, "gradient(y, x): x is a plain number; make it tape.variable(x)");
  return {};
}
template <class Y, detail::HasParameters M>
double gradient(const Y&, const M&) {
  static_assert(detail::never<M>, "gradient(loss, model.parameters()): a model has several");
  return {};
}

template <class F, class X>
requires std::derived_from<X, Tensor> Tensor grad(const F&, const X&) {
  static_assert(detail::never<F>, "grad(f) is a function: write grad(f)(x)");
  return {};
}
template <class F, class X>
requires std::derived_from<X, Tensor> Tensor value_and_grad(const F&, const X&) {
  static_assert(detail::never<F>, "value_and_grad(f) is a function: write value_and_grad(f)(x)");
  return {};
}

template <class F, class... Rest>
requires(!detail::OfTensor<F>) Tensor jacobian(const F&, const Tensor&, const Rest&...) {
  static_assert(detail::never<F>, "jacobian: f must take one const Tensor& and give a Tensor");
  return {};
}
template <class F, class... Rest>
requires(!detail::OfTensor<F>) Tensor hessian(const F&, const Tensor&, const Rest&...) {
  static_assert(detail::never<F>, "hessian: f must take one const Tensor& and give a Tensor");
  return {};
}
template <class F, class X>
requires(!detail::Sized<F>) Tensor jacobian(const F&, const std::vector<X>&) {
  static_assert(
      detail::never<F>,
      "jacobian(ys, xs) is of recorded scalars, jacobian(f, x) of a function of a tensor");
  return {};
}
template <class Y, class X>
requires(!detail::OfTensor<Y> && detail::HasValue<X>) Tensor hessian(const Y&, const X&) {
  static_assert(detail::never<Y>, "hessian(y, {x}) of a scalar: the xs are several, in braces");
  return {};
}
template <class F, class... Rest>
requires(!detail::OfTensor<F>) Tensor hvp(const F&, const Tensor&, const Rest&...) {
  static_assert(detail::never<F>, "hvp: f must take one const Tensor& and give a Tensor");
  return {};
}
template <detail::OfTensor F>
auto jacobian(const F&) {
  static_assert(detail::never<F>, "jacobian takes the point at once: jacobian(f, x)");
  return [](const auto& x) { return x; };
}
template <detail::OfTensor F>
auto hessian(const F&) {
  static_assert(detail::never<F>, "hessian takes the point at once: hessian(f, x)");
  return [](const auto& x) { return x; };
}
template <class F>
requires(std::is_class_v<F> && !detail::OfTensor<F>) auto vmap(const F&) {
  static_assert(detail::never<F>, "vmap: f must take one const Tensor& and give a Tensor");
  return [](const auto& x) { return x; };
}

}  // namespace tapestry
