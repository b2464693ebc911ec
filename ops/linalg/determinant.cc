#include "ops/linalg/determinant.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/grad/pullback.h"
#include "engine/grad/stop_gradient.h"
#include "engine/grad/transform.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/index.h"
#include "ops/layout/join.h"
#include "ops/layout/mapping.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/lapack.h"
#include "ops/linalg/rank.h"
#include "ops/linalg/solve.h"
#include "ops/linalg/svd.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

// The factors of one matrix: the sign of its permutation, NaN where the matrix is not finite, and
// the diagonal of U with n elements n + 1 apart.
template <class T>
struct Factors {
  double sign;
  const T* u;
  bool singular;
};

// Calls f(index, factors) for each matrix. Whether one is singular is looked at if `kJudged`.
template <bool kJudged, class T, class F>
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
      bool singular = false;
      if (sign == 1) {
        const int info = lapack::getrf(n, lu.data(), pivots.data());
        if constexpr (kJudged)
          singular = is_singular(items[i].transposed(), lu.data(), pivots.data(), info);
        for (int row = 0; row < n; ++row)
          if (pivots[static_cast<std::size_t>(row)] != row + 1) sign = -sign;
      }
      f(i, Factors<T>{sign, lu.data(), singular});
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
  const std::int64_t count = batch_shape(a).size();
  const Tensor minors = take(take(reshape(a, {count, n, n}), kept, 1), kept, 3);
  const Tensor each = reshape(transpose(minors, 2, 3), {count * n * n, n - 1, n - 1});
  return reshape(det(each), a.shape()) * from_vector(signs, {n, n}).to(a.dtype());
}

// A matrix to every number: (...) -> (..., 1, 1).
Tensor over_matrix(const Tensor& x) { return unsqueeze(unsqueeze(x, -1), -1); }

// Derivatives of orders up to kOrders keep two thirds of the digits where they are made of an
// inverse: that of order k then loses a factor of at most 1 / eps^(1/3).
constexpr int kOrders = 4;
double epsilon(const Tensor& a) {
  return a.dtype() == DType::f32 ? std::numeric_limits<float>::epsilon()
                                 : std::numeric_limits<double>::epsilon();
}

// No less than the square of the largest singular value.
template <class T>
double bound(const Item<T>& a) {
  std::vector<double> of_rows(static_cast<std::size_t>(a.rows)), of_columns(of_rows);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < a.columns; ++j) {
      const double size = std::abs(static_cast<double>(a.at(i, j)));
      of_rows[static_cast<std::size_t>(i)] += size;
      of_columns[static_cast<std::size_t>(j)] += size;
    }
  return *std::max_element(of_rows.begin(), of_rows.end()) *
         *std::max_element(of_columns.begin(), of_columns.end());
}

// Whether no matrix has a condition from which kOrders derivatives can suffer; for n > 0.
bool well_conditioned(const Tensor& a, const Tensor& inverse) {
  const double most = std::pow(epsilon(a), -2.0 / 3 / kOrders);
  bool well = true;
  visit_floating(a.dtype(), [&]<class T>(std::type_identity<T>) {
    const Items<T> own(a), other(inverse);
    for (std::int64_t i = 0; i < batch_shape(a).size() && well; ++i)
      well = !(bound(own[i]) * bound(other[i]) > most);
  });
  return well;
}

// The factor that a derivative made of the inverse can lose when s, descending, are the singular
// values: one of order k is a sum of products of n - k of them, the largest in the worst case, and
// is computed from the product of all, divided by the smallest k times.
double loss(const double* s, std::int64_t n) {
  double factor = 1;
  for (std::int64_t k = 1; k <= kOrders; ++k)
    factor *= s[std::max<std::int64_t>(n - 1 - k, 0)] / s[n - 1];
  return factor;
}

// How many of the singular values, from the smallest, are to be kept from division: all that are 0
// to rounding, and others, up to kMostChosen, until the rest do well.
std::int64_t weak_values(const double* s, std::int64_t n, double eps) {
  constexpr std::int64_t kMostChosen = 8;
  std::int64_t weak = 0;
  while (weak < n && s[n - 1 - weak] <= static_cast<double>(n) * eps * s[0]) ++weak;
  const double most = std::pow(eps, -1.0 / 3);
  while (weak < std::min(n - 1, kMostChosen) && loss(s, n - weak) > most) ++weak;
  return weak;
}

