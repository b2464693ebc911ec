// A hand that moves to meet given points, after ADBench's HAND (source: see gmm.h): forward
// kinematics of the bones, skinning of the vertices, a motion of the whole.
//
// The published mesh and its bones are not used: the hand is synthetic. Five fingers spread from a
// wrist, each a fixed metacarpal and three bones that turn, lengths as below; every vertex lies
// near a bone and follows it and the bone before it, weights w and 1 - w. As many vertices as the
// published one has, each with a point to meet.
//
// Inputs, 26: axis-angle and shift of the whole, then of each finger the first joint's flexion and
// sideways turn and the flexions of the other two. ADBench asks for the Jacobian of the distances;
// here the result is half the sum of their squares, whose gradient takes one reverse sweep.
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/tensor/random.h"
#include "tests/bench/kernels/rotation.h"

namespace tapestry::bench {
using namespace detail;

struct Hand {
  static constexpr int fingers = 5, bones = 4, inputs = 26;
  static constexpr std::array<double, bones> length = {0.6, 0.4, 0.3, 0.2};

  struct Vertex {
    int finger, bone;              // bone 1 to 3, the one before it is bone - 1
    double weight;                 // of the bone
    Vector3<double> here, before;  // the vertex in the frames of the two, at rest
    Vector3<double> target;
  };
  std::vector<Vertex> vertices;

  explicit Hand(int count) {
    Rng rng(17);
    const std::vector<Motion<double>> rest = pose(std::vector<double>(inputs, 0.0));
    const auto jitter = [&](double size) { return size * (2 * rng.next_uniform() - 1); };
    for (int i = 0; i < count; ++i) {
      Vertex v{.finger = i % fingers,
               .bone = 1 + i / fingers % (bones - 1),
               .weight = 0.5,
               .here = {},
               .before = {},
               .target = {}};
      const double along = rng.next_uniform();
      v.weight = 0.5 + 0.5 * along;
      v.here = {along * length[v.bone], jitter(0.1), jitter(0.1)};
      const Motion<double>& frame = rest[v.finger * bones + v.bone - 1];
      const Vector3<double> at = rest[v.finger * bones + v.bone](v.here);
      for (int row = 0; row < 3; ++row)  // the inverse: the transpose of a rotation
        for (int j = 0; j < 3; ++j)
          v.before[row] += frame.turn[3 * j + row] * (at[j] - frame.shift[j]);
      for (int j = 0; j < 3; ++j) v.target[j] = at[j] + jitter(0.2);
      vertices.push_back(v);
    }
  }

  std::string name() const { return "hand"; }
  std::vector<double> point() const {
    Rng rng(18);
    return uniform({inputs}, -0.4, 0.4, rng, DType::f64).to_vector();
  }

  // A turn about z (sideways), then about y (flexion), seen from `offset` along x.
  template <class T>
  static Motion<T> joint(double offset, const T& sideways, const T& flexion) {
    using std::cos, std::sin;
    const T cs = cos(sideways), ss = sin(sideways), cf = cos(flexion), sf = sin(flexion);
    return {{cs * cf, -ss, cs * sf, ss * cf, cs, ss * sf, -sf, 0.0, cf}, {offset, 0.0, 0.0}};
  }

  // The frames of all bones, finger by finger, before the motion of the whole.
  template <class T>
  static std::vector<Motion<T>> pose(const std::vector<T>& x) {
    std::vector<Motion<T>> frames;
    for (int f = 0; f < fingers; ++f) {
      const T* angle = x.data() + 6 + 4 * f;
      const double spread = 0.25 * (f - 2), c = std::cos(spread), s = std::sin(spread);
      frames.push_back({{c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0}, {0.0, 0.0, 0.0}});
      frames.push_back(after(frames.back(), joint<T>(length[0], angle[1], angle[0])));
      frames.push_back(after(frames.back(), joint<T>(length[1], 0.0, angle[2])));
      frames.push_back(after(frames.back(), joint<T>(length[2], 0.0, angle[3])));
    }
    return frames;
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    const std::vector<Motion<T>> frames = pose(x);
    const Motion<T> whole = motion<T>({x[0], x[1], x[2]}, {x[3], x[4], x[5]});
    T sum = 0;
    for (const Vertex& v : vertices) {
      const Motion<T>* frame = frames.data() + v.finger * bones + v.bone;
      const Vector3<T> p = frame[0](v.here), q = frame[-1](v.before);
      Vector3<T> skin;
      for (int j = 0; j < 3; ++j) skin[j] = v.weight * p[j] + (1 - v.weight) * q[j];
      const Vector3<T> placed = whole(skin);
      for (int j = 0; j < 3; ++j) {
        const T distance = placed[j] - v.target[j];
        sum += distance * distance;
      }
    }
    return 0.5 * sum;
  }
};

}  // namespace tapestry::bench
