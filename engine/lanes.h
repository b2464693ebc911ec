// Eight numbers side by side, on which arithmetic acts at once: the adjoints or tangents of as many
// directions, or a computation at as many inputs.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "engine/error.h"
#include "engine/number.h"

namespace tapestry {

inline constexpr std::size_t kLanes = 8;  // a cache line, and a register where they are wide

// What a comparison of lanes gives, each for itself.
struct LaneMask {
  typedef std::int64_t Register __attribute__((vector_size(kLanes * sizeof(std::int64_t))));
  Register of;  // -1 or 0

  friend LaneMask operator&&(const LaneMask& a, const LaneMask& b) { return {a.of & b.of}; }
  friend LaneMask operator!(const LaneMask& a) { return {~a.of}; }
};

namespace detail {
// Where a program branches there can be one way only: what all lanes agree on, else an Error.
inline bool agreed(const LaneMask& mask) {
  std::size_t count = 0;
  for (std::size_t k = 0; k < kLanes; ++k) count += mask.of[k] != 0;
  if (count != 0 && count != kLanes)
    refuse("lanes",
           "a comparison is true in {} of {} lanes; a branch needs all to agree, where() "
           "chooses for each",
           count, kLanes);
  return count != 0;
}
inline bool agreed(bool outcome) { return outcome; }
}  // namespace detail

struct Lanes {
  typedef double Register __attribute__((vector_size(kLanes * sizeof(double))));
  Register of{};

  Lanes() = default;
  // NOLINTNEXTLINE: a number converts, the same in all lanes
  [[gnu::always_inline]] Lanes(double x) : of{x, x, x, x, x, x, x, x} {}
  [[gnu::always_inline]] explicit Lanes(const Register& r) : of(r) {}

  double operator[](std::size_t k) const { return of[k]; }
  void set(std::size_t k, double x) { of[k] = x; }

#define TAPESTRY_LANES_OPERATOR(symbol)                                                 \
  [[gnu::always_inline]] friend Lanes operator symbol(const Lanes& x, const Lanes& z) { \
    return Lanes(x.of symbol z.of);                                                     \
  }                                                                                     \
  [[gnu::always_inline]] Lanes& operator symbol##=(const Lanes& x) {                    \
    of symbol## = x.of;                                                                 \
    return *this;                                                                       \
  }
  TAPESTRY_LANES_OPERATOR(+)
  TAPESTRY_LANES_OPERATOR(-)
  TAPESTRY_LANES_OPERATOR(*)
  TAPESTRY_LANES_OPERATOR(/)
#undef TAPESTRY_LANES_OPERATOR
#define TAPESTRY_LANES_COMPARISON(symbol)                                                  \
  [[gnu::always_inline]] friend LaneMask operator symbol(const Lanes& x, const Lanes& z) { \
    return {x.of symbol z.of};                                                             \
  }
  TAPESTRY_LANES_COMPARISON(==)
  TAPESTRY_LANES_COMPARISON(!=)
  TAPESTRY_LANES_COMPARISON(<)
  TAPESTRY_LANES_COMPARISON(<=)
  TAPESTRY_LANES_COMPARISON(>)
  TAPESTRY_LANES_COMPARISON(>=)
#undef TAPESTRY_LANES_COMPARISON
  [[gnu::always_inline]] friend Lanes operator-(const Lanes& x) { return Lanes(-x.of); }
  friend Lanes operator+(const Lanes& x) { return x; }

  // Adds slope x, and nothing where x is zero, however steep the slope.
  void add(double slope, const Lanes& x) {
    if (std::isfinite(slope))
      of += slope * x.of;
    else
      of += x.of == 0 ? Register{} : slope * x.of;
  }
};

[[gnu::always_inline]] inline Lanes where(const LaneMask& mask, const Lanes& a, const Lanes& b) {
  return Lanes(mask.of ? a.of : b.of);
}
inline Lanes zero(const Lanes&) { return {}; }

template <>
inline constexpr bool has_lanes<Lanes> = true;
[[gnu::always_inline]] inline bool is_zero(const Lanes& x) {
  const LaneMask::Register other = x.of != 0;
  std::int64_t any = 0;
  for (std::size_t k = 0; k < kLanes; ++k) any |= other[k];
  return any == 0;
}
[[gnu::always_inline]] inline void add_to(Lanes& sum, const Lanes& x) { sum += x; }

}  // namespace tapestry

// (1, 2, 3, 4, 5, 6, 7, 8)
template <>
struct fmt::formatter<tapestry::Lanes> : fmt::formatter<double> {
  auto format(const tapestry::Lanes& x, format_context& context) const {
    auto out = context.out();
    for (std::size_t k = 0; k < tapestry::kLanes; ++k) {
      out = fmt::format_to(out, "{}", k == 0 ? "(" : ", ");
      context.advance_to(out);
      out = fmt::formatter<double>::format(x[k], context);
    }
    return fmt::format_to(out, ")");
  }
};
