// Boost.Odeint's controlled steppers over scalars, with times of plain numbers. Their coefficients
// are plain, too. How long a step is, is decided by the value of the error, as a branch is: the
// derivative does not go through it, and a replay at which the error has another value is refused.
// Boost is not included: its user does so.
#pragma once

#include <type_traits>

#include "ops/scalar/c_math.h"

namespace boost::numeric::odeint {

template <class Value, class Time>
class default_step_adjuster;

template <class T, class Time>
requires std::is_arithmetic_v<Time>
class default_step_adjuster<tapestry::BasicScalar<T>, Time>
    : public default_step_adjuster<double, Time> {
  using Base = default_step_adjuster<double, Time>;
  using Value = tapestry::BasicScalar<T>;
  static double noted(const Value& error) {
    const double number = tapestry::detail::primal_of(error);
    (void)(error == number);
    return number;
  }

 public:
  using value_type = Value;
  using Base::Base;
  Time decrease_step(Time dt, const Value& error, int order) const {
    return Base::decrease_step(dt, noted(error), order);
  }
  Time increase_step(Time dt, const Value& error, int order) const {
    return Base::increase_step(dt, noted(error), order);
  }
};

// Steppers: those with plain coefficients, whose errors are scalars.
#define TAPESTRY_STEPPER(name)                                                                  \
  template <class State, class Value, class Deriv, class Time, class Algebra, class Operations, \
            class Resizer>                                                                      \
  class name;                                                                                   \
  template <class State, class T, class Deriv, class Time, class Algebra, class Operations,     \
            class Resizer>                                                                      \
  requires std::is_arithmetic_v<Time>                                                           \
  class name<State, tapestry::BasicScalar<T>, Deriv, Time, Algebra, Operations, Resizer>        \
      : public name<State, double, Deriv, Time, Algebra, Operations, Resizer> {                 \
    using Base = name<State, double, Deriv, Time, Algebra, Operations, Resizer>;                \
                                                                                                \
   public:                                                                                      \
    using value_type = tapestry::BasicScalar<T>;                                                \
    using Base::Base;                                                                           \
  };
TAPESTRY_STEPPER(runge_kutta_dopri5)
TAPESTRY_STEPPER(runge_kutta_cash_karp54)
TAPESTRY_STEPPER(runge_kutta_fehlberg78)
TAPESTRY_STEPPER(runge_kutta4)
#undef TAPESTRY_STEPPER

}  // namespace boost::numeric::odeint
