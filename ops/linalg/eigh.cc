#include "ops/linalg/eigh.h"

#include <limits>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/gaps.h"
#include "ops/linalg/lapack.h"
#include "ops/linalg/symmetric.h"
#include "ops/linalg/triangle.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

struct EighOp {
  static constexpr std::string_view name = "eigh";
  static constexpr int arity = 1;
  static constexpr bool differentiates_adjoints = true;
  static constexpr Gaps kGaps{name, "eigenvalues"};
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int) { return save_output(0) | save_output(1); }
  static void forward(Inputs in, const detail::NoAttributes&, std::span<Tensor> outputs) {
    const Tensor& a = in[0];
    const Shape batch = batch_shape(a);
    outputs[0] = Tensor::uninitialized(joined(batch, {rows(a)}), a.dtype());
    outputs[1] = Tensor::uninitialized_like(a);
    Codes codes(batch);
    visit_floating(a.dtype(), [&]<class T>(std::type_identity<T>) {
      decompose(a, outputs[0].mutable_data<T>(), outputs[1].mutable_data<T>(), codes);
    });
    codes.check(name, "the eigenvalues were not found: LAPACK's iteration did not converge");
  }

  template <class T>
  static void decompose(const Tensor& a, T* w, T* v, Codes& codes) {
    const int n = extent(name, rows(a));
    const std::int64_t size = std::int64_t{n} * n;
    if (n == 0) return;
    T wanted{};
    int integers_wanted = 0;
    lapack::syevd<T>(n, nullptr, nullptr, &wanted, -1, &integers_wanted, -1);
    const int needed = work_size(name, static_cast<double>(wanted));
    const Items<T> items(a);
    const std::int64_t count = batch_shape(a).size();
    for_stretches(count, 9 * size * n, [&](std::int64_t first, std::int64_t last) {
      std::vector<T> vectors(static_cast<std::size_t>(size)),
          work(static_cast<std::size_t>(needed));
      std::vector<int> integers(static_cast<std::size_t>(integers_wanted));
      for (std::int64_t i = first; i < last; ++i) {
        if (symmetric_part(items[i], vectors.data())) {
          codes[i] = lapack::syevd(n, vectors.data(), w + i * n, work.data(), needed,
                                   integers.data(), integers_wanted);
        } else {
          constexpr T kNan = std::numeric_limits<T>::quiet_NaN();
          std::fill(w + i * n, w + (i + 1) * n, kNan);
          std::fill(vectors.begin(), vectors.end(), kNan);
        }
        Item<T>{vectors.data(), n, n, 1, n}.copy_rows(v + i * size);
      }
    });
  }

  // V (diag(gw) + F o (M - M^T) / 2) V^T with M = V^T gV and F_ij = 1 / (w_j - w_i). Giles
  // 2008, 3.1.
  static void vjp(Pullback& p) {
    const Tensor &w = p.output(0), &v = p.output(1), &gw = p.cotangent(0), &gv = p.cotangent(1);
    const bool ties = gv.defined() && may_tie(kGaps, w);
    Tensor inner;
    if (gw.defined()) inner = diag_embed(gw);
    if (gv.defined()) {
      const auto skew = [](const Tensor& x) { return 0.5 * (x - transpose(x)); };
      const auto turning = [&](const Tensor& g) { return matmul(transpose(v), g); };
      const Tensor m = turning(gv);
      Tensor turned = over_gaps(kGaps, w, skew(m), m);
      if (ties) {
        if (const Tensor first = along_ties(p, 0, {1}, 1)[0]; first.defined()) {
          const Tensor n = turning(first), second = turning(along_ties(p, 0, {1}, 2)[0]);
          turned = turned + over_ties(kGaps, w, skew(n), skew(second), second);
        }
        if (const Tensor moved = along_turn(p, kGaps, w, {{1, false}})[0]; moved.defined())
          require_none(kGaps, w, skew(turning(moved)), m);
      }
      inner = inner.defined() ? inner + turned : turned;
    }
    const Tensor ga = symmetrized(matmul(matmul(v, inner), transpose(v)));
    p.give(0, ties ? of_ties(kGaps, ga, w) : ga);
  }
  // diag(T) and V (F o T) for the tangent in the basis of the vectors, T = V^T tA V. Giles
  // 2008, 3.1.
  static void jvp(Pushforward& p) {
    const Tensor &w = p.output(0), &v = p.output(1), &ta = p.tangent(0);
    if (!ta.defined()) return;
    const Tensor t = matmul(matmul(transpose(v), symmetrized(ta)), v);
    p.give(0, diagonal(t));
    p.give(1, matmul(v, t * inverse_gaps(kGaps, w)));
    refuse_turning(p, kGaps, w, {1});
  }
};

}  // namespace

Eigh eigh(const Tensor& a, Site site) {
  const CallSite call(site);
  require_floating(EighOp::name, a, "A");
  require_square(EighOp::name, a);
  const std::vector<Tensor> outputs = apply_many<EighOp>({&a}, 2);
  return {outputs[0], outputs[1]};
}

Tensor eigvalsh(const Tensor& a, Site site) {
  const CallSite call(site);
  return eigh(a).w;
}

}  // namespace tapestry
