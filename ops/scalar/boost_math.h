// Boost.Math's functions of scalars deduce the types of what they are given, and compute with them:
// an expression, which is no type to compute with, stands for its scalar. Boost is not included:
// its user does so.
#pragma once

#include "ops/scalar/expression.h"

namespace boost::math::tools {

template <class T>
struct promote_arg;
template <tapestry::detail::ScalarExpressionType E>
struct promote_arg<E> {
  using type = tapestry::BasicScalar<typename E::Number>;
};

}  // namespace boost::math::tools
