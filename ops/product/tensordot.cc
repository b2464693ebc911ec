#include "ops/product/tensordot.h"

#include <algorithm>
#include <numeric>

#include "engine/grad/broadcast.h"
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

}  // namespace tapestry
