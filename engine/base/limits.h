// std::numeric_limits for numbers made of others. Without it the standard's default answers 0 to
// every question, silently.
#pragma once

#include <limits>

namespace tapestry::detail {

// Those of Base, as N.
template <class N, class Base>
struct LimitsOf : std::numeric_limits<Base> {
  using Limits = std::numeric_limits<Base>;
#define TAPESTRY_LIMIT(name) \
  static constexpr N name() noexcept { return N(Limits::name()); }
  TAPESTRY_LIMIT(min)
  TAPESTRY_LIMIT(lowest)
  TAPESTRY_LIMIT(max)
  TAPESTRY_LIMIT(epsilon)
  TAPESTRY_LIMIT(round_error)
  TAPESTRY_LIMIT(infinity)
  TAPESTRY_LIMIT(quiet_NaN)
  TAPESTRY_LIMIT(signaling_NaN)
  TAPESTRY_LIMIT(denorm_min)
#undef TAPESTRY_LIMIT
};

}  // namespace tapestry::detail
