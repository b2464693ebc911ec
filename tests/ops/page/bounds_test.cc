// The page's error bounds, of values and of partials, by every way to them: over all exponents, and
// close to where formulas change, saturate and end.
#include <boost/test/unit_test.hpp>
#include <string_view>

#include "tests/ops/page/measure.h"
#include "tests/ops/page/points.h"
#include "tests/ops/page/ways.h"

using namespace tapestry;
using namespace tapestry::exact;

namespace {

struct Points {
  Numbers x, z;
  std::vector<BinaryTruth> truth;
};

// Of two operands all magnitudes of both, and all ratios near 1; neither is subnormal.
template <class T>
Points points_of(const Line& line) {
  Points all;
  const auto put = [&](T x, T z) {
    const auto is_normal = [](T u) { return u == 0 || std::isnormal(u); };
    if (line.binary && !(holds(line.domain_z, z) && is_normal(x) && is_normal(z))) return;
    all.x.push_back(static_cast<double>(x));
    all.z.push_back(static_cast<double>(z));
    all.truth.push_back(line.truth(all.x.back(), all.z.back()));
  };
  if (!line.binary) {
    for (const T x : points<T>(line.domain_x)) put(x, T(1));
    return all;
  }
  constexpr int thin = sizeof(T) == 4 ? 5 : 40;
  const std::vector<T> xs = points<T>(line.domain_x, thin), zs = points<T>(line.domain_z, thin);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    for (std::size_t j = i % 29; j < zs.size(); j += 29) put(xs[i], zs[j]);
    for (const double ratio : {1.0, -1.0, 0.999, 1.5, 1e-3, -3e4})
      put(xs[i], xs[i] * static_cast<T>(ratio));
  }
  return all;
}

// The recorded partial of a power by its base is z x^(z - 1): it rounds the exponent, and has no
// bound where that power is not a normal number.
template <class T>
double bound_of_x(const Line& line, const Way& way, double x, double z) {
  const double bound = way.of_bound * line.ulps.by_x;
  if (std::string_view(line.name) != "pow" || way.of_bound == 1) return bound;
  if (!std::isnormal(static_cast<T>(std::pow(x, z - 1))))
    return std::numeric_limits<double>::infinity();
  return bound + std::abs((z - 1) * std::log(x));
}

template <class T>
void check(const Line& line, const Way& way, const Points& at) {
  const Found found = way.find(line, at.x, at.z);
  Worst value, by_x, by_z;
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    const double x = at.x[i], z = at.z[i];
    const BinaryTruth& truth = at.truth[i];
    const auto meet = [&](Worst& worst, double number, const Sum& right, double bound) {
      worst.meet(std::max(0.0, ulps_off<T>(number, right) - bound), x, z, number, right.number);
    };
    meet(value, found.y.at(i), truth.value, line.ulps.value + 0.51);
    if (!is_bounded<T>(truth.value)) continue;
    meet(by_x, found.dx.at(i), truth.partial_x, bound_of_x<T>(line, way, x, z) + 0.51);
    if (line.binary)
      meet(by_z, found.dz.at(i), truth.partial_z, way.of_bound * line.ulps.by_z + 0.51);
  }
  BOOST_TEST(value.ulps == 0, line.name << " by " << way.name << " exceeds its bound by " << value);
  BOOST_TEST(by_x.ulps == 0, line.name << "' by " << way.name << " exceeds its bound by " << by_x);
  BOOST_TEST(by_z.ulps == 0,
             line.name << "' of z by " << way.name << " exceeds its bound by " << by_z);
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_and_partials_keep_the_bounds_that_the_page_states_by_every_way) {
  for (const Line& line : lines()) {
    const Points wide = points_of<double>(line), narrow = points_of<float>(line);
    BOOST_TEST(wide.x.size() > 1000u, line.name);
    BOOST_TEST(narrow.x.size() > 500u, line.name);
    for (const Way& way : ways())
      way.narrow ? check<float>(line, way, narrow) : check<double>(line, way, wide);
  }
}
