#include "ops/linalg/gaps.h"

#include <cmath>
#include <limits>

#include "engine/apply.h"
#include "engine/batching.h"
#include "engine/broadcast.h"
#include "engine/departures.h"
#include "engine/pullback.h"
#include "ops/elementwise.h"
#include "ops/linalg/batch.h"

namespace tapestry::detail::linalg {
namespace {

std::string equal_text(const GapKind& kind, std::int64_t i, std::int64_t j, double first,
                       double second, const std::string& place) {
  if (kind.zero_last)
    return fmt::format(
        "number {} of the {} is 0 to rounding ({:.3g}); the result depends on vectors that have "
        "no derivative there{}",
        i, kind.what, first, place);
  return fmt::format(
      "{} {} and {} are equal to rounding ({:.6g} and {:.6g}); the result depends on their "
      "vectors, which have no derivative there{}",
      kind.what, i, j, first, second, place);
}

// The matrices of a batch in whose part of any of the adjoints an element is not 0.
std::vector<bool> touched(std::span<const Tensor* const> adjoints, std::int64_t count) {
  std::vector<bool> result(static_cast<std::size_t>(count), false);
  for (const Tensor* adjoint : adjoints) {
    const Tensor g = adjoint->contiguous();
    const std::int64_t each = count ? g.size() / count : 0;
    visit_floating(g.dtype(), [&]<class T>(std::type_identity<T>) {
      for (std::int64_t e = 0; e < g.size(); ++e)
        if (g.data<T>()[e] != 0) result[static_cast<std::size_t>(e / each)] = true;
    });
  }
  return result;
}

// Two numbers that differ by rounding only, by eps max |x| or less, have no gap.
template <class T>
T least_gap(const T* x, std::int64_t n) {
  T largest = 0;
  for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
  return largest * std::numeric_limits<T>::epsilon();
}

// What is to be said of the first pair without a gap in a matrix that is touched; empty when there
// is none.
std::string first_equal(const GapKind& kind, const Tensor& given,
                        std::span<const Tensor* const> adjoints) {
  const Tensor x = given.contiguous();
  const std::int64_t n = x.shape().back(), count = n ? x.size() / n : 0;
  Shape batch = x.shape();
  batch.erase(batch.rank() - 1);
  const std::vector<bool> strict = touched(adjoints, count);
  std::string text;
  visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
    for (std::int64_t b = 0; b < count; ++b) {
      if (!strict[static_cast<std::size_t>(b)]) continue;
      const T* v = x.data<T>() + b * n;
      const T least = least_gap(v, n);
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = i + 1; j < n; ++j) {
          if (!(std::abs(v[j] - v[i]) <= least) || !text.empty()) continue;
          text =
              equal_text({kind.who, kind.what, kind.zero_last && j == n - 1}, i, j,
                         static_cast<double>(v[i]), static_cast<double>(v[j]), place_in(batch, b));
        }
    }
  });
  return text;
}

struct InverseGaps {
  static constexpr std::string_view name = "inverse_gaps";
  static constexpr int arity = kVariadic;
  using Attributes = GapKind;
  static constexpr SaveMask saves(int) { return save_output(); }
  static Tensor forward(Inputs in, const Attributes& kind) {
    std::vector<const Tensor*> adjoints;
    for (std::size_t k = 1; k < in.size(); ++k) adjoints.push_back(&in[k]);
    if (const std::string text = first_equal(kind, in[0], adjoints); !text.empty())
      refuse(kind.who, "{}", text);
    const Tensor x = in[0].contiguous();
    const std::int64_t n = x.shape().back(), count = n ? x.size() / n : 0;
    Shape batch = x.shape();
    batch.erase(batch.rank() - 1);
    Tensor result = Tensor::uninitialized(joined(batch, {n, n}), x.dtype());
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      T* out = result.mutable_data<T>();
      for (std::int64_t b = 0; b < count; ++b) {
        const T* v = x.data<T>() + b * n;
        const T least = least_gap(v, n);
        for (std::int64_t i = 0; i < n; ++i)
          for (std::int64_t j = 0; j < n; ++j, ++out) {
            const T gap = v[j] - v[i];
            const bool none = std::abs(gap) <= least;
            *out = none ? 0 : 1 / (kind.sums ? v[j] + v[i] : gap);
          }
      }
    });
    return result;
  }
  static void batch(Batching& b) { b.carry_out(b.expanded()); }
  // d(1 / (x_j - x_i)) = -(1 / (x_j - x_i))^2 (dx_j - dx_i), and so with sums.
  static void vjp(Pullback& p) {
    const Tensor& f = p.output();
    const Tensor s = p.adjoint() * f * f;
    const AxisSet row = axis_bit(s.rank() - 2), column = axis_bit(s.rank() - 1);
    const Tensor by_j = sum_axes(s, row, row), by_i = sum_axes(s, column, column);
    p.give(0, p.attributes<Attributes>().sums ? -by_i - by_j : by_i - by_j);
  }
  static std::string describe(const Attributes& a) { return std::string(a.what); }
};

