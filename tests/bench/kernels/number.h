// The plain number in a value of any number type: what branches read.
#pragma once

#include <concepts>

namespace tapestry::bench {

template <class T>
double number(const T& x) {
  if constexpr (std::convertible_to<T, double>)
    return x;
  else
    return x.value();
}

}  // namespace tapestry::bench
