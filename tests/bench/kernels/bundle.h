// Bundle adjustment, ADBench's BA (source: see gmm.h). A camera (r, C, f, u, k) turns by the
// axis-angle r about its centre C, has focal length f, principal point u and radial distortion k;
// it sees the point X at
//
//   u + f d(p),   p = (y0 / y2, y1 / y2),   y = R(r) (X - C),   d(p) = p (1 + k0 |p|^2 + k1 |p|^4)
//
// Inputs: 11 numbers a camera, 3 a point, one weight w an observation. ADBench asks for the
// Jacobian of the residuals w (seen - feature) and 1 - w^2; one reverse sweep gives the gradient of
// half the sum of their squares, which is the result here. Synthetic scene, as many cameras, points
// and observations as the first published one has.
#pragma once

#include <string>
#include <vector>

#include "engine/tensor/random.h"
#include "tests/bench/kernels/rotation.h"

namespace tapestry::bench {
using namespace detail;

struct Bundle {
  static constexpr int camera_size = 11;
  int cameras, points, observations;
  std::vector<double> features;  // 2 an observation

  Bundle(int camera_count, int point_count, int observation_count)
      : cameras(camera_count), points(point_count), observations(observation_count) {
    Rng rng(13);
    features = uniform({2 * observation_count}, -300, 300, rng, DType::f64).to_vector();
  }

  std::string name() const { return "bundle-adjustment"; }

  std::vector<double> point() const {
    Rng rng(14);
    const auto about = [&](double middle, double spread) {
      return middle + spread * (2 * rng.next_uniform() - 1);
    };
    std::vector<double> x;
    for (int i = 0; i < cameras; ++i)
      for (double middle : {0.0, 0.0, 0.0, 0.0, 0.0, -8.0, 500.0, 0.0, 0.0, 0.02, 0.001})
        x.push_back(about(middle, middle == 500 ? 50 : middle > 0 ? 0.1 * middle : 0.3));
    for (int i = 0; i < 3 * points; ++i) x.push_back(about(0, 2));
    for (int i = 0; i < observations; ++i) x.push_back(about(1, 0.2));
    return x;
  }

  int camera_of(int observation) const { return observation % cameras; }
  int point_of(int observation) const { return static_cast<int>(7919L * observation % points); }

  template <class T>
  static std::array<T, 2> project(const T* camera, const T* x) {
    const Vector3<T> offset = {x[0] - camera[3], x[1] - camera[4], x[2] - camera[5]};
    const Vector3<T> y = rotate({camera[0], camera[1], camera[2]}, offset);
    const T px = y[0] / y[2], py = y[1] / y[2];
    const T squared = px * px + py * py;
    const T stretch = 1.0 + camera[9] * squared + camera[10] * squared * squared;
    return {px * stretch * camera[6] + camera[7], py * stretch * camera[6] + camera[8]};
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T* xs = x.data() + camera_size * cameras;
    const T* weights = xs + 3 * points;
    T sum = 0;
    for (int i = 0; i < observations; ++i) {
      const T& w = weights[i];
      const std::array<T, 2> seen =
          project(x.data() + camera_size * camera_of(i), xs + 3 * point_of(i));
      const T rx = w * (seen[0] - features[2 * i]), ry = w * (seen[1] - features[2 * i + 1]);
      const T rw = 1.0 - w * w;
      sum += rx * rx + ry * ry + rw * rw;
    }
    return 0.5 * sum;
  }
};

}  // namespace tapestry::bench