// The first operand, where each matrix of the third is 0 or all x, the second, have gaps.
struct WithGaps {
  static constexpr std::string_view name = "with_gaps";
  static constexpr int arity = 3;
  using Attributes = GapKind;
  static constexpr SaveMask saves(int) { return save_input(1); }
  static Tensor forward(Inputs in, const Attributes& kind) {
    const Tensor* const moving = &in[2];
    if (const std::string text = first_equal(kind, in[1], {&moving, 1}); !text.empty())
      refuse(kind.who, "{}", text);
    return detach(in[0]);
  }
  static void batch(Batching& b) { b.carry_out(b.expanded()); }
  static void vjp(Pullback& p) {
    p.give(0, made_of_vectors(p.attributes<Attributes>(), p.adjoint(), p.input(1)));
  }
  static void jvp(Pushforward& p) {
    if (p.tangent(0).defined()) p.give(0, p.tangent(0));
  }
  static std::string describe(const Attributes& a) { return std::string(a.what); }
};

// Operands: y, x, and the matrix's tangent, or x again in reverse mode.
struct MadeOfVectors {
  static constexpr std::string_view name = "made_of_vectors";
  static constexpr int arity = 3;
  struct Attributes {
    GapKind kind;
    bool forward;
  };
  static constexpr SaveMask saves(int) { return save_input(1) | save_input(2); }
  static Tensor forward(Inputs in, const Attributes&) { return detach(in[0]); }
  static void batch(Batching& b) { b.carry_out(b.expanded()); }
  static void vjp(Pullback& p) {
    const auto& [kind, forward] = p.attributes<Attributes>();
    const Tensor& g = p.adjoint();
    if (!p.wants(1)) return p.give(0, g);
    const Tensor& moving = forward ? p.input(2) : g;
    p.give(0, apply<WithGaps>({&g, &p.input(1), &moving}, kind));
  }
  static void jvp(Pushforward& p) {
    if (p.tangent(0).defined()) p.give(0, p.tangent(0));
  }
  static std::string describe(const Attributes& a) { return std::string(a.kind.what); }
};

}  // namespace

Tensor made_of_vectors(const GapKind& kind, const Tensor& y, const Tensor& x,
                       const Tensor& tangent) {
  const bool forward = tangent.defined();
  return apply<MadeOfVectors>({&y, &x, forward ? &tangent : &x}, {kind, forward});
}

Tensor inverse_gaps(const GapKind& kind, const Tensor& x, const std::vector<Tensor>& adjoints) {
  std::vector<Tensor> inputs{x};
  for (const Tensor& g : adjoints)
    if (g.defined()) inputs.push_back(g);
  return apply<InverseGaps>(inputs, kind);
}

void refuse_turning(Pushforward& p, const GapKind& kind, const Tensor& x,
                    std::initializer_list<int> vectors) {
  if (!p.tangent(0).defined()) return;
  std::string text;
  {
    const detail::UnwatchedReading refusals_only;
    const Tensor* const tangent = &p.tangent(0);
    text = first_equal(kind, x, {&tangent, 1});
  }
  detail::note_function();  // another example may be refused
  if (text.empty()) return;
  for (int k : vectors) p.refuse_tangent(k, text);
}

}  // namespace tapestry::detail::linalg
