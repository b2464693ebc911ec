// The chain rule: adjoints of one number y with respect to nodes of its tape, in one reverse sweep.
#pragma once

#include <array>
#include <concepts>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/tape/tape.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry {

struct GradientOptions {
  bool create_graph = false;  // record the sweep, so that the result can be differentiated again
  bool allow_unused =
      false;  // zeros for an x that y does not depend on, instead of an Error that says why
  Tensor cotangent{};  // the adjoint of y, of its shape; needed when y is not a single number
  // When false, the sweep frees what the operations that it passes saved, as it passes them: for
  // the last gradient of a graph. Another one that needs them is an Error, and so is create_graph.
  bool retain_graph = true;
  // Drops the partials of scalar statements that are not finite, as that of a square root at 0. For
  // y and xs that are scalars, with no tensor between, and not with create_graph: Error otherwise.
  bool drop_nonfinite = false;
};

namespace detail {

// A tensor or a scalar of a tape, and the line where it was handed over.
class Active {
 public:
  Active(const Tensor& x, Site site = {})  // NOLINT: both convert
      : tensor_(x), scalar_(0), is_scalar_(false), site_(site) {}
  Active(Scalar x, Site site = {})  // NOLINT: both convert
      : scalar_(x), is_scalar_(true), site_(site) {}
  template <class E>
  requires(E::is_scalar_expression) Active(const E& x, Site site = {})  // NOLINT: recorded
      : Active(Scalar(x), site) {}

  bool is_scalar() const { return is_scalar_; }
  const Tensor& tensor() const { return tensor_; }
  Scalar scalar() const { return scalar_; }
  bool is_tracked() const { return is_scalar_ ? scalar_.is_tracked() : tensor_.is_tracked(); }
  NodeId id() const { return is_scalar_ ? scalar_.id() : tensor_.id(); }
  Epoch epoch() const { return is_scalar_ ? scalar_.epoch() : tensor_.epoch(); }
  const Site& site() const { return site_; }

 private:
  Tensor tensor_;
  Scalar scalar_;
  bool is_scalar_;
  Site site_;
};

}  // namespace detail

// dy/dx for each x, of x's own kind, shape and dtype. Error when y or an x is not recorded on one
// living tape, when an x is a constant, when y is not one number and no cotangent is given, or when
// y does not depend on an x: the message says why. Zeros where y does and rules gave x nothing.
// Zeros also of a scalar on which a recorded derivative does not depend: a Hessian has many.
std::vector<detail::Active> gradients(const detail::Active& y,
                                      const std::vector<detail::Active>& xs,
                                      const GradientOptions& options = {});

namespace detail {
// The same, with a cotangent that is let go of when it has been read.
std::vector<Active> consume_gradients(const detail::Active& y, const std::vector<Active>& xs,
                                      GradientOptions options);
// The tensor that stands for x on the tape of y, or, where there is none, its plain numbers.
template <class X>
Tensor variable_of(const detail::Active& y, const X& x) {
  const CallSite call(y.site());
  Tape* const tape = y.is_tracked() ? find_tape(y.epoch()) : nullptr;
  return tape ? x.on(*tape) : Tensor(x);
}
// The same of scalars, as plain numbers.
void numbers_of(const detail::Active& y, std::span<const Scalar> xs, double* partials);
}  // namespace detail

// The adjoint of a node.
struct Adjoint {
  NodeId of;
  detail::Active value;
};

// dy/dn for every floating node n that y was computed from, y itself included, by ascending id, in
// one sweep. Left out: constants, and tensors from which y is reached through non-differentiable
// ops only. Errors as for gradients().
std::vector<Adjoint> adjoints(const detail::Active& y, const GradientOptions& options = {});

Tensor gradient(const detail::Active& y, const Tensor& x, const GradientOptions& options = {});
double gradient(const detail::Active& y, Scalar x);
Scalar gradient(const detail::Active& y, Scalar x, const GradientOptions& options);
std::vector<Tensor> gradient(const detail::Active& y, const std::vector<Tensor>& xs,
                             const GradientOptions& options = {});
