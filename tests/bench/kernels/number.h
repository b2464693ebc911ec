// The plain number in a value of any number type: what branches read. Of lanes the first one's.
#pragma once

#include <concepts>

namespace tapestry::bench {

template <class T>
double number(const T& x) {
  if constexpr (std::convertible_to<T, double>)
    return x;
  else if constexpr (requires { x.value()[0]; })
    return x.value()[0];
  else
    return x.value();
}

}  // namespace tapestry::bench
