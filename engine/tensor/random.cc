#include "engine/tensor/random.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/tensor/rng_lanes.h"

namespace tapestry {
using namespace detail;
namespace {

__extension__ typedef unsigned __int128 Wide;

void require_drawable(std::string_view who, DType dtype) {
  if (!is_floating(dtype)) refuse(who, "draws f32 or f64, not {}", dtype);
}

// f of what the generator gives at its next positions, one for each element.
template <class Number, class F>
Tensor drawn(void (*draw)(std::uint64_t, std::uint64_t, Number*, std::int64_t), const Shape& shape,
             DType dtype, std::int64_t cost, Rng& rng, F&& f) {
  constexpr std::int64_t block = 512;
  Tensor result = Tensor::uninitialized(shape, dtype);  // before the generator moves on: may refuse
  const std::uint64_t seed = rng.seed(),
                      start = rng.claim(static_cast<std::uint64_t>(result.size()));
  visit(dtype, [&]<class T>(std::type_identity<T>) {
    T* const out = result.mutable_data<T>();
    parallel_for(result.size(), cost, [&](std::int64_t first, std::int64_t last) {
      Number numbers[block];
      for (std::int64_t i = first; i < last; i += block) {
        const std::int64_t count = std::min(block, last - i);
        draw(seed, start + static_cast<std::uint64_t>(i), numbers, count);
        for (std::int64_t k = 0; k < count; ++k) out[i + k] = static_cast<T>(f(numbers[k]));
      }
    });
  });
  return result;
}

// The numbers of T in [low, high); where there is none, the first from low on.
template <class T>
std::pair<T, T> ends_within(double low, double high) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  T first = static_cast<T>(low), last = static_cast<T>(high);
  if (static_cast<double>(first) < low) first = std::nextafter(first, infinity);
  if (static_cast<double>(last) >= high) last = std::nextafter(last, -infinity);
  return {first, std::max(first, last)};
}

}  // namespace

Tensor uniform(const Shape& shape, double low, double high, Rng& rng, DType dtype, Site site) {
  const CallSite call(site);
  require_drawable("uniform", dtype);
  if (!(low <= high)) refuse("uniform", "the bounds [{}, {}) are empty", low, high);
  const double width = high - low;
  if (!std::isfinite(width))
    refuse("uniform", "the bounds [{}, {}) are farther apart than any number is large", low, high);
  const std::pair<double, double> ends =
      dtype == DType::f32 ? std::pair<double, double>(ends_within<float>(low, high))
                          : ends_within<double>(low, high);
  // Rounding must not reach beyond.
  return drawn(&detail::draw_uniforms, shape, dtype, 8, rng,
               [&](double u) { return std::clamp(low + width * u, ends.first, ends.second); });
}

Tensor randn(const Shape& shape, Rng& rng, DType dtype, Site site) {
  const CallSite call(site);
  require_drawable("randn", dtype);
  return drawn(&detail::draw_normals, shape, dtype, 16, rng, [](double x) { return x; });
}

Tensor bernoulli(const Shape& shape, double probability, Rng& rng, Site site) {
  const CallSite call(site);
  if (!(probability >= 0 && probability <= 1))
    refuse("bernoulli", "probability {} is not in [0, 1]", probability);
  return drawn(&detail::draw_uniforms, shape, DType::boolean, 8, rng,
               [&](double u) { return u < probability; });
}

Tensor randint(const Shape& shape, std::int64_t low, std::int64_t high, Rng& rng, Site site) {
  const CallSite call(site);
  if (low >= high) refuse("randint", "the bounds [{}, {}) are empty", low, high);
  const auto range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  return drawn(&detail::draw_words, shape, DType::i64, 8, rng, [&](std::uint64_t word) {
    // The high word of a 64 x 64 bit product: even to range / 2^64 (Lemire, 2019).
    const auto scaled = static_cast<std::uint64_t>((static_cast<Wide>(word) * range) >> 64);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + scaled);
  });
}

Tensor gumbel(const Shape& shape, Rng& rng, DType dtype, Site site) {
  const CallSite call(site);
  require_drawable("gumbel", dtype);
  return drawn(&detail::draw_uniforms, shape, dtype, 32, rng, [](double u) {
    // In (0, 1): half a step above the lattice, so that neither logarithm meets 0.
    return -std::log(-std::log(u + 0x1p-54));
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

Tensor truncated_normal(const Shape& shape, double low, double high, Rng& rng, DType dtype,
                        Site site) {
  const CallSite call(site);
  require_drawable("truncated_normal", dtype);
  if (!(low < high)) refuse("truncated_normal", "the bounds [{}, {}] are empty", low, high);
  if (low >= kTail || high <= -kTail) {
    const double sign = low > 0 ? 1 : -1;
    const double near = low > 0 ? low : -high, far = low > 0 ? high : -low;
    const NormalTail tail(near, far);
    return drawn(&detail::draw_uniforms, shape, dtype, 128, rng, [&](double u) {
      return sign * std::clamp(tail.quantile(u + 0x1p-54), near, far);
    });
  }
  // In a tail the mirrored side keeps its digits.
  const bool mirrored = low > 0;
  const double a = mirrored ? -high : low, b = mirrored ? -low : high;
  const double p = boost::math::cdf(boost::math::normal(), a),
               q = boost::math::cdf(boost::math::normal(), b);
  return drawn(&detail::draw_uniforms, shape, dtype, 128, rng, [&](double u) {
    const double at = p + (q - p) * (u + 0x1p-54);
    const double x = std::clamp(
        at > 0 && at < 1 ? boost::math::quantile(boost::math::normal(), at) : (at <= 0 ? a : b), a,
        b);
    return mirrored ? -x : x;
  });
}

std::vector<std::int64_t> permutation(std::int64_t count, Rng& rng, Site site) {
  const CallSite call(site);
  if (count < 0) refuse("permutation", "the count is {}; it must not be negative", count);
  if (count > kMostElements) refuse("permutation", "{} are too many elements", count);
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i)  // Fisher and Yates
    std::swap(order[i - 1], order[rng.next_below(i)]);
  return order;
}

}  // namespace tapestry
