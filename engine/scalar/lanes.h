// Eight numbers side by side, on which arithmetic acts at once: the adjoints or tangents of as many
// directions, or a computation at as many inputs.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/formatter.h"
#include "engine/base/limits.h"
#include "engine/tensor/number.h"

namespace tapestry {

inline constexpr std::size_t kLanes = 8;  // a cache line, and a register where they are wide

// Types and functions of lanes are named by the registers that they are made for, so that a program
// and a library that are built with different flags do not share any of them.
// GCC's address sanitizer aligns frames to 32 bytes at most (its bug 110027).
#if defined(__AVX512F__) && !defined(__SANITIZE_ADDRESS__)
#define TAPESTRY_REGISTERS registers_of_64
#elif defined(__AVX__)
#define TAPESTRY_REGISTERS registers_of_32
#else
#define TAPESTRY_REGISTERS registers_of_16
#endif

namespace detail {
inline namespace TAPESTRY_REGISTERS {

// As wide as the target has them: the compiler splits wider vectors, and does it badly for
// comparisons.
#if defined(__AVX512F__) && !defined(__SANITIZE_ADDRESS__)
inline constexpr std::size_t kRegisterBytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t kRegisterBytes = 32;
#else
inline constexpr std::size_t kRegisterBytes = 16;
#endif
inline constexpr std::size_t kOfRegister = kRegisterBytes / sizeof(double);

// Each starts a cache line.
template <class T>
struct alignas(64) LaneRegisters {
  typedef T Register __attribute__((vector_size(kRegisterBytes)));
  Register of[kLanes / kOfRegister];

  T operator[](std::size_t k) const { return of[k / kOfRegister][k % kOfRegister]; }
  T* numbers() { return reinterpret_cast<T*>(of); }
  const T* numbers() const { return reinterpret_cast<const T*>(of); }
};

// f(i) for each register, without a loop: what a loop indexes lies in memory.
template <class F>
[[gnu::always_inline]] inline void for_registers(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) { (f(I), ...); }
  (std::make_index_sequence<kLanes / kOfRegister>());
}

}  // namespace TAPESTRY_REGISTERS
}  // namespace detail

inline namespace TAPESTRY_REGISTERS {

// What a comparison of lanes gives, each for itself: -1 or 0.
struct LaneMask : detail::LaneRegisters<std::int64_t> {
  friend LaneMask operator&&(const LaneMask& a, const LaneMask& b) {
    LaneMask both;
    detail::for_registers([&](std::size_t i) { both.of[i] = a.of[i] & b.of[i]; });
    return both;
  }
  friend LaneMask operator||(const LaneMask& a, const LaneMask& b) {
    LaneMask either;
    detail::for_registers([&](std::size_t i) { either.of[i] = a.of[i] | b.of[i]; });
    return either;
  }
  friend LaneMask operator!(const LaneMask& a) {
    LaneMask other;
    detail::for_registers([&](std::size_t i) { other.of[i] = ~a.of[i]; });
    return other;
  }
};

}  // namespace TAPESTRY_REGISTERS

namespace detail {
// Where a program branches there can be one way only: what all lanes agree on, else an Error.
inline bool agreed(const LaneMask& mask) {
  std::size_t count = 0;
  for (std::size_t k = 0; k < kLanes; ++k) count += mask[k] != 0;
  if (count != 0 && count != kLanes)
    refuse("lanes",
           "a comparison is true in {} of {} lanes; a branch needs all to agree, where() "
           "chooses for each",
           count, kLanes);
  return count != 0;
}
inline bool agreed(bool outcome) { return outcome; }
}  // namespace detail

