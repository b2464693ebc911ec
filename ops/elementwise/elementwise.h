// The functions of the page elementwise.def over tensors, and the operators that they make.
// Operands broadcast by NumPy's rule. Different dtypes meet in the larger (boolean < i64 < f32 <
// f64). A number takes the tensor's own dtype where it can: ops/elementwise/beside.h. Functions of
// kind `floating` turn integers into f32; products, minima and maxima of two booleans are boolean,
// other arithmetic makes them i64. All are differentiable to any order.
#pragma once

#include <concepts>

#include "engine/base/never.h"
#include "engine/grad/bridge.h"
#include "ops/elementwise/beside.h"
#include "ops/elementwise/operand.h"

namespace tapestry {

namespace detail {
template <class A, class B>
concept OneIsTensor = std::derived_from<A, Tensor> || std::derived_from<B, Tensor>;
}  // namespace detail

#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  Tensor name(const Tensor& x, detail::Site site = {});
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  TAPESTRY_OF_TWO(name)
// Comparisons give boolean tensors and carry no gradient.
#define TAPESTRY_COMPARE(name, value, doc) TAPESTRY_OF_TWO(name)
#define TAPESTRY_OF_TWO(name)                                                    \
  Tensor name(const Tensor& x, const Tensor& z, detail::Site site = {});         \
  Tensor name(const Tensor& x, const detail::Beside& z, detail::Site site = {}); \
  Tensor name(const detail::Beside& x, const Tensor& z, detail::Site site = {});
#define TAPESTRY_PREDICATE(name, value, doc) Tensor name(const Tensor& x, detail::Site site = {});
#include "ops/page/elementwise.def"
#undef TAPESTRY_OF_TWO

inline Tensor operator-(const detail::Operand& x) { return neg(x.tensor(), x.site()); }

#define TAPESTRY_OPERATOR(symbol, name)                                              \
  inline Tensor operator symbol(const detail::Operand& x, const Tensor& z) {         \
    return name(x.tensor(), z, x.site());                                            \
  }                                                                                  \
  inline Tensor operator symbol(const detail::Operand& x, const detail::Beside& z) { \
    return name(x.tensor(), z, x.site());                                            \
  }                                                                                  \
  inline Tensor operator symbol(const detail::Beside& x, const detail::Operand& z) { \
    return name(x, z.tensor(), z.site());                                            \
  }
TAPESTRY_OPERATOR(+, add)
TAPESTRY_OPERATOR(-, sub)
TAPESTRY_OPERATOR(*, mul)
TAPESTRY_OPERATOR(/, div)
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
  inline Tensor& operator symbol(Tensor& x, const detail::Beside& z) {  \
    return x = name(x, z, detail::Site::nowhere());                     \
  }
TAPESTRY_ASSIGNMENT(+=, add)
TAPESTRY_ASSIGNMENT(-=, sub)
TAPESTRY_ASSIGNMENT(*=, mul)
TAPESTRY_ASSIGNMENT(/=, div)
#undef TAPESTRY_ASSIGNMENT

// Of masks, boolean tensors: as in PyTorch. Error for other dtypes, of which logical_and() and its
// like ask whether they are other than 0.
Tensor operator&(const detail::Operand& x, const Tensor& z);
Tensor operator|(const detail::Operand& x, const Tensor& z);
Tensor operator^(const detail::Operand& x, const Tensor& z);
Tensor operator~(const detail::Operand& x);
inline Tensor operator!(const Tensor& x) { return logical_not(x, detail::Site::nowhere()); }

template <class N>
requires std::is_arithmetic_v<N> Tensor operator^(const detail::Operand&, N) {
  static_assert(detail::never<N>, "^ is no power in C++: write pow(x, 2) or square(x)");
  return {};
}
// These would choose between whole tensors, and not element by element.
template <class A, class B>
requires detail::OneIsTensor<A, B> Tensor operator&&(const A&, const B&) {
  static_assert(detail::never<A>,
                "&& joins no tensors: write logical_and(x, z), or x & z of masks");
  return {};
}
template <class A, class B>
requires detail::OneIsTensor<A, B> Tensor operator||(const A&, const B&) {
  static_assert(detail::never<A>, "|| joins no tensors: write logical_or(x, z), or x | z of masks");
  return {};
}

}  // namespace tapestry
