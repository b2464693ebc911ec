#include "ops/linalg/qr.h"

#include <limits>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tape/pushforward.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/join.h"
#include "ops/layout/mapping.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/lapack.h"
#include "ops/linalg/rank.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

// The first k rows of a by columns, without what lies below the diagonal, to rows.
template <class T>
void copy_upper(const T* a, std::int64_t m, std::int64_t n, std::int64_t k, T* r) {
  for (std::int64_t i = 0; i < k; ++i)
    for (std::int64_t j = 0; j < n; ++j) r[i * n + j] = j < i ? T(0) : a[j * m + i];
}

template <class T>
void factor(std::string_view who, const Tensor& a, T* q, T* r) {
  const int m = extent(who, rows(a)), n = extent(who, columns(a)), k = std::min(m, n);
  const std::int64_t size = std::int64_t{m} * n, q_size = std::int64_t{m} * k,
                     r_size = std::int64_t{k} * n;
  if (k == 0) return;
  T for_factors{}, for_q{};
  lapack::geqrf<T>(m, n, nullptr, nullptr, &for_factors, -1);
  lapack::orgqr<T>(m, k, nullptr, nullptr, &for_q, -1);
  const int needed = work_size(who, static_cast<double>(std::max(for_factors, for_q)));
  const Items<T> items(a);
  const std::int64_t count = batch_shape(a).size();
  for_stretches(count, 4 * size * k, [&](std::int64_t first, std::int64_t last) {
    std::vector<T> by_columns(static_cast<std::size_t>(size)), tau(static_cast<std::size_t>(k)),
        work(static_cast<std::size_t>(needed));
    T* const data = by_columns.data();
    for (std::int64_t i = first; i < last; ++i) {
      items[i].copy_columns(data);
      if (items[i].is_finite()) {
        lapack::geqrf(m, n, data, tau.data(), work.data(), needed);
        copy_upper(data, m, n, k, r + i * r_size);
        lapack::orgqr(m, k, data, tau.data(), work.data(), needed);
      } else {
        std::fill(data, data + size, std::numeric_limits<T>::quiet_NaN());
        copy_upper(data, m, n, k, r + i * r_size);
      }
      Item<T>{data, m, k, 1, m}.copy_rows(q + i * q_size);
    }
  });
}

// R itself, where its columns are independent: an op, so that every matrix that vmap brings is
// looked at.
struct Independent {
  static constexpr std::string_view name = "qr";
  static constexpr int arity = 1;
  static Tensor forward(Inputs in) {
    require_independent_columns(
        name, in[0],
        ": its leading columns depend on one another, and the factors have no "
        "derivative there");
    return detach(in[0]);
  }
  static void batch(Batching& b) { map_aligned(b); }
  static void vjp(Pullback& p) { p.give(0, p.cotangent()); }
  static void jvp(Pushforward& p) { p.give(0, p.tangent(0)); }
};

struct Qr {
  static constexpr std::string_view name = "qr";
  static constexpr int arity = 1;
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int) { return save_output(0) | save_output(1); }
  static void forward(Inputs in, const detail::NoAttributes&, std::span<Tensor> outputs) {
    const Tensor& a = in[0];
    const Shape batch = batch_shape(a);
    const std::int64_t k = std::min(rows(a), columns(a));
    outputs[0] = Tensor::uninitialized(joined(batch, {rows(a), k}), a.dtype());
    outputs[1] = Tensor::uninitialized(joined(batch, {k, columns(a)}), a.dtype());
    visit_floating(a.dtype(), [&]<class T>(std::type_identity<T>) {
      factor(name, a, outputs[0].mutable_data<T>(), outputs[1].mutable_data<T>());
    });
  }

  // (G + Q copyltu(M)) R^-T with M = R H^T - G^T Q for the adjoints G of Q and H of R, where
  // copyltu mirrors the lower triangle. S. F. Walter, L. Lehmann, Algorithmic differentiation of
  // linear algebra functions with application in optimum experimental design, arXiv:1001.1654,
  // 2010, with square or tall A. Either adjoint may be missing.
  static Tensor pull_back(const Tensor& q, const Tensor& any, const Tensor& gq, const Tensor& gr) {
    const Tensor r = apply<Independent>({&any});
    Tensor m;
    if (gr.defined()) m = matmul(r, transpose(gr));
    if (gq.defined()) {
      const Tensor inner = matmul(transpose(gq), q);
      m = m.defined() ? m - inner : -inner;
    }
    Tensor sum = matmul(q, tril(m) + transpose(tril(m, -1)));
    if (gq.defined()) sum = sum + gq;
    return transpose(triangular_solve_for(name, r, transpose(sum), {.upper = true}));
  }

  // For wide A = [X Y] = Q [R S], where Y = Q S: the rule for X, to whose adjoint of Q the second
  // part adds. J. A. Roberts, D. Roberts, QR and LQ decomposition matrix backpropagation algorithms
  // for square, wide, and deep matrices and their software implementation, arXiv:2009.10071, 2020.
  static void vjp(Pullback& p) {
    const Tensor &q = p.output(0), &r = p.output(1), &gq = p.cotangent(0), &gr = p.cotangent(1);
    const std::int64_t k = rows(r);
    if (rows(q) >= columns(r)) {
      p.give(0, pull_back(q, r, gq, gr));
      return;
    }
    const Tensor left = slice(r, -1, {.stop = k}), right = slice(r, -1, {.start = k});
    if (!gr.defined()) {
      const Tensor gx = pull_back(q, left, gq, gr);
      const Shape rest = joined(batch_shape(r), {k, columns(r) - k});
      p.give(0, concat({gx, zeros(rest, r.dtype())}, -1));
      return;
    }
    const Tensor g_left = slice(gr, -1, {.stop = k}), g_right = slice(gr, -1, {.start = k});
    const Tensor more = matmul(q, matmul(right, transpose(g_right)));
    const Tensor gx = pull_back(q, left, gq.defined() ? gq + more : more, g_left);
    p.give(0, concat({gx, matmul(q, g_right)}, -1));
  }
};

}  // namespace

QR qr(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(Qr::name, a, "A");
  require_matrices(Qr::name, a);
  const std::vector<Tensor> outputs = apply_many<Qr>({&a}, 2);
  return {outputs[0], outputs[1]};
}

}  // namespace tapestry
