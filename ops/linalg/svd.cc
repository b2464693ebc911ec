#include "ops/linalg/svd.h"

#include <limits>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tape/tape.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/mapping.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/gaps.h"
#include "ops/linalg/lapack.h"
#include "ops/linalg/triangle.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

// s as factors of columns.
Tensor across(const Tensor& s) { return unsqueeze(s, -2); }

struct SvdOp {
  static constexpr std::string_view name = "svd";
  static constexpr int arity = 1;
  static constexpr bool differentiates_adjoints = true;
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int) { return save_output(0) | save_output(1) | save_output(2); }
  static void forward(Inputs in, const detail::NoAttributes&, std::span<Tensor> outputs) {
    const Tensor& a = in[0];
    const Shape batch = batch_shape(a);
    const std::int64_t k = std::min(rows(a), columns(a));
    outputs[0] = Tensor::uninitialized(joined(batch, {rows(a), k}), a.dtype());
    outputs[1] = Tensor::uninitialized(joined(batch, {k}), a.dtype());
    outputs[2] = Tensor::uninitialized(joined(batch, {k, columns(a)}), a.dtype());
    Codes codes(batch);
    if (k > 0)
      visit_floating(a.dtype(),
                     [&]<class T>(std::type_identity<T>) { decompose<T>(a, outputs, codes); });
    codes.check(name, "the singular values were not found: LAPACK's iteration did not converge");
  }

  template <class T>
  static void decompose(const Tensor& a, std::span<Tensor> outputs, Codes& codes) {
    const int m = extent(name, rows(a)), n = extent(name, columns(a)), k = std::min(m, n);
    const std::int64_t size = std::int64_t{m} * n;
    T wanted{};
    lapack::gesdd<T>(n, m, nullptr, nullptr, nullptr, nullptr, &wanted, -1, nullptr);
    const int needed = work_size(name, static_cast<double>(wanted));
    const Items<T> items(a);
    const std::int64_t count = batch_shape(a).size();
    for_stretches(count, 8 * size * k, [&](std::int64_t first, std::int64_t last) {
      const auto order = static_cast<std::size_t>(k);
      std::vector<T> copy(static_cast<std::size_t>(size)), work(static_cast<std::size_t>(needed));
      std::vector<int> integers(8 * order);
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t sizes[] = {std::int64_t{m} * k, k, std::int64_t{k} * n};
        T* parts[3];
        for (std::size_t part = 0; part < 3; ++part)
          parts[part] = outputs[part].mutable_data<T>() + i * sizes[part];
        if (items[i].is_finite()) {
          // By columns it is A^T = V diag(s) U^T, whose factors by columns are Vh and U by rows.
          items[i].copy_rows(copy.data());
          codes[i] = lapack::gesdd(n, m, copy.data(), parts[1], parts[2], parts[0], work.data(),
                                   needed, integers.data());
        } else {
          for (std::size_t part = 0; part < 3; ++part)
            std::fill(parts[part], parts[part] + sizes[part], std::numeric_limits<T>::quiet_NaN());
        }
      }
    });
  }

  static constexpr Gaps gaps(Divisor divisor) { return {name, "singular values", divisor}; }

  // For the tangent in the basis of the vectors, T = U^T tA V: diag(T); U and V turn by the
  // symmetric part of T over s_j - s_i, plus and minus the skew part over s_j + s_i; and what leads
  // out of their ranges, over s. Townsend 2016.
  static void jvp(Pushforward& p) {
    const Tensor &u = p.output(0), &s = p.output(1), &vh = p.output(2), &ta = p.tangent(0);
    if (!ta.defined()) return;
    const Tensor right = matmul(ta, transpose(vh)), left = matmul(transpose(u), ta),
                 t = matmul(transpose(u), right);
    const Tensor even = 0.5 * (t + transpose(t)) * inverse_gaps(gaps(Divisor::difference), s);
    const Tensor odd = 0.5 * (t - transpose(t)) * inverse_gaps(gaps(Divisor::sum), s);
    Tensor tu = matmul(u, even + odd), tvh = matmul(transpose(even - odd), vh);
    if (rows(u) != columns(vh)) {
      const Tensor over_s = inverse_gaps(gaps(Divisor::single), s);
      if (rows(u) > columns(u)) tu = tu + (right - matmul(u, t)) * over_s;
      if (columns(vh) > rows(vh)) tvh = tvh + transpose(over_s) * (left - matmul(t, vh));
    }
    p.give(0, tu);
    p.give(1, diagonal(t));
    p.give(2, tvh);
    refuse_turning(p, gaps(Divisor::difference), s, {0, 2});
    if (rows(u) != columns(vh)) refuse_turning(p, gaps(Divisor::single), s, {0, 2});
  }

  // What the adjoints of U and Vh say of how these turn: in the basis of the vectors, J - J^T and
  // K - K^T for J = U^T gU and K = V^T gV, their sum and difference; and what lies outside.
  struct Turning {
    Tensor sum, difference, beside_u, beside_v, scale, scale_u, scale_v;
  };
  static Turning turning(const Tensor& u, const Tensor& vh, const Tensor& gu, const Tensor& gvh) {
    const std::int64_t m = rows(u), n = columns(vh), k = columns(u);
    const auto skew = [](const Tensor& x) { return x - transpose(x); };
    Turning turn;
    Tensor j, l;
    if (gu.defined()) {
      j = matmul(transpose(u), gu);
      if (m > k) turn.beside_u = gu - matmul(u, j);
      turn.scale_u = gu;
    }
    if (gvh.defined()) {
      l = matmul(vh, transpose(gvh));
      if (n > k) turn.beside_v = transpose(gvh) - matmul(transpose(vh), l);
      turn.scale_v = transpose(gvh);
    }
    if (!gu.defined()) j = zeros_like(l);
    if (!gvh.defined()) l = zeros_like(j);
    turn.sum = skew(j) + skew(l);
    turn.difference = skew(j) - skew(l);
    turn.scale = abs(j) + abs(l);
    return turn;
  }

  // U (F o (J - J^T) S + S F o (K - K^T) + diag(gs)) V^T with F_ij = 1 / (s_j^2 - s_i^2); for more
  // rows or columns than k, the parts of gU and gV outside the ranges of U and V, divided by s. J.
  // Townsend, Differentiating the singular value decomposition, 2016; M. Seeger et al.,
  // Auto-differentiating linear algebra, arXiv:1710.08717. No square is formed, which could over-
  // or underflow: it is half the sum over s_j - s_i and half the difference over s_j + s_i.
  static void vjp(Pullback& p) {
    const Tensor &u = p.output(0), &s = p.output(1), &vh = p.output(2), &gu = p.cotangent(0),
                 &gs = p.cotangent(1), &gvh = p.cotangent(2);
    const bool turns = gu.defined() || gvh.defined(), oblong = rows(u) != columns(vh);
    const bool ties = turns && (may_tie(gaps(Divisor::difference), s) ||
                                (oblong && may_tie(gaps(Divisor::single), s)));
    Tensor inner, outer;
    const auto add = [](Tensor& sum, const Tensor& term) {
      sum = sum.defined() ? sum + term : term;
    };
    // `over` divides numerators of a kind with their scale.
    const auto add_turning = [&](const auto& over) {
      add(inner, 0.5 * (over(Divisor::difference, &Turning::sum, &Turning::scale) +
                        over(Divisor::sum, &Turning::difference, &Turning::scale)));
    };
    const auto add_beside = [&](const Turning& turn, const auto& over) {
      if (turn.beside_u.defined())
        add(outer, matmul(over(Divisor::single, &Turning::beside_u, &Turning::scale_u), vh));
      if (turn.beside_v.defined())
        add(outer,
            matmul(u, transpose(over(Divisor::single, &Turning::beside_v, &Turning::scale_v))));
    };
    if (gs.defined()) add(inner, diag_embed(gs));
    if (turns) {
      const Turning turn = turning(u, vh, gu, gvh);
      const auto by_gaps = [&](Divisor divisor, auto numerator, auto scale) {
        return over_gaps(gaps(divisor), s, turn.*numerator, turn.*scale);
      };
      add_turning(by_gaps);
      add_beside(turn, by_gaps);
    }
    if (ties) {
      if (const auto one = along_ties(p, 1, {0, 2}, 1); one[0].defined()) {
        const auto two = along_ties(p, 1, {0, 2}, 2);
        const Turning first = turning(u, vh, one[0], one[1]),
                      second = turning(u, vh, two[0], two[1]);
        const auto by_ties = [&](Divisor divisor, auto numerator, auto scale) {
          return over_ties(gaps(divisor), s, first.*numerator, second.*numerator, second.*scale);
        };
        add_turning(by_ties);
        add_beside(first, by_ties);
      }
      const Gaps equal = gaps(Divisor::difference);
      if (const auto moved = along_turn(p, equal, s, {{0, false}, {2, true}}); moved[0].defined())
        require_none(equal, s, turning(u, vh, moved[0], moved[1]).sum,
                     turning(u, vh, gu, gvh).scale);
    }
    add(outer, matmul(matmul(u, inner), vh));
    if (ties) {
      outer = of_ties(gaps(Divisor::difference), outer, s);
      if (oblong) outer = of_ties(gaps(Divisor::single), outer, s);
    }
    p.give(0, outer);
  }
};

