#include "ops/linalg/lstsq.h"

#include <cmath>
#include <limits>

#include "engine/factory.h"
#include "engine/pullback.h"
#include "engine/pushforward.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/equations.h"
#include "ops/linalg/mapping.h"
#include "ops/linalg/qr.h"
#include "ops/linalg/records.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
#include "ops/matmul.h"
#include "ops/view.h"

namespace tapestry {
namespace {

using namespace linalg;

constexpr std::string_view kWho = "lstsq";

// Refuses R whose diagonal has an element that is 0 to rounding.
void require_full_rank(const Tensor& r, std::int64_t longer) {
  const std::int64_t k = std::min(rows(r), columns(r));
  const std::vector<double> elements = diagonal(r).to_vector();
  const double eps = r.dtype() == DType::f32 ? std::numeric_limits<float>::epsilon()
                                             : std::numeric_limits<double>::epsilon();
  for (std::size_t at = 0; at < elements.size(); at += static_cast<std::size_t>(k)) {
    double least = std::abs(elements[at]), most = least;
    for (std::size_t i = at; i < at + static_cast<std::size_t>(k); ++i) {
      least = std::min(least, std::abs(elements[i]));
      most = std::max(most, std::abs(elements[i]));
    }
    if (least <= static_cast<double>(longer) * eps * most)
      refuse(kWho,
             "A does not have full rank: the diagonal of R goes from {:.3g} down to {:.3g}; see "
             "pinv{}",
             most, least, place_in(batch_shape(r), static_cast<std::int64_t>(at) / k));
  }
}

// R itself, where its rank is full: an op, so that every matrix that vmap brings is looked at.
struct FullRank {
  static constexpr std::string_view name = kWho;
  static constexpr int arity = 1;
  struct Attributes {
    std::int64_t longer;  // the larger extent of A
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    require_full_rank(detach(in[0]), a.longer);
    return detach(in[0]);
  }
  static void batch(Batching& b) { map_matrices(b, &b.attributes<Attributes>()); }
  static void vjp(Pullback& p) { p.give(0, p.adjoint()); }
  static void jvp(Pushforward& p) { p.give(0, p.tangent(0)); }
};

Tensor least_squares(const Tensor& a, const Tensor& b) {
  const std::int64_t m = rows(a), n = columns(a);
  const auto [q, any] = qr(m >= n ? a : transpose(a));
  const Tensor r = apply<FullRank>({&any}, {std::max(m, n)});
  if (m >= n) return triangular_solve_for(kWho, r, matmul(transpose(q), b), {.upper = true});
  return matmul(q, triangular_solve_for(kWho, r, b, {.upper = true, .transpose = true}));
}

}  // namespace

Tensor lstsq(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  require_matrices(kWho, a);
  return meet_in_equations(kWho, a, b, least_squares);
}

std::vector<Record> linalg::lstsq_records() {
  const Tensor tall = sample_numbers({4, 3}, 1), wide = sample_numbers({2, 4}, 2);
  const auto solved = [](const auto& in) { return lstsq(spread(in[0], in[1].dtype()), in[1]); };
  return {
      {"lstsq",
       "The X of least |A X - B|, the shortest where there are many; A has full rank.",
       true,
       {{"tall", {tall, sample_numbers({4, 2}, 3)}, solved},
        {"tall, vector", {tall, sample_numbers({4}, 4)}, solved},
        {"wide", {wide, sample_numbers({2, 3}, 5)}, solved},
        {"batch", {sample_numbers({2, 3, 2}, 6), sample_numbers({3, 1}, 7)}, solved}},
       {{"rank",
         [] {
           lstsq(tensor({{1, 0}, {0, 0}, {0, 0}}), ones({3}));
         },
         "[lstsq] A does not have full rank: the diagonal of R goes from 1 down to 0; see pinv"},
        {"extents",
         [] {
           lstsq(ones({3, 2}), ones({2}));
         },
         "[lstsq] A has shape (3, 2), B (2,): the 3 and the 2 must be equal"},
        {"vector", [] { lstsq(zeros({3}), zeros({3})); },
         "[lstsq] needs matrices; A has shape (3,)"}}}};
}

}  // namespace tapestry
