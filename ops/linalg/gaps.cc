#include "ops/linalg/gaps.h"

#include <cmath>
#include <limits>
#include <optional>

#include "engine/grad/batching.h"
#include "engine/grad/broadcast.h"
#include "engine/grad/gradient.h"
#include "engine/grad/sweep.h"
#include "engine/tape/apply.h"
#include "engine/tensor/escapes.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/product/matmul.h"

namespace tapestry::detail::linalg {
namespace {

// Numbers of eps of their matrix's size by which values that tie may differ, and numerators from 0,
// for each row.
constexpr double kTie = 8, kZero = 256;

// The n values of a matrix.
template <class T>
class Values {
 public:
  Values(const Gaps& gaps, const T* x, std::int64_t n) : gaps_(gaps), x_(x), n_(n) {
    T largest = 0;
    for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
    least_ =
        static_cast<T>(kTie * static_cast<double>(n)) * largest * std::numeric_limits<T>::epsilon();
  }
  std::int64_t rows() const { return gaps_.divisor == Divisor::single ? 1 : n_; }
  T divisor(std::int64_t i, std::int64_t j) const {
    if (gaps_.divisor == Divisor::single) return x_[j];
    return gaps_.divisor == Divisor::sum ? x_[j] + x_[i] : x_[j] - x_[i];
  }
  bool tie(std::int64_t i, std::int64_t j) const { return std::abs(divisor(i, j)) <= least_; }
  std::string text(std::int64_t i, std::int64_t j) const {
    if (gaps_.divisor == Divisor::single)
      return fmt::format(
          "number {} of the {} is 0 to rounding; the result depends on vectors that have no "
          "derivative there",
          j, gaps_.what);
    const auto shown = [&](std::int64_t k) {
      return std::abs(x_[k]) <= least_ ? 0.0 : static_cast<double>(x_[k]);
    };
    return fmt::format(
        "{} {} and {} are equal to rounding ({:.6g} and {:.6g}); the result depends on their "
        "vectors, which have no derivative there",
        gaps_.what, std::min(i, j), std::max(i, j), shown(std::min(i, j)), shown(std::max(i, j)));
  }

 private:
  const Gaps& gaps_;
  const T* x_;
  std::int64_t n_;
  T least_;
};

// Calls f(matrix number, values) for contiguous x.
template <class F>
void for_values(const Gaps& gaps, const Tensor& x, F&& f) {
  const std::int64_t n = x.shape().back(), count = n ? x.size() / n : 0;
  visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
    for (std::int64_t b = 0; b < count; ++b) f(b, Values<T>(gaps, x.data<T>() + b * n, n));
  });
}

// The first pair that ties and counts(matrix, i, j); empty when there is none.
template <class F>
std::string first_tie(const Gaps& gaps, const Tensor& given, F&& counts) {
  const Tensor x = given.contiguous();
  const std::int64_t n = x.shape().back();
  std::string text;
  for_values(gaps, x, [&](std::int64_t b, const auto& values) {
    for (std::int64_t i = 0; i < values.rows() && text.empty(); ++i)
      for (std::int64_t j = 0; j < n && text.empty(); ++j)
        if ((gaps.divisor == Divisor::single || i != j) && values.tie(i, j) && counts(b, i, j))
          text = values.text(i, j) + place_in(without_last(x.shape()), b);
  });
  return text;
}

// The largest |element| of each matrix, or of each of its columns.
template <class T>
std::vector<double> largest(const Tensor& given, std::int64_t count, std::int64_t columns) {
  const Tensor x = given.contiguous();
  const std::int64_t each = count ? x.size() / count : 0;
  std::vector<double> result(static_cast<std::size_t>(count * columns), 0);
  for (std::int64_t e = 0; e < x.size(); ++e) {
    double& most = result[static_cast<std::size_t>(e / each * columns + e % columns)];
    most = std::max(most, std::abs(static_cast<double>(x.data<T>()[e])));
  }
  return result;
}

// Operands: x, the numerators, what gives them their scale.
std::string depends_on_choice(const Gaps& gaps, Inputs in) {
  const std::int64_t n = in[0].shape().back(), count = n ? in[0].size() / n : 0;
  if (in[1].size() == 0) return {};
  const Tensor numerators = in[1].contiguous();
  const std::int64_t each = numerators.size() / count;
  std::string text;
  visit_floating(numerators.dtype(), [&]<class T>(std::type_identity<T>) {
    const double zero = kZero * static_cast<double>(each / n + n) *
                        static_cast<double>(std::numeric_limits<T>::epsilon());
    const std::vector<double> scale = largest<T>(in[2], count, 1);
    const std::vector<double> of_columns = largest<T>(numerators, count, n);
    text = first_tie(gaps, in[0], [&](std::int64_t b, std::int64_t i, std::int64_t j) {
      const double size =
          gaps.divisor == Divisor::single
              ? of_columns[static_cast<std::size_t>(b * n + j)]
              : std::abs(static_cast<double>(numerators.data<T>()[b * each + i * n + j]));
      return size > zero * scale[static_cast<std::size_t>(b)];
    });
  });
  return text;
}