struct Pinv {
  static constexpr std::string_view name = "pinv";
  static constexpr int arity = 1;
  struct Attributes {
    double rcond;
  };
  static void batch(Batching& b) { map_aligned(b, &b.attributes<Attributes>()); }
  static constexpr SaveMask saves(int) { return save_input(0) | save_output(); }
  static Tensor forward(Inputs in, const Attributes& a) {
    const PauseRecording pause;
    const auto [u, s, vh] = svd(in[0]);
    if (s.size() == 0) return zeros(transpose(in[0]).shape(), in[0].dtype());
    const Tensor cutoff = a.rcond * slice(s, -1, 0, 1);
    const Tensor inverse = where(s > cutoff, 1 / s, 0);
    return matmul(transpose(vh) * across(inverse), transpose(u));
  }
  // -P^T G P^T + (I - A P) G^T P P^T + P^T P G^T (I - P A). G. H. Golub, V. Pereyra, The
  // differentiation of pseudo-inverses and nonlinear least squares problems whose variables
  // separate, SIAM J. Numer. Anal. 10, 1973, eq. 4.12, transposed.
  static void vjp(Pullback& p) {
    const Tensor &a = p.input(0), &y = p.output(), &g = p.cotangent();
    const Tensor yt = transpose(y), gt = transpose(g);
    const Tensor left = matmul(matmul(gt, y), yt), right = matmul(yt, matmul(y, gt));
    const Tensor sum = left - matmul(a, matmul(y, left)) + right - matmul(matmul(right, y), a);
    p.give(0, sum - matmul(yt, matmul(g, yt)));
  }
  static std::string describe(const Attributes& a) { return fmt::format("rcond={:g}", a.rcond); }
};

}  // namespace

SVD svd(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(SvdOp::name, a, "A");
  require_matrices(SvdOp::name, a);
  const std::vector<Tensor> outputs = apply_many<SvdOp>({&a}, 3);
  return {outputs[0], outputs[1], outputs[2]};
}

Tensor svdvals(const Tensor& a, Site site) {
  const CallSite call(site);
  return svd(a).s;
}

Tensor pinv(const Tensor& a, std::optional<double> rcond, Site site) {
  const CallSite call(site);
  require_floating(Pinv::name, a, "A");
  require_matrices(Pinv::name, a);
  const double eps = a.dtype() == DType::f32 ? std::numeric_limits<float>::epsilon()
                                             : std::numeric_limits<double>::epsilon();
  const auto longer = static_cast<double>(std::max(rows(a), columns(a)));
  return apply<Pinv>({&a}, {rcond.value_or(longer * eps)});
}

}  // namespace tapestry
