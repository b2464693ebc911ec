#include "engine/random.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "engine/generate.h"

namespace tapestry {
namespace {

__extension__ typedef unsigned __int128 Wide;

void require_floating(std::string_view who, DType dtype) {
  if (!is_floating(dtype)) refuse(who, "draws f32 or f64, not {}", dtype);
}

}  // namespace

Tensor uniform(const Shape& shape, double low, double high, Rng& rng, DType dtype) {
  require_floating("uniform", dtype);
  if (!(low <= high)) refuse("uniform", "the bounds [{}, {}) are empty", low, high);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  return generate(shape, dtype, 16, [&](std::int64_t i) {
    const double value =
        low + (high - low) * unit_interval(rng.at(start + static_cast<std::uint64_t>(i))[0]);
    // Rounding to f32 must not reach the open end.
    if (dtype == DType::f32 && static_cast<float>(value) >= static_cast<float>(high) && high > low)
      return static_cast<double>(std::nextafter(static_cast<float>(high), static_cast<float>(low)));
    return value;
  });
}

Tensor randn(const Shape& shape, Rng& rng, DType dtype) {
  require_floating("randn", dtype);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  // Box and Muller, A note on the generation of random normal deviates, 1958. One position a
  // number.
  return generate(shape, dtype, 32, [&](std::int64_t i) {
    const auto words = rng.at(start + static_cast<std::uint64_t>(i));
    const double radius = std::sqrt(-2 * std::log1p(-unit_interval(words[0])));
    return radius * std::cos(2 * std::numbers::pi * unit_interval(words[1]));
  });
}

Tensor bernoulli(const Shape& shape, double probability, Rng& rng) {
  if (!(probability >= 0 && probability <= 1))
    refuse("bernoulli", "probability {} is not in [0, 1]", probability);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  return generate(shape, DType::boolean, 16, [&](std::int64_t i) {
    return unit_interval(rng.at(start + static_cast<std::uint64_t>(i))[0]) < probability;
  });
}

Tensor randint(const Shape& shape, std::int64_t low, std::int64_t high, Rng& rng) {
  if (low >= high) refuse("randint", "the bounds [{}, {}) are empty", low, high);
  const auto range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  Tensor result = Tensor::uninitialized(shape, DType::i64);
  auto* out = result.mutable_data<std::int64_t>();
  parallel_for(result.size(), 16, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      // The high word of a 64 x 64 bit product: even to range / 2^64 (Lemire, 2019).
      const std::uint64_t word = rng.at(start + static_cast<std::uint64_t>(i))[0];
      const auto scaled = static_cast<std::uint64_t>((static_cast<Wide>(word) * range) >> 64);
      out[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + scaled);
    }
  });
  return result;
}

Tensor gumbel(const Shape& shape, Rng& rng, DType dtype) {
  require_floating("gumbel", dtype);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  return generate(shape, dtype, 32, [&](std::int64_t i) {
    // In (0, 1): half a step above the lattice, so that neither logarithm meets 0.
    const double u = unit_interval(rng.at(start + static_cast<std::uint64_t>(i))[0]) + 0x1p-54;
    return -std::log(-std::log(u));
  });
}

namespace {

// Q(x) / phi(x) of the normal distribution for a large x, Q being 1 - Phi: Laplace's continued
// fraction (Abramowitz & Stegun 26.2.14), exact to rounding from 30 on.
double mills_ratio(double x) {
  double fraction = x;
  for (int k = 12; k > 0; --k) fraction = x + k / fraction;
  return 1 / fraction;
}

// The normal distribution held to [low, high] far in a tail, 30 <= low: Q and phi are denormal or 0
// there, but log(Q(low) / Q(low + d)) = d (2 low + d) / 2 + log(m(low) / m(low + d)) is not.
class NormalTail {
 public:
  NormalTail(double low, double high)
      : low_(low),
        ratio_(mills_ratio(low)),
        beyond_(std::exp(-(high - low) * (high + low) / 2) * mills_ratio(high) / ratio_) {}

  // Beyond which the part u in (0, 1] of the probability lies.
  double quantile(double u) const {
    const double kept = u + (1 - u) * beyond_;  // of Q(low)
    const double depth = kept < 0.5 ? -std::log(kept) : -std::log1p(-(1 - u) * (1 - beyond_));
    double d = 2 * depth / (low_ + std::hypot(low_, std::sqrt(2 * depth)));
    for (int step = 0; step < 3; ++step) {  // Newton's, from a start that is right to 1 / low^2
      const double ratio = mills_ratio(low_ + d);
      d -= (d * (low_ + d / 2) + std::log(ratio_ / ratio) - depth) * ratio;
    }
    return low_ + d;
  }

 private:
  double low_, ratio_, beyond_;
};

constexpr double kTail = 30;

}  // namespace

Tensor truncated_normal(const Shape& shape, double low, double high, Rng& rng, DType dtype) {
  require_floating("truncated_normal", dtype);
  if (!(low < high)) refuse("truncated_normal", "the bounds [{}, {}] are empty", low, high);
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(shape.size()));
  const auto u = [&](std::int64_t i) {
    return unit_interval(rng.at(start + static_cast<std::uint64_t>(i))[0]) + 0x1p-54;
  };
  if (low >= kTail || high <= -kTail) {
    const double sign = low > 0 ? 1 : -1;
    const double near = low > 0 ? low : -high, far = low > 0 ? high : -low;
    const NormalTail tail(near, far);
    return generate(shape, dtype, 128, [&](std::int64_t i) {
      return sign * std::clamp(tail.quantile(u(i)), near, far);
    });
  }
  // In a tail the mirrored side keeps its digits.
  const bool mirrored = low > 0;
  const double a = mirrored ? -high : low, b = mirrored ? -low : high;
  const double p = boost::math::cdf(boost::math::normal(), a),
               q = boost::math::cdf(boost::math::normal(), b);
  return generate(shape, dtype, 128, [&](std::int64_t i) {
    const double at = p + (q - p) * u(i);
    const double x = std::clamp(
        at > 0 && at < 1 ? boost::math::quantile(boost::math::normal(), at) : (at <= 0 ? a : b), a,
        b);
    return mirrored ? -x : x;
  });
}

std::vector<std::int64_t> permutation(std::int64_t count, Rng& rng) {
  if (count < 0) refuse("permutation", "the count is {}; it must not be negative", count);
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i)  // Fisher and Yates
    std::swap(order[i - 1], order[rng.next_below(i)]);
  return order;
}

}  // namespace tapestry