// 1 / divisor, 0 where values tie; operands as above.
struct InverseGaps {
  static constexpr std::string_view name = "inverse_gaps";
  static constexpr int arity = 3;
  using Attributes = Gaps;
  static constexpr SaveMask saves(int) { return save_output(); }
  static Tensor forward(Inputs in, const Attributes& gaps) {
    if (const std::string text = depends_on_choice(gaps, in); !text.empty())
      refuse(gaps.who, "{}", text);
    const Tensor x = in[0].contiguous();
    const std::int64_t n = x.shape().back();
    Tensor result = Tensor::uninitialized(
        joined(without_last(x.shape()), {gaps.divisor == Divisor::single ? 1 : n, n}), x.dtype());
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      T* out = result.mutable_data<T>();
      for_values(gaps, x, [&](std::int64_t, const auto& values) {
        for (std::int64_t i = 0; i < values.rows(); ++i)
          for (std::int64_t j = 0; j < n; ++j)
            *out++ = values.tie(i, j) ? T(0) : static_cast<T>(1 / values.divisor(i, j));
      });
    });
    return result;
  }
  static void batch(Batching& b) { b.execute(b.expanded()); }
  // d(1 / d_ij) = -(1 / d_ij)^2 times dx_j, and plus or minus dx_i.
  static void vjp(Pullback& p) {
    const Tensor& f = p.output();
    const Divisor divisor = p.attributes<Attributes>().divisor;
    const Tensor s = p.cotangent() * f * f;
    const AxisSet row = axis_bit(s.rank() - 2), column = axis_bit(s.rank() - 1);
    const Tensor by_j = -sum_axes(s, row, row);
    if (divisor == Divisor::single) return p.give(0, by_j);
    const Tensor by_i = sum_axes(s, column, column);
    p.give(0, divisor == Divisor::sum ? by_j - by_i : by_j + by_i);
  }
  static std::string describe(const Attributes& a) { return std::string(a.what); }
};

// Where values tie, 1 / divisor of (j + 1)^power in their place; 0 elsewhere.
struct InverseTies {
  static constexpr std::string_view name = "inverse_ties";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  struct Attributes {
    Gaps gaps;
    int power;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor x = in[0].contiguous();
    const std::int64_t n = x.shape().back();
    std::vector<double> t;
    for (std::int64_t j = 0; j < n; ++j) t.push_back(std::pow(static_cast<double>(j + 1), a.power));
    const Values<double> grown(a.gaps, t.data(), n);
    Tensor result = Tensor::uninitialized(
        joined(without_last(x.shape()), {a.gaps.divisor == Divisor::single ? 1 : n, n}), x.dtype());
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      T* out = result.mutable_data<T>();
      for_values(a.gaps, x, [&](std::int64_t, const auto& values) {
        for (std::int64_t i = 0; i < values.rows(); ++i)
          for (std::int64_t j = 0; j < n; ++j) {
            const double divisor = grown.divisor(i, j);
            *out++ = values.tie(i, j) && divisor != 0 ? static_cast<T>(1 / divisor) : T(0);
          }
      });
    });
    return result;
  }
  static void batch(Batching& b) { b.execute(b.expanded()); }
  static std::string describe(const Attributes& a) { return std::string(a.gaps.what); }
};

// The first operand, where each of its matrices is 0 or no values in the second tie.
struct WithoutTies {
  static constexpr std::string_view name = "without_ties";
  static constexpr int arity = 2;
  using Attributes = Gaps;
  static constexpr SaveMask saves(int) { return save_input(1); }
  static Tensor forward(Inputs in, const Attributes& gaps) {
    const std::int64_t n = in[1].shape().back(), count = n ? in[1].size() / n : 0;
    std::string text;
    visit_floating(in[0].dtype(), [&]<class T>(std::type_identity<T>) {
      const std::vector<double> size = largest<T>(in[0], count, 1);
      text = first_tie(gaps, in[1], [&](std::int64_t b, std::int64_t, std::int64_t) {
        return size[static_cast<std::size_t>(b)] > 0;
      });
    });
    if (!text.empty()) refuse(gaps.who, "{}", text);
    return detach(in[0]);
  }
  static void batch(Batching& b) { b.execute(b.expanded()); }
  static void vjp(Pullback& p) {
    p.give(0, of_ties(p.attributes<Attributes>(), p.cotangent(), p.input(1)));
  }
  static void jvp(Pushforward& p) {
    if (p.tangent(0).defined()) p.give(0, p.tangent(0));
  }
  static std::string describe(const Attributes& a) { return std::string(a.what); }
};

struct OfTies {
  static constexpr std::string_view name = "of_ties";
  static constexpr int arity = 2;
  using Attributes = Gaps;
  static constexpr SaveMask saves(int) { return save_input(1); }
  static Tensor forward(Inputs in, const Attributes&) { return detach(in[0]); }
  static void batch(Batching& b) { b.execute(b.expanded()); }
  static void vjp(Pullback& p) {
    const Tensor& g = p.cotangent();
    p.give(0, p.wants(1) ? apply<WithoutTies>({&g, &p.input(1)}, p.attributes<Attributes>()) : g);
  }
  static void jvp(Pushforward& p) {
    if (p.tangent(0).defined()) p.give(0, p.tangent(0));
  }
  static std::string describe(const Attributes& a) { return std::string(a.what); }
};

