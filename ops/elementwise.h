// The functions of the page elementwise.def over tensors, and the operators that they make.
// Operands broadcast by NumPy's rule. Different dtypes meet in the larger (boolean < i64 < f32 <
// f64); a plain number takes the tensor's own. Functions of kind `floating` turn integers into f32.
// All are differentiable to any order.
#pragma once

#include "engine/bridge.h"
#include "ops/operand.h"

namespace tapestry {

#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  Tensor name(const Tensor& x, detail::Site site = {});
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  Tensor name(const Tensor& x, const Tensor& z, detail::Site site = {});                \
  Tensor name(const Tensor& x, double z, detail::Site site = {});                       \
  Tensor name(double x, const Tensor& z, detail::Site site = {});                       \
  Tensor name(const Tensor& x, Scalar z, detail::Site site = {});                       \
  Tensor name(Scalar x, const Tensor& z, detail::Site site = {});
// Comparisons give boolean tensors and carry no gradient.
#define TAPESTRY_COMPARE(name, value, doc)                               \
  Tensor name(const Tensor& x, const Tensor& z, detail::Site site = {}); \
  Tensor name(const Tensor& x, double z, detail::Site site = {});        \
  Tensor name(double x, const Tensor& z, detail::Site site = {});
#define TAPESTRY_PREDICATE(name, value, doc) Tensor name(const Tensor& x, detail::Site site = {});
#include "ops/elementwise.def"

inline Tensor operator-(const detail::Operand& x) { return neg(x.tensor(), x.site()); }

#define TAPESTRY_OPERATOR(symbol, name)                                      \
  inline Tensor operator symbol(const detail::Operand& x, const Tensor& z) { \
    return name(x.tensor(), z, x.site());                                    \
  }                                                                          \
  inline Tensor operator symbol(const detail::Operand& x, double z) {        \
    return name(x.tensor(), z, x.site());                                    \
  }                                                                          \
  inline Tensor operator symbol(double x, const detail::Operand& z) {        \
    return name(x, z.tensor(), z.site());                                    \
  }
#define TAPESTRY_ARITHMETIC(symbol, name)                             \
  TAPESTRY_OPERATOR(symbol, name)                                     \
  inline Tensor operator symbol(const detail::Operand& x, Scalar z) { \
    return name(x.tensor(), z, x.site());                             \
  }                                                                   \
  inline Tensor operator symbol(Scalar x, const detail::Operand& z) { \
    return name(x, z.tensor(), z.site());                             \
  }
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
#undef TAPESTRY_OPERATOR

#define TAPESTRY_ASSIGNMENT(symbol, name)                               \
  inline Tensor& operator symbol(Tensor& x, const detail::Operand& z) { \
    return x = name(x, z.tensor(), z.site());                           \
  }                                                                     \
  inline Tensor& operator symbol(Tensor& x, double z) {                 \
    return x = name(x, z, detail::Site::nowhere());                     \
  }                                                                     \
  inline Tensor& operator symbol(Tensor& x, Scalar z) {                 \
    return x = name(x, z, detail::Site::nowhere());                     \
  }
TAPESTRY_ASSIGNMENT(+=, add)
TAPESTRY_ASSIGNMENT(-=, sub)
TAPESTRY_ASSIGNMENT(*=, mul)
TAPESTRY_ASSIGNMENT(/=, div)
#undef TAPESTRY_ASSIGNMENT
#undef TAPESTRY_ARITHMETIC

}  // namespace tapestry
