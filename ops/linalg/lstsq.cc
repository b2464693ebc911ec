#include "ops/linalg/lstsq.h"

#include "engine/grad/pullback.h"
#include "engine/tape/pushforward.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/equations.h"
#include "ops/linalg/qr.h"
#include "ops/linalg/rank.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

constexpr std::string_view kWho = "lstsq";

// R itself, where its rank is full: an op, so that every matrix that vmap brings is looked at.
struct FullRank {
  static constexpr std::string_view name = kWho;
  static constexpr int arity = 1;
  static Tensor forward(Inputs in) {
    require_independent_columns(name, in[0], ": A does not have full rank; see pinv");
    return detach(in[0]);
  }
  static void batch(Batching& b) { map_aligned(b); }
  static void vjp(Pullback& p) { p.give(0, p.cotangent()); }
  static void jvp(Pushforward& p) { p.give(0, p.tangent(0)); }
};

Tensor least_squares(const Tensor& a, const Tensor& b) {
  const std::int64_t m = rows(a), n = columns(a);
  const auto [q, any] = qr(m >= n ? a : transpose(a));
  const Tensor r = apply<FullRank>({&any});
  if (m >= n) return triangular_solve_for(kWho, r, matmul(transpose(q), b), {.upper = true});
  return matmul(q, triangular_solve_for(kWho, r, b, {.upper = true, .transpose = true}));
}

}  // namespace

Tensor lstsq(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  require_matrices(kWho, a);
  return meet_in_equations(kWho, a, b, least_squares);
}

}  // namespace tapestry
