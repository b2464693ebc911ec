// The chain rule: adjoints of one number y with respect to nodes of its tape, in one reverse walk.
#pragma once

#include <tuple>
#include <utility>
#include <vector>

#include "engine/scalar.h"
#include "engine/tensor.h"

namespace tapestry {

struct GradientOptions {
  bool create_graph = false;  // record the walk, so that the result can be differentiated again
  bool allow_unused =
      false;  // zeros for an x that y does not depend on, instead of an Error that says why
  Tensor cotangent{};  // the adjoint of y, of its shape; needed when y is not a single number
  // When false, the walk frees what the operations that it passes saved, as it passes them: for the
  // last gradient of a graph. Another one that needs them is an Error, and so is create_graph.
  bool retain_graph = true;
  // Drops the partials of scalar statements that are not finite, as that of a square root at 0. For
  // y and xs that are scalars, with no tensor between, and not with create_graph: Error otherwise.
  bool drop_nonfinite = false;
};

namespace detail {

// A tensor or a scalar of a tape.
class Active {
 public:
  Active(const Tensor& x) : tensor_(x), scalar_(0), is_scalar_(false) {}  // NOLINT: both convert
  Active(Scalar x) : scalar_(x), is_scalar_(true) {}                      // NOLINT: both convert
  template <class E>
  requires(E::is_scalar_expression) Active(const E& x) : Active(Scalar(x)) {}  // NOLINT: recorded

  bool is_scalar() const { return is_scalar_; }
  const Tensor& tensor() const { return tensor_; }
  Scalar scalar() const { return scalar_; }
  bool is_tracked() const { return is_scalar_ ? scalar_.is_tracked() : tensor_.is_tracked(); }
  NodeId id() const { return is_scalar_ ? scalar_.id() : tensor_.id(); }
  Epoch epoch() const { return is_scalar_ ? scalar_.epoch() : tensor_.epoch(); }

 private:
  Tensor tensor_;
  Scalar scalar_;
  bool is_scalar_;
};

}  // namespace detail

// dy/dx for each x, of x's own kind, shape and dtype. Error when y or an x is not recorded on one
// living tape, when an x is a constant, when y is not one number and no cotangent is given, or when
// y does not depend on an x: the message says why. Zeros where y does and rules gave x nothing.
std::vector<detail::Active> gradients(const detail::Active& y,
                                      const std::vector<detail::Active>& xs,
                                      const GradientOptions& options = {});

namespace detail {
// The same, with a cotangent that is let go of when it has been read.
std::vector<Active> consume_gradients(const Active& y, const std::vector<Active>& xs,
                                      GradientOptions options);
}  // namespace detail

// The adjoint of a node.
struct Adjoint {
  NodeId of;
  detail::Active value;
};

// dy/dn for every floating node n that y was computed from, y itself included, by ascending id, in
// one walk. Left out: constants, and tensors from which y is reached through non-differentiable ops
// only. Errors as for gradients().
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

template <class T>
concept TensorOrScalar = std::is_same_v<T, Tensor> || std::is_same_v<T, Scalar>;

template <class X, class Number>
auto result_as(const Active& result) {
  if constexpr (std::is_same_v<X, Tensor>)
    return result.tensor();
  else if constexpr (std::is_same_v<Number, double>)
    return result.scalar().value();
  else
    return result.scalar();
}

template <class Number, class... Xs>
auto gradient_of_each(const Active& y, const GradientOptions& options, const Xs&... xs) {
  const std::vector<Active> results = gradients(y, {Active(xs)...}, options);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::tuple(result_as<Xs, Number>(results[I])...);
  }
  (std::index_sequence_for<Xs...>{});
}

}  // namespace detail

// Several at once, one walk: auto [gx, gs] = gradient(y, x, s). Of each x's own kind; a scalar's is
// a double, or with options, which go with up to four, a Scalar.
template <detail::TensorOrScalar A, detail::TensorOrScalar B, detail::TensorOrScalar... Rest>
auto gradient(const detail::Active& y, const A& a, const B& b, const Rest&... rest) {
  return detail::gradient_of_each<double>(y, {}, a, b, rest...);
}
// A braced list can follow no pack, hence one for each number of x.
template <detail::TensorOrScalar A, detail::TensorOrScalar B>
auto gradient(const detail::Active& y, const A& a, const B& b, const GradientOptions& options) {
  return detail::gradient_of_each<Scalar>(y, options, a, b);
}
template <detail::TensorOrScalar A, detail::TensorOrScalar B, detail::TensorOrScalar C>
auto gradient(const detail::Active& y, const A& a, const B& b, const C& c,
              const GradientOptions& options) {
  return detail::gradient_of_each<Scalar>(y, options, a, b, c);
}
template <detail::TensorOrScalar A, detail::TensorOrScalar B, detail::TensorOrScalar C,
          detail::TensorOrScalar D>
auto gradient(const detail::Active& y, const A& a, const B& b, const C& c, const D& d,
              const GradientOptions& options) {
  return detail::gradient_of_each<Scalar>(y, options, a, b, c, d);
}

}  // namespace tapestry
