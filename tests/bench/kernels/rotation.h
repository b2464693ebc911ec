// Rotations and rigid motions in three dimensions.
#pragma once

#include <array>
#include <cmath>

#include "tests/bench/kernels/number.h"

namespace tapestry::bench {

template <class T>
using Vector3 = std::array<T, 3>;

template <class T>
T dot(const Vector3<T>& a, const Vector3<T>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

template <class T>
Vector3<T> cross(const Vector3<T>& a, const Vector3<T>& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

// p turned about the axis r by |r| radians, by the formula of Rodrigues; to first order where r is
// 0.
template <class T>
Vector3<T> rotate(const Vector3<T>& r, const Vector3<T>& p) {
  using std::cos, std::sin, std::sqrt;
  const T squared = dot(r, r);
  if (number(squared) == 0) {
    const Vector3<T> turn = cross(r, p);
    return {p[0] + turn[0], p[1] + turn[1], p[2] + turn[2]};
  }
  const T angle = sqrt(squared);
  const T c = cos(angle), s = sin(angle), inverse = 1.0 / angle;
  const Vector3<T> axis = {r[0] * inverse, r[1] * inverse, r[2] * inverse};
  const Vector3<T> turn = cross(axis, p);
  const T along = dot(axis, p) * (1.0 - c);
  return {p[0] * c + turn[0] * s + axis[0] * along, p[1] * c + turn[1] * s + axis[1] * along,
          p[2] * c + turn[2] * s + axis[2] * along};
}

// p -> turn p + shift, turn row by row.
template <class T>
struct Motion {
  std::array<T, 9> turn;
  Vector3<T> shift;

  template <class P>
  Vector3<T> operator()(const Vector3<P>& p) const {
    Vector3<T> q;
    for (int i = 0; i < 3; ++i)
      q[i] = turn[3 * i] * p[0] + turn[3 * i + 1] * p[1] + turn[3 * i + 2] * p[2] + shift[i];
    return q;
  }
};

// The rotation of the axis-angle r, then a shift.
template <class T>
Motion<T> motion(const Vector3<T>& r, const Vector3<T>& shift) {
  Motion<T> made;
  made.shift = shift;
  for (int j = 0; j < 3; ++j) {
    Vector3<T> unit = {0.0, 0.0, 0.0};
    unit[j] = 1.0;
    const Vector3<T> column = rotate(r, unit);
    for (int i = 0; i < 3; ++i) made.turn[3 * i + j] = column[i];
  }
  return made;
}

// First b, then a.
template <class T>
Motion<T> after(const Motion<T>& a, const Motion<T>& b) {
  Motion<T> both;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      both.turn[3 * i + j] = a.turn[3 * i] * b.turn[j] + a.turn[3 * i + 1] * b.turn[3 + j] +
                             a.turn[3 * i + 2] * b.turn[6 + j];
  both.shift = a(b.shift);
  return both;
}

}  // namespace tapestry::bench
