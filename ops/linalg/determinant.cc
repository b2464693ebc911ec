#include "ops/linalg/determinant.h"

#include <cmath>
#include <limits>

#include "engine/apply.h"
#include "engine/factory.h"
#include "engine/pullback.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/lapack.h"
#include "ops/linalg/mapping.h"
#include "ops/linalg/records.h"
#include "ops/linalg/solve.h"
#include "ops/matmul.h"
#include "ops/view.h"

namespace tapestry {
namespace {

using namespace linalg;

// Calls f(index, sign, diagonal of U with n elements n + 1 apart) for each matrix; for one that is
// not finite the sign is NaN.
template <class T, class F>
void for_factors(std::string_view who, const Tensor& a, F&& f) {
  const int n = extent(who, columns(a));
  const Items<T> items(a);
  const std::int64_t count = batch_shape(a).size();
  for_stretches(count, std::int64_t{n} * n * n, [&](std::int64_t first, std::int64_t last) {
    const auto order = static_cast<std::size_t>(n);
    std::vector<T> lu(order * order);
    std::vector<int> pivots(order);
    for (std::int64_t i = first; i < last; ++i) {
      items[i].copy_rows(lu.data());  // by columns it is A^T, with the same determinant
      double sign = items[i].is_finite() ? 1 : std::numeric_limits<double>::quiet_NaN();
      if (sign == 1) {
        lapack::getrf(n, lu.data(), pivots.data());
        for (int row = 0; row < n; ++row)
          if (pivots[static_cast<std::size_t>(row)] != row + 1) sign = -sign;
      }
      f(i, sign, lu.data());
    }
  });
}

// (..., n, n) -> (..., n, n): the determinants without row i and column j, with the sign of
// (-1)^(i + j).
Tensor cofactors(const Tensor& a) {
  const std::int64_t n = rows(a);
  std::vector<std::int64_t> others;
  std::vector<double> signs;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      if (i != j) others.push_back(j);
      signs.push_back((i + j) % 2 ? -1 : 1);
    }
  const Tensor kept = from_vector(others, {n, n - 1});
  const int row = a.rank() - 2;
  const Tensor minors = take(take(a, kept, row), kept, row + 2);  // (..., i, n - 1, j, n - 1)
  return det(transpose(minors, row + 1, row + 2)) * from_vector(signs, {n, n}).to(a.dtype());
}

bool has_zero(const Tensor& x) {
  for (const double v : x.to_vector())
    if (v == 0) return true;
  return false;
}

struct Det {
  static constexpr std::string_view name = "det";
  static constexpr int arity = 1;
  static constexpr std::int64_t kMostMinors = 64;
  static void batch(Batching& b) { map_matrices(b); }
  static constexpr SaveMask saves(int) { return save_input(0) | save_output(); }
  static Tensor forward(Inputs in) {
    Tensor result = Tensor::uninitialized(batch_shape(in[0]), in[0].dtype());
    const std::int64_t n = columns(in[0]);
    visit_floating(result.dtype(), [&]<class T>(std::type_identity<T>) {
      T* out = result.mutable_data<T>();
      for_factors<T>(name, in[0], [=](std::int64_t index, double product, const T* u) {
        for (std::int64_t i = 0; i < n; ++i) product *= static_cast<double>(u[i * (n + 1)]);
        out[index] = static_cast<T>(product);
      });
    });
    return result;
  }
  // Giles 2008, 2.2.4; the transpose of the adjugate where there is no inverse.
  static void vjp(Pullback& p) {
    const Tensor &a = p.input(0), &d = p.output();
    const auto over_matrix = [](const Tensor& x) { return unsqueeze(unsqueeze(x, -1), -1); };
    if (!has_zero(d)) {
      p.give(0, over_matrix(p.adjoint() * d) * transpose(inverse_for(name, a)));
      return;
    }
    if (rows(a) > kMostMinors)
      refuse(
          name,
          "a matrix is singular, where the gradient is made of minors; A has shape {}, and up to "
          "({}, {}) is supported",
          a.shape(), kMostMinors, kMostMinors);
    p.give(0, over_matrix(p.adjoint()) * cofactors(a));
  }
};

struct SLogDet {
  static constexpr std::string_view name = "slogdet";
  static constexpr int arity = 1;
  static void batch(Batching& b) { map_matrices(b); }
  static constexpr SaveMask saves(int) { return save_input(0); }
  static void forward(Inputs in, const detail::NoAttributes&, std::span<Tensor> outputs) {
    for (Tensor& output : outputs)
      output = Tensor::uninitialized(batch_shape(in[0]), in[0].dtype());
    const std::int64_t n = columns(in[0]);
    visit_floating(in[0].dtype(), [&]<class T>(std::type_identity<T>) {
      T *signs = outputs[0].mutable_data<T>(), *logs = outputs[1].mutable_data<T>();
      for_factors<T>(name, in[0], [=](std::int64_t index, double sign, const T* u) {
        double sum = sign - sign;  // 0, or NaN
        for (std::int64_t i = 0; i < n; ++i) {
          const auto pivot = static_cast<double>(u[i * (n + 1)]);
          sign *= pivot > 0 ? 1 : pivot < 0 ? -1 : pivot;
          sum += std::log(std::abs(pivot));
        }
        signs[index] = static_cast<T>(sign);
        logs[index] = static_cast<T>(sum);
      });
    });
  }
  // d log|det A| = tr(A^-1 dA).
  static void vjp(Pullback& p) {
    if (!p.adjoint(1).defined()) return;
    const Tensor g = unsqueeze(unsqueeze(p.adjoint(1), -1), -1);
    p.give(0, g * transpose(inverse_for(name, p.input(0))));
  }
};

}  // namespace

Tensor det(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(Det::name, a);
  require_square(Det::name, a);
  return apply<Det>({&a});
}

SignAndLog slogdet(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(SLogDet::name, a);
  require_square(SLogDet::name, a);
  const std::vector<Tensor> outputs = apply_many<SLogDet>({&a}, 2);
  return {outputs[0], outputs[1]};
}

std::vector<Record> linalg::determinant_records() {
  const Tensor a = sample_numbers({3, 3}, 1), batch = sample_numbers({2, 3, 3}, 2);
  const auto log = [](const auto& in) { return slogdet(dominant(in[0])).logabsdet; };
  return {
      {"det",
       "The determinant of each matrix.",
       true,
       {{"matrix", {a}, [](const auto& in) { return det(0.3 * dominant(in[0])); }},
        {"batch", {batch}, [](const auto& in) { return det(0.3 * dominant(in[0])); }}},
       {{"not square",
         [] {
           det(zeros({2, 3}));
         },
         "[det] needs square matrices; A has shape (2, 3)"}}},
      {"slogdet",
       "The sign of each determinant and the logarithm of its absolute value.",
       true,
       {{"matrix", {a}, log},
        {"batch", {batch}, log},
        {"both",
         {batch},
         [](const auto& in) {
           const auto [sign, logarithm] = slogdet(dominant(in[0]));
           return sign * exp(0.25 * logarithm);
         }}},
       {{"not square",
         [] {
           slogdet(zeros({2, 3}));
         },
         "[slogdet] needs square matrices; A has shape (2, 3)"},
        {"dtype",
         [] {
           slogdet(zeros({2, 2}, DType::i64));
         },
         "[slogdet] A is i64; it must be f32 or f64: convert with .to()"}}},
  };
}

}  // namespace tapestry
