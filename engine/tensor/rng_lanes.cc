#include "engine/tensor/rng_lanes.h"

#include <numbers>

#include "engine/base/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/tensor/rng_lanes.cc"
#include "engine/base/highway_targets.h"
//
#include <hwy/foreach_target.h>
//
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Wide = hn::ScalableTag<std::uint64_t>;
using Real = hn::ScalableTag<double>;
using Words = hn::Vec<Wide>;

struct TwoWords {
  Words first, second;
};

// Of the low halves of x.
HWY_INLINE Words product(std::uint32_t multiplier, Words x) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(Wide(), std::uint64_t{multiplier} * static_cast<std::uint32_t>(hn::GetLane(x)));
#else
  const hn::Repartition<std::uint32_t, Wide> halves;
  return hn::MulEven(hn::Set(halves, multiplier), hn::BitCast(halves, x));
#endif
}

// Philox 4x32-10 as in engine/tensor/rng.cc, at one position for each lane. A word of 32 bits lies
// in the low half of its lane; what is above it is never read.
HWY_INLINE TwoWords words_at(std::uint64_t seed, Words position) {
  const Wide d;
  Words c0 = position, c1 = hn::ShiftRight<32>(position), c2 = hn::Zero(d), c3 = hn::Zero(d);
  auto k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const Words p = product(0xD2511F53, c0), q = product(0xCD9E8D57, c2);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(q), c1), hn::Set(d, k0));
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p), c3), hn::Set(d, k1));
    c1 = q;
    c3 = p;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  const Words low = hn::Set(d, 0xFFFFFFFF);
  return {hn::Or(hn::ShiftLeft<32>(c1), hn::And(c0, low)),
          hn::Or(hn::ShiftLeft<32>(c3), hn::And(c2, low))};
}

HWY_INLINE hn::Vec<Real> unit_interval(Words word) {
  const hn::RebindToSigned<Wide> whole;
  const Real real;
  return hn::Mul(hn::ConvertTo(real, hn::BitCast(whole, hn::ShiftRight<11>(word))),
                 hn::Set(real, 0x1p-53));
}

// Writes made(the words of each position): the same numbers wherever a position falls in a
// register.
template <class T, class Made>
HWY_INLINE void draw(std::uint64_t seed, std::uint64_t start, T* out, std::int64_t n, Made made) {
  const Wide d;
  const hn::ScalableTag<T> to;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  const auto next = [&]() HWY_ATTR {
    return made(words_at(seed, hn::Iota(d, start + static_cast<std::uint64_t>(i))));
  };
  for (; i + width <= n; i += width) hn::StoreU(next(), to, out + i);
  if (i == n) return;
  alignas(64) T rest[HWY_MAX_BYTES / sizeof(T)];
  hn::Store(next(), to, rest);
  for (std::int64_t k = 0; i < n; ++i, ++k) out[i] = rest[k];
}

void words(std::uint64_t seed, std::uint64_t start, std::uint64_t* out, std::int64_t n) {
  draw(seed, start, out, n, [](TwoWords at) HWY_ATTR { return at.first; });
}
void uniforms(std::uint64_t seed, std::uint64_t start, double* out, std::int64_t n) {
  draw(seed, start, out, n, [](TwoWords at) HWY_ATTR { return unit_interval(at.first); });
}
void normals(std::uint64_t seed, std::uint64_t start, double* out, std::int64_t n) {
  draw(seed, start, out, n, [](TwoWords at) HWY_ATTR {
    const Real d;
    const auto depth = hn::Log1p(d, hn::Neg(unit_interval(at.first)));
    const auto turn = hn::Mul(hn::Set(d, 2 * std::numbers::pi), unit_interval(at.second));
    return hn::Mul(hn::Sqrt(hn::Mul(hn::Set(d, -2.0), depth)), hn::Cos(d, turn));
  });
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tapestry::detail {

HWY_EXPORT(words);
HWY_EXPORT(uniforms);
HWY_EXPORT(normals);

void draw_words(std::uint64_t seed, std::uint64_t start, std::uint64_t* out, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(words)(seed, start, out, n);
}
void draw_uniforms(std::uint64_t seed, std::uint64_t start, double* out, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(uniforms)(seed, start, out, n);
}
void draw_normals(std::uint64_t seed, std::uint64_t start, double* out, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(normals)(seed, start, out, n);
}

}  // namespace tapestry::detail
#endif