inline namespace TAPESTRY_REGISTERS {

struct Lanes : detail::LaneRegisters<double> {
  [[gnu::always_inline]] Lanes() : Lanes(0) {}
  // NOLINTNEXTLINE: a number converts, the same in all lanes
  [[gnu::always_inline]] Lanes(double x) {
    detail::for_registers([&](std::size_t i) { of[i] = x - Register{}; });
  }

  void set(std::size_t k, double x) { of[k / detail::kOfRegister][k % detail::kOfRegister] = x; }

#define TAPESTRY_LANES_OPERATOR(symbol)                                                 \
  [[gnu::always_inline]] Lanes& operator symbol##=(const Lanes& x) {                    \
    detail::for_registers([&](std::size_t i) { of[i] symbol## = x.of[i]; });            \
    return *this;                                                                       \
  }                                                                                     \
  [[gnu::always_inline]] friend Lanes operator symbol(const Lanes& x, const Lanes& z) { \
    Lanes y = x;                                                                        \
    return y symbol## = z;                                                              \
  }
  TAPESTRY_LANES_OPERATOR(+)
  TAPESTRY_LANES_OPERATOR(-)
  TAPESTRY_LANES_OPERATOR(*)
  TAPESTRY_LANES_OPERATOR(/)
#undef TAPESTRY_LANES_OPERATOR
#define TAPESTRY_LANES_COMPARISON(symbol)                                                  \
  [[gnu::always_inline]] friend LaneMask operator symbol(const Lanes& x, const Lanes& z) { \
    LaneMask mask;                                                                         \
    detail::for_registers([&](std::size_t i) { mask.of[i] = x.of[i] symbol z.of[i]; });    \
    return mask;                                                                           \
  }
  TAPESTRY_LANES_COMPARISON(==)
  TAPESTRY_LANES_COMPARISON(!=)
  TAPESTRY_LANES_COMPARISON(<)
  TAPESTRY_LANES_COMPARISON(<=)
  TAPESTRY_LANES_COMPARISON(>)
  TAPESTRY_LANES_COMPARISON(>=)
#undef TAPESTRY_LANES_COMPARISON
  [[gnu::always_inline]] friend Lanes operator-(const Lanes& x) {
    Lanes y;
    detail::for_registers([&](std::size_t i) { y.of[i] = -x.of[i]; });
    return y;
  }
  friend Lanes operator+(const Lanes& x) { return x; }

  // Adds partial x, and nothing where x is zero, however steep the partial.
  void add(double partial, const Lanes& x) {
    if (std::isfinite(partial))
      detail::for_registers([&](std::size_t i) { of[i] += partial * x.of[i]; });
    else
      detail::for_registers(
          [&](std::size_t i) { of[i] += x.of[i] == 0 ? Register{} : partial * x.of[i]; });
  }
};

[[gnu::always_inline]] inline Lanes where(const LaneMask& mask, const Lanes& a, const Lanes& b) {
  Lanes y;
  detail::for_registers([&](std::size_t i) { y.of[i] = mask.of[i] ? a.of[i] : b.of[i]; });
  return y;
}

}  // namespace TAPESTRY_REGISTERS

namespace detail {

[[gnu::always_inline]] inline Lanes zero(const Lanes&) { return {}; }

template <>
inline constexpr bool has_lanes<Lanes> = true;
// The sign aside no bit is set.
[[gnu::always_inline]] inline bool is_zero(const Lanes& x) {
  using Bits = LaneRegisters<std::uint64_t>::Register;
  Bits any{};
  for_registers([&](std::size_t i) { any |= std::bit_cast<Bits>(x.of[i]); });
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < kOfRegister; ++k) bits |= any[k];
  return bits << 1 == 0;
}
[[gnu::always_inline]] inline void add_to(Lanes& sum, const Lanes& x) { sum += x; }

}  // namespace detail

}  // namespace tapestry

template <>
struct std::numeric_limits<tapestry::Lanes> : tapestry::detail::LimitsOf<tapestry::Lanes, double> {
};

// (1, 2, 3, 4, 5, 6, 7, 8)
template <>
struct fmt::formatter<tapestry::Lanes> : tapestry::detail::PlainFormatter<double> {
  auto format(const tapestry::Lanes& x, format_context& context) const {
    return format_numbers(x.numbers(), tapestry::kLanes, context);
  }
};
