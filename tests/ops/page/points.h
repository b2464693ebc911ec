// Where the page is looked at: every exponent of a number type, both signs, and close to the
// numbers at which formulas change, saturate, overflow or have an end.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "ops/catalogue/domain.h"

namespace tapestry::exact {

template <class T>
bool holds(const detail::Domain& domain, T x) {
  const auto wide = static_cast<double>(x);
  return wide > domain.low && wide < domain.high && !(domain.without_zero && x == 0) &&
         !(domain.without_integers && x == std::floor(x)) && std::isfinite(x);
}

// Numbers of the domain. `thin` takes one exponent of so many, and fewer of the others.
template <class T>
std::vector<T> points(const detail::Domain& domain, int thin = 1) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> all;
  const auto put = [&](double x) {
    for (const T signed_x : {static_cast<T>(x), static_cast<T>(-x)})
      if (holds(domain, signed_x)) all.push_back(signed_x);
  };
  std::uint64_t state = 1;
  const auto random = [&] {  // in [0, 1)
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  for (int exponent = Limits::min_exponent - Limits::digits; exponent < Limits::max_exponent;
       exponent += thin)
    for (const double mantissa : {1.0, 1 + random(), 2 - static_cast<double>(Limits::epsilon())})
      put(std::ldexp(mantissa, exponent));
  for (double x = 0.03125 * random(); x < 60; x += thin * 0.03125 * (0.5 + random())) put(x);
  for (double x = 60; x < 800; x += thin * (0.5 + random())) put(x);
  for (const double edge : {0.25,
                            0.5,
                            0.70710678118654752,
                            0.75,
                            1.0,
                            1.5,
                            1.5707963267948966,
                            2.0,
                            3.0,
                            4.0,
                            3.1415926535897932,
                            5.9,
                            6.0,
                            9.2,
                            10.05,
                            13.2,
                            14.2,
                            17.3,
                            26.54,
                            27.2,
                            37.5,
                            38.5,
                            44.0,
                            88.0,
                            88.72,
                            89.4,
                            103.9,
                            128.0,
                            149.0,
                            355.0,
                            372.0,
                            708.4,
                            709.78,
                            710.47,
                            745.1,
                            1024.0,
                            1074.0,
                            1e10})
    for (int bit = 1; bit < Limits::digits; bit += thin)
      for (const double side : {-1.0, 1.0}) put(edge * (1 + side * std::ldexp(1.0, -bit)));
  return all;
}

}  // namespace tapestry::exact
