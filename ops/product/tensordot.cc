#include "ops/product/tensordot.h"

#include <algorithm>
#include <numeric>

#include "engine/grad/broadcast.h"
#include "engine/tensor/factory.h"
#include "ops/catalogue/catalogue.h"
#include "ops/elementwise/elementwise.h"
#include "ops/product/contraction.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;

Tensor tensordot(const Tensor& a, const Tensor& b, int axes, Site site) {
  const CallSite call(site);
  if (axes < 0 || axes > std::min(a.rank(), b.rank()))
    refuse("tensordot", "{} axes of shapes {} and {}; both must have as many", axes, a.shape(),
           b.shape());
  std::vector<int> of_a(static_cast<std::size_t>(axes)), of_b(of_a);
  std::iota(of_a.begin(), of_a.end(), a.rank() - axes);
  std::iota(of_b.begin(), of_b.end(), 0);
  return tensordot(a, b, of_a, of_b);
}

Tensor tensordot(const Tensor& a, const Tensor& b, const std::vector<int>& axes_of_a,
                 const std::vector<int>& axes_of_b, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "tensordot";
  if (axes_of_a.size() != axes_of_b.size())
    refuse(kWho, "{} axes of a and {} of b; they are summed in pairs", axes_of_a.size(),
           axes_of_b.size());
  const DType dtype = promote(promote(a.dtype(), b.dtype()), DType::i64);
  Labelled left{a.to(dtype), std::vector<int>(static_cast<std::size_t>(a.rank()))};
  Labelled right{b.to(dtype), std::vector<int>(static_cast<std::size_t>(b.rank()))};
  std::iota(left.labels.begin(), left.labels.end(), 0);
  std::iota(right.labels.begin(), right.labels.end(), a.rank());
  LabelSet kept = left.set() | right.set();
  for (std::size_t i = 0; i < axes_of_a.size(); ++i) {
    const int p = normalize_axis(kWho, axes_of_a[i], a.rank());
    const int q = normalize_axis(kWho, axes_of_b[i], b.rank());
    int& label = right.labels[static_cast<std::size_t>(q)];
    if (!(kept & label_bit(p)) || label < a.rank())
      refuse(kWho, "axis {} of a and axis {} of b: one was named before; name each axis once", p,
             q);
    if (a.shape()[p] != b.shape()[q])
      refuse(kWho, "axis {} of {} and axis {} of {} differ; the {} and the {} must be equal", p,
             a.shape(), q, b.shape(), a.shape()[p], b.shape()[q]);
    kept &= ~label_bit(p);
    label = p;
  }
  return contract(left, right, kept).x;
}

Tensor bmm(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  if (a.rank() != 3 || b.rank() != 3 || a.shape()[0] != b.shape()[0] ||
      a.shape()[2] != b.shape()[1])
    refuse("bmm", "needs shapes (n, m, k) and (n, k, l); the operands have {} and {}", a.shape(),
           b.shape());
  return matmul(a, b);
}

Tensor addmm(const Tensor& c, const Tensor& a, const Tensor& b, const AddmmOptions& options,
             Site site) {
  const CallSite call(site);
  if (a.rank() != 2 || b.rank() != 2 || a.shape()[1] != b.shape()[0])
    refuse("addmm", "needs matrices (m, k) and (k, n); the operands have shapes {} and {}",
           a.shape(), b.shape());
  if (const Shape product{a.shape()[0], b.shape()[1]}; !broadcasts_to(c.shape(), product))
    refuse("addmm", "c of shape {} does not broadcast to the product of shape {}", c.shape(),
           product);
  const Tensor product = matmul(a, b);
  return (options.beta == 1 ? c : c * options.beta) +
         (options.alpha == 1 ? product : product * options.alpha);
}

std::vector<Record> detail::tensordot_records() {
  const Tensor a = sample_numbers({2, 3, 4}, 1), b = sample_numbers({3, 4, 2}, 2),
               c = sample_numbers({4, 2, 3}, 3);
  const Tensor m = sample_numbers({2, 3}, 4), n = sample_numbers({3, 4}, 5);
  return {
      {"tensordot",
       "The sum of products over pairs of axes.",
       true,
       {{"two axes", {a, b}, [](const auto& in) { return tensordot(in[0], in[1]); }},
        {"named",
         {a, c},
         [](const auto& in) {
           return tensordot(in[0], in[1], {2, 0}, {0, 1});
         }},
        {"none", {m, n}, [](const auto& in) { return tensordot(in[0], in[1], 0); }}},
       {{"extents",
         [] {
           tensordot(zeros({2, 3}), zeros({4, 5}), 1);
         },
         "[tensordot] axis 1 of (2, 3) and axis 0 of (4, 5) differ; the 3 and the 4 must be equal"},
        {"twice",
         [] {
           tensordot(zeros({2, 2}), zeros({2, 2}), {0, 0}, {0, 1});
         },
         "[tensordot] axis 0 of a and axis 1 of b: one was named before; name each axis once"},
        {"too many", [] { tensordot(zeros({2}), zeros({2})); },
         "[tensordot] 2 axes of shapes (2,) and (2,); both must have as many"}}},
      {"bmm",
       "Products of as many pairs of matrices.",
       true,
       {{"", {a, sample_numbers({2, 4, 2}, 6)}, [](const auto& in) { return bmm(in[0], in[1]); }}},
       {{"shapes",
         [] {
           bmm(zeros({2, 3, 4}), zeros({1, 4, 5}));
         },
         "[bmm] needs shapes (n, m, k) and (n, k, l); the operands have (2, 3, 4) and (1, 4, "
         "5)"}}},
      {"addmm",
       "beta * c + alpha * a b, a sum with a product of matrices.",
       true,
       {{"row",
         {sample_numbers({4}, 7), m, n},
         [](const auto& in) { return addmm(in[0], in[1], in[2]); }},
        {"scaled",
         {sample_numbers({2, 4}, 8), m, n},
         [](const auto& in) { return addmm(in[0], in[1], in[2], {.beta = -2, .alpha = 0.5}); }}},
       {{"shape",
         [] {
           addmm(zeros({3}), zeros({2, 3}), zeros({3, 4}));
         },
         "[addmm] c of shape (3,) does not broadcast to the product of shape (2, 4)"}}},
  };
}

}  // namespace tapestry