std::vector<double> gradient(const detail::Active& y, const std::vector<Scalar>& xs);
std::vector<Scalar> gradient(const detail::Active& y, const std::vector<Scalar>& xs,
                             const GradientOptions& options);

namespace detail {
// What has a variable on each tape that it is used on, as nn::Parameter: x.on(tape).
template <class X>
concept OnTape = requires(const X& x, Tape& tape) {
  { x.on(tape) } -> std::same_as<Tensor>;
};
template <class X>
concept ScalarInput = std::derived_from<X, Scalar>;
template <class X>
concept GradientInput = ScalarInput<X> || OnTape<X> || std::derived_from<X, Tensor>;
}  // namespace detail

template <detail::OnTape X>
Tensor gradient(const detail::Active& y, const X& x, const GradientOptions& options = {}) {
  return gradient(y, detail::variable_of(y, x), options);
}
template <detail::OnTape X>
std::vector<Tensor> gradient(const detail::Active& y, const std::vector<X>& xs,
                             const GradientOptions& options = {}) {
  std::vector<Tensor> variables;
  for (const X& x : xs) variables.push_back(detail::variable_of(y, x));
  return gradient(y, variables, options);
}

namespace detail {

template <class Number, class X>
auto result_as(const Active& result) {
  if constexpr (!ScalarInput<X>)
    return result.tensor();
  else if constexpr (std::is_same_v<Number, double>)
    return result.scalar().value();
  else
    return result.scalar();
}

template <class X>
Active input_of(const detail::Active& y, const X& x) {
  if constexpr (OnTape<X>)
    return variable_of(y, x);
  else if constexpr (ScalarInput<X>)
    return static_cast<const Scalar&>(x);
  else
    return static_cast<const Tensor&>(x);
}

template <class Number, class... Xs>
auto gradient_of_each(const detail::Active& y, const GradientOptions& options, const Xs&... xs) {
  const std::vector<Active> results = gradients(y, {input_of(y, xs)...}, options);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::tuple(result_as<Number, Xs>(results[I])...);
  }
  (std::index_sequence_for<Xs...>{});
}

}  // namespace detail

// Several at once, one sweep: auto [gx, gs] = gradient(y, x, s). Each a scalar, a tensor, or what
// has a variable on the tape; a scalar's is a double, or with options, which go with up to four, a
// Scalar; any other's a Tensor.
template <detail::GradientInput A, detail::GradientInput B, detail::GradientInput... Rest>
auto gradient(const detail::Active& y, const A& a, const B& b, const Rest&... rest) {
  if constexpr (detail::ScalarInput<A> && detail::ScalarInput<B> &&
                (detail::ScalarInput<Rest> && ...)) {
    const Scalar xs[] = {a, b, rest...};
    double partials[2 + sizeof...(Rest)];
    detail::numbers_of(y, xs, partials);
    return std::apply([](auto... each) { return std::tuple(each...); }, std::to_array(partials));
  } else {
    return detail::gradient_of_each<double>(y, {}, a, b, rest...);
  }
}
// A braced list can follow no pack, hence one for each number of x.
template <detail::GradientInput A, detail::GradientInput B>
auto gradient(const detail::Active& y, const A& a, const B& b, const GradientOptions& options) {
  return detail::gradient_of_each<Scalar>(y, options, a, b);
}
template <detail::GradientInput A, detail::GradientInput B, detail::GradientInput C>
auto gradient(const detail::Active& y, const A& a, const B& b, const C& c,
              const GradientOptions& options) {
  return detail::gradient_of_each<Scalar>(y, options, a, b, c);
}
template <detail::GradientInput A, detail::GradientInput B, detail::GradientInput C,
          detail::GradientInput D>
auto gradient(const detail::Active& y, const A& a, const B& b, const C& c, const D& d,
              const GradientOptions& options) {
  return detail::gradient_of_each<Scalar>(y, options, a, b, c, d);
}

}  // namespace tapestry