// (..., n, n) -> (..., n, n) as cofactors(), which costs the fewer minors the fewer `weak` are. In
// fixed bases U and V that make A diagonal here, det A = det U det V det L det S, where
// B = U^T A V = [[L, X], [Y, M]], L has the larger singular values, and S = M - Y L^-1 X is `weak`
// by `weak`; the minors are those of S. What is returned are the derivatives of det L det S by the
// four blocks, brought back.
Tensor split_cofactors(const Tensor& a, std::int64_t weak) {
  const auto [u, s, vh] = svd(stop_gradient(a));
  const std::int64_t strong = rows(a) - weak;
  const Tensor b = matmul(matmul(transpose(u), a), transpose(vh));
  const Tensor upper = slice(b, -2, {.stop = strong}), lower = slice(b, -2, {.start = strong});
  const Tensor l = slice(upper, -1, {.stop = strong}), x = slice(upper, -1, {.start = strong}),
               y = slice(lower, -1, {.stop = strong}), m = slice(lower, -1, {.start = strong});
  const Tensor inverse = inverse_for("det", l), right = matmul(inverse, x),
               left = matmul(y, inverse);
  const Tensor rest = m - matmul(y, right), of_l = over_matrix(det(l));
  const Tensor by_m = of_l * cofactors(rest), by_y = -matmul(by_m, transpose(right)),
               by_x = -matmul(transpose(left), by_m);
  const Tensor by_l =
      of_l * over_matrix(det(rest)) * transpose(inverse) - matmul(transpose(left), by_y);
  const Tensor by_b = concat({concat({by_l, by_x}, -1), concat({by_y, by_m}, -1)}, -2);
  const Tensor side = over_matrix(sign(det(u) * det(vh)));
  return side * matmul(matmul(u, by_b), vh);
}

struct Det {
  static constexpr std::string_view name = "det";
  static constexpr int arity = 1;
  static constexpr std::int64_t kMostMinors = 64, kDirect = 3;
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int) { return save_input(0) | save_output(); }
  static Tensor forward(Inputs in) {
    Tensor result = Tensor::uninitialized(batch_shape(in[0]), in[0].dtype());
    const std::int64_t n = columns(in[0]);
    visit_floating(result.dtype(), [&]<class T>(std::type_identity<T>) {
      T* out = result.mutable_data<T>();
      for_factors<false, T>(name, in[0], [=](std::int64_t index, const Factors<T>& factors) {
        double product = factors.sign;
        for (std::int64_t i = 0; i < n; ++i) product *= static_cast<double>(factors.u[i * (n + 1)]);
        out[index] = static_cast<T>(product);
      });
    });
    return result;
  }

  // The most values that a matrix of the batch needs to keep from division.
  static std::int64_t weakest(const Tensor& a, bool singular) {
    const std::int64_t n = rows(a);
    const std::vector<double> s = svdvals(detach(a)).to_vector();
    std::int64_t weak = singular ? 1 : 0;
    for (std::size_t at = 0; at < s.size(); at += static_cast<std::size_t>(n))
      weak = std::max(weak, weak_values(s.data() + at, n, epsilon(a)));
    return weak;
  }

  // The transpose of the adjugate: det A^-T (Giles 2008, 2.2.4) where that keeps its digits when it
  // is differentiated on, and else made of minors.
  static void vjp(Pullback& p) {
    const Tensor& a = p.input(0);
    const std::int64_t n = rows(a);
    if (a.size() == 0) return p.give(0, zeros_like(a));
    if (n <= kDirect) return p.give(0, over_matrix(p.cotangent()) * cofactors(a));
    const bool singular = any_singular(name, detach(a));
    Tensor inverse;
    if (!singular) inverse = inverse_for(name, a);
    std::int64_t weak = 0;
    if (singular || !well_conditioned(a, inverse)) weak = weakest(a, singular);
    if (singular && weak > kMostMinors)
      refuse(
          name,
          "a matrix is singular, where the gradient is made of minors; A has shape {}, and up to "
          "({}, {}) is supported",
          a.shape(), kMostMinors, kMostMinors);
    if (weak == 0 || weak > kMostMinors)
      p.give(0, over_matrix(p.cotangent() * p.output()) * transpose(inverse));
    else if (weak == n)
      p.give(0, over_matrix(p.cotangent()) * cofactors(a));
    else
      p.give(0, over_matrix(p.cotangent()) * split_cofactors(a, weak));
  }
};

struct SLogDet {
  static constexpr std::string_view name = "slogdet";
  static constexpr int arity = 1;
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int) { return save_input(0); }
  static void forward(Inputs in, const detail::NoAttributes&, std::span<Tensor> outputs) {
    for (Tensor& output : outputs)
      output = Tensor::uninitialized(batch_shape(in[0]), in[0].dtype());
    const std::int64_t n = columns(in[0]);
    visit_floating(in[0].dtype(), [&]<class T>(std::type_identity<T>) {
      T *signs = outputs[0].mutable_data<T>(), *logs = outputs[1].mutable_data<T>();
      for_factors<true, T>(name, in[0], [=](std::int64_t index, const Factors<T>& factors) {
        double sign = factors.sign, sum = sign - sign;  // 0, or NaN
        for (std::int64_t i = 0; i < n; ++i) {
          const double pivot = factors.singular ? 0 : static_cast<double>(factors.u[i * (n + 1)]);
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
    if (!p.cotangent(1).defined()) return;
    const Tensor g = unsqueeze(unsqueeze(p.cotangent(1), -1), -1);
    p.give(0, g * transpose(inverse_for(name, p.input(0))));
  }
};

}  // namespace

Tensor det(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(Det::name, a, "A");
  require_square(Det::name, a);
  return apply<Det>({&a});
}

SignAndLog slogdet(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(SLogDet::name, a, "A");
  require_square(SLogDet::name, a);
  const std::vector<Tensor> outputs = apply_many<SLogDet>({&a}, 2);
  return {outputs[0], outputs[1]};
}

}  // namespace tapestry