std::string any_tie(const Gaps& gaps, const Tensor& x) {
  const detail::UnwatchedReading refusals_only;
  return first_tie(gaps, detach(x), [](auto...) { return true; });
}

}  // namespace

Tensor over_gaps(const Gaps& gaps, const Tensor& x, const Tensor& numerator, const Tensor& scale) {
  return numerator * apply<InverseGaps>({&x, &numerator, &scale}, gaps);
}

void require_none(const Gaps& gaps, const Tensor& x, const Tensor& numerator, const Tensor& scale) {
  apply<InverseGaps>({&x, &numerator, &scale}, gaps);
}

bool may_tie(const Gaps& gaps, const Tensor& x) {
  return detail::context.escapes || !any_tie(gaps, x).empty();
}

Tensor inverse_gaps(const Gaps& gaps, const Tensor& x) {
  const Tensor none = zeros(Shape{0}, x.dtype());
  return apply<InverseGaps>({&x, &none, &none}, gaps);
}

namespace {

// The derivatives of a number that is made of adjoints, recorded.
std::vector<Tensor> derivatives(const Pullback& p, const Tensor& y, const std::vector<Active>& of) {
  const AxisSet all = axis_bit(y.rank()) - 1;
  const Tensor total = sum_axes(y, all, all);
  if (!p.sweep().tape().owns(total)) return std::vector<Tensor>(of.size());
  std::vector<Tensor> results;
  for (const Active& x : gradients(total, of, {.create_graph = true, .allow_unused = true}))
    results.push_back(x.tensor());
  return results;
}

}  // namespace

std::vector<Tensor> along_ties(const Pullback& p, int values, std::initializer_list<int> vectors,
                               int power) {
  if (!p.sweep().recorded()) throw detail::SweepNotRecorded();
  const Tensor& g = p.cotangent(values);
  if (!g.defined()) return std::vector<Tensor>(vectors.size());
  std::vector<double> t;
  for (std::int64_t j = 0; j < g.shape().back(); ++j)
    t.push_back(std::pow(static_cast<double>(j + 1), power));
  const Tensor weights = from_vector(t, {g.shape().back()}).to(g.dtype());
  std::vector<Active> of;
  for (const int k : vectors) of.emplace_back(p.output(k));
  return derivatives(p, g * weights, of);
}

std::vector<Tensor> along_turn(const Pullback& p, const Gaps& gaps, const Tensor& x,
                               std::initializer_list<Turned> vectors) {
  if (!p.sweep().recorded()) throw detail::SweepNotRecorded();
  const Tensor turn = apply<InverseTies>({&x}, {gaps, 1});  // skew
  Tensor total;
  std::vector<Active> of;
  for (const auto& [k, by_rows] : vectors) {
    const Tensor &v = p.output(k), &g = p.cotangent(k);
    of.emplace_back(v);
    if (!g.defined()) continue;
    const Tensor moved = by_rows ? matmul(transpose(turn), v) : matmul(v, turn);
    const AxisSet last = axis_bit(v.rank() - 1) | axis_bit(v.rank() - 2);
    const Tensor term = sum_axes(g * moved, last, last);
    total = total.defined() ? total + term : term;
  }
  return total.defined() ? derivatives(p, total, of) : std::vector<Tensor>(of.size());
}

Tensor over_ties(const Gaps& gaps, const Tensor& x, const Tensor& first, const Tensor& second,
                 const Tensor& scale) {
  const Tensor limit = first * apply<InverseTies>({&x}, {gaps, 1});
  const Tensor apart = second * apply<InverseTies>({&x}, {gaps, 2}) - limit;
  require_none(gaps, x, apart, scale);
  return limit;
}

Tensor of_ties(const Gaps& gaps, const Tensor& y, const Tensor& x) {
  return apply<OfTies>({&y, &x}, gaps);
}

void refuse_turning(Pushforward& p, const Gaps& gaps, const Tensor& x,
                    std::initializer_list<int> vectors) {
  if (!p.tangent(0).defined()) return;
  std::string text;
  {
    const detail::UnwatchedReading refusals_only;
    const Tensor tangent = p.tangent(0).contiguous();
    const std::int64_t n = x.shape().back(), count = n ? x.size() / n : 0;
    visit_floating(tangent.dtype(), [&]<class T>(std::type_identity<T>) {
      const std::vector<double> size = largest<T>(tangent, count, 1);
      text = first_tie(gaps, detach(x), [&](std::int64_t b, std::int64_t, std::int64_t) {
        return size[static_cast<std::size_t>(b)] > 0;
      });
    });
  }
  detail::note_function();  // another example may be refused
  if (text.empty()) return;
  for (int k : vectors) p.refuse_tangent(k, text);
}

}  // namespace tapestry::detail::linalg
