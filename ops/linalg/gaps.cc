#include "ops/linalg/gaps.h"

#include <cmath>
#include <limits>

#include "engine/apply.h"
#include "engine/batching.h"
#include "engine/broadcast.h"
#include "engine/pullback.h"
#include "ops/elementwise.h"
#include "ops/linalg/batch.h"

namespace tapestry::linalg {
namespace {

[[noreturn]] void refuse_equal(const GapKind& kind, std::int64_t i, std::int64_t j, double first,
                               double second, const std::string& place) {
  if (kind.zero_last)
    refuse(kind.who,
           "number {} of the {} is 0 to rounding ({:.3g}); the result depends on vectors that have "
           "no derivative there{}",
           i, kind.what, first, place);
  refuse(kind.who,
         "{} {} and {} are equal to rounding ({:.6g} and {:.6g}); the result depends on their "
         "vectors, which have no derivative there{}",
         kind.what, i, j, first, second, place);
}

// The matrices of a batch in whose part of any of the adjoints an element is not 0.
std::vector<bool> touched(Inputs in, std::int64_t count) {
  std::vector<bool> result(static_cast<std::size_t>(count), false);
  for (std::size_t k = 1; k < in.size(); ++k) {
    const Tensor g = in[k].contiguous();
    const std::int64_t each = count ? g.size() / count : 0;
    visit_floating(g.dtype(), [&]<class T>(std::type_identity<T>) {
      for (std::int64_t e = 0; e < g.size(); ++e)
        if (g.data<T>()[e] != 0) result[static_cast<std::size_t>(e / each)] = true;
    });
  }
  return result;
}

struct InverseGaps {
  static constexpr std::string_view name = "inverse_gaps";
  static constexpr int arity = kVariadic;
  using Attributes = GapKind;
  static constexpr SaveMask saves(int) { return save_input(0) | save_output(); }
  static Tensor forward(Inputs in, const Attributes& kind) {
    const Tensor x = in[0].contiguous();
    const std::int64_t n = x.shape().back(), count = n ? x.size() / n : 0;
    Shape batch = x.shape();
    batch.erase(batch.rank() - 1);
    Tensor result = Tensor::uninitialized(joined(batch, {n, n}), x.dtype());
    const std::vector<bool> strict = touched(in, count);
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      T* out = result.mutable_data<T>();
      for (std::int64_t b = 0; b < count; ++b) {
        const T* v = x.data<T>() + b * n;
        T largest = 0;
        for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(v[i]));
        const T least = largest * std::numeric_limits<T>::epsilon();
        for (std::int64_t i = 0; i < n; ++i)
          for (std::int64_t j = 0; j < n; ++j, ++out) {
            const T gap = v[j] - v[i];
            if (!(std::abs(gap) <= least)) {
              *out = 1 / (kind.squares ? gap * (v[j] + v[i]) : gap);
              continue;
            }
            *out = 0;
            if (i < j && strict[static_cast<std::size_t>(b)])
              refuse_equal({kind.who, kind.what, kind.squares, kind.zero_last && j == n - 1}, i, j,
                           static_cast<double>(v[i]), static_cast<double>(v[j]),
                           place_in(batch, b));
          }
      }
    });
    return result;
  }
  static void batch(Batching& b) { b.carry_out(b.expanded()); }
  // d(1 / (y_j - y_i)) = -(1 / (y_j - y_i))^2 (dy_j - dy_i), with y = x or x^2.
  static void vjp(Pullback& p) {
    const Tensor &x = p.input(0), &f = p.output();
    const Tensor s = p.adjoint() * square(f);
    const AxisSet row = axis_bit(s.rank() - 2), column = axis_bit(s.rank() - 1);
    const Tensor g = sum_axes(s, column, column) - sum_axes(s, row, row);
    p.give(0, p.attributes<Attributes>().squares ? 2 * x * g : g);
  }
  static std::string describe(const Attributes& a) { return std::string(a.what); }
};

}  // namespace

Tensor inverse_gaps(const GapKind& kind, const Tensor& x, const std::vector<Tensor>& adjoints) {
  std::vector<Tensor> inputs{x};
  for (const Tensor& g : adjoints)
    if (g.defined()) inputs.push_back(g);
  return apply<InverseGaps>(inputs, kind);
}

}  // namespace tapestry::linalg
