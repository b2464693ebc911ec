// A position along an axis, or that of an axis, with the place in the source where it is asked for.
#pragma once

#include <concepts>
#include <cstdint>

#include "engine/base/site.h"

namespace tapestry::detail {

// A negative one counts from the end.
struct Position {
  template <std::integral I>
  constexpr Position(I position, Site where = {})  // NOLINT: converts
      : value(static_cast<std::int64_t>(position)), site(where) {}
  std::int64_t value;
  Site site;
};

}  // namespace tapestry::detail
