// Burgers' equation in two dimensions on a periodic square of side 1,
//
//   u_t + u u_x + v u_y = nu (u_xx + u_yy),   v_t + u v_x + v v_y = nu (v_xx + v_yy),
//
// by explicit Euler steps and central differences. Inputs: u, then v, at the start, n x n each.
// Result: the kinetic energy at the end, the integral of (u^2 + v^2) / 2.
#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace tapestry::bench {
using namespace detail;

struct Burgers {
  int n, steps;
  double viscosity = 0.01, dt = 0.002;

  std::string name() const { return "burgers-2d"; }

  std::vector<double> point() const {
    std::vector<double> u, v;
    const double k = 2 * std::numbers::pi / n;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) {
        u.push_back(0.5 + std::sin(k * i) * std::cos(k * j));
        v.push_back(0.3 - std::cos(k * i) * std::sin(2 * k * j));
      }
    u.insert(u.end(), v.begin(), v.end());
    return u;
  }

  template <class T>
  T operator()(const std::vector<T>& start) const {
    const int size = n * n;
    const double gradient = dt * n / 2, diffusion = dt * viscosity * n * n;
    std::vector<T> u(start.begin(), start.begin() + size), v(start.begin() + size, start.end());
    std::vector<T> next_u(u.size()), next_v(v.size());
    for (int step = 0; step < steps; ++step) {
      for (int i = 0; i < n; ++i) {
        const int row = i * n, before = (i == 0 ? n - 1 : i - 1) * n,
                  after = (i == n - 1 ? 0 : i + 1) * n;
        for (int j = 0; j < n; ++j) {
          const int west = j == 0 ? n - 1 : j - 1, east = j == n - 1 ? 0 : j + 1;
          const int here = row + j, n0 = before + j, n1 = after + j, w = row + west, e = row + east;
          const T flow_x = gradient * u[here], flow_y = gradient * v[here];
          next_u[here] = u[here] - flow_x * (u[n1] - u[n0]) - flow_y * (u[e] - u[w]) +
                         diffusion * (u[n1] + u[n0] + u[e] + u[w] - 4.0 * u[here]);
          next_v[here] = v[here] - flow_x * (v[n1] - v[n0]) - flow_y * (v[e] - v[w]) +
                         diffusion * (v[n1] + v[n0] + v[e] + v[w] - 4.0 * v[here]);
        }
      }
      u.swap(next_u);
      v.swap(next_v);
    }
    T energy = 0;
    for (int i = 0; i < size; ++i) energy += u[i] * u[i] + v[i] * v[i];
    return energy * (0.5 / size);
  }
};

}  // namespace tapestry::bench
