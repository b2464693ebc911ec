// For static_assert in the overloads that answer a mistake: false for all types.
#pragma once

namespace tapestry::detail {

template <class...>
inline constexpr bool never = false;

}  // namespace tapestry::detail
