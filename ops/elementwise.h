// The functions of the page elementwise.def over tensors, and the operators that they make.
// Operands broadcast by NumPy's rule. Different dtypes meet in the larger (boolean < i64 < f32 <
// f64); a plain number takes the tensor's own. Functions of kind `floating` turn integers into f32.
// All are differentiable to any order.
#pragma once

#include "engine/bridge.h"
#include "engine/tensor.h"

namespace tapestry {

#define UNARY(name, value, vjp, kind, domain, ulps, doc) Tensor name(const Tensor& x);
#define BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  Tensor name(const Tensor& x, const Tensor& z);                               \
  Tensor name(const Tensor& x, double z);                                      \
  Tensor name(double x, const Tensor& z);                                      \
  Tensor name(const Tensor& x, Scalar z);                                      \
  Tensor name(Scalar x, const Tensor& z);
// Comparisons give boolean tensors and carry no gradient.
#define COMPARE(name, value, doc)                \
  Tensor name(const Tensor& x, const Tensor& z); \
  Tensor name(const Tensor& x, double z);        \
  Tensor name(double x, const Tensor& z);
#define PREDICATE(name, value, doc) Tensor name(const Tensor& x);
#include "ops/elementwise.def"

inline Tensor operator-(const Tensor& x) { return neg(x); }

#define TAPESTRY_OPERATOR(symbol, name)                                                  \
  inline Tensor operator symbol(const Tensor& x, const Tensor& z) { return name(x, z); } \
  inline Tensor operator symbol(const Tensor& x, double z) { return name(x, z); }        \
  inline Tensor operator symbol(double x, const Tensor& z) { return name(x, z); }
#define TAPESTRY_ARITHMETIC(symbol, name)                                         \
  TAPESTRY_OPERATOR(symbol, name)                                                 \
  inline Tensor operator symbol(const Tensor& x, Scalar z) { return name(x, z); } \
  inline Tensor operator symbol(Scalar x, const Tensor& z) { return name(x, z); }
TAPESTRY_ARITHMETIC(+, add)
TAPESTRY_ARITHMETIC(-, sub)
TAPESTRY_ARITHMETIC(*, mul)
TAPESTRY_ARITHMETIC(/, div)
TAPESTRY_OPERATOR(==, equal)
TAPESTRY_OPERATOR(!=, not_equal)
TAPESTRY_OPERATOR(<, less)
TAPESTRY_OPERATOR(<=, less_equal)
TAPESTRY_OPERATOR(>, greater)
TAPESTRY_OPERATOR(>=, greater_equal)
#undef TAPESTRY_ARITHMETIC
#undef TAPESTRY_OPERATOR

template <class T>
Tensor& operator+=(Tensor& x, const T& z) {
  return x = x + z;
}
template <class T>
Tensor& operator-=(Tensor& x, const T& z) {
  return x = x - z;
}
template <class T>
Tensor& operator*=(Tensor& x, const T& z) {
  return x = x * z;
}
template <class T>
Tensor& operator/=(Tensor& x, const T& z) {
  return x = x / z;
}

}  // namespace tapestry
