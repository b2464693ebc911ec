#include "ops/einsum/einsum.h"

#include <algorithm>

#include "engine/tensor/factory.h"
#include "ops/catalogue/catalogue.h"
#include "ops/einsum/equation.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/linalg/triangle.h"
#include "ops/product/contraction.h"
#include "ops/reduce/reduce.h"

namespace tapestry {
using namespace detail;
namespace {

// Axes that would stretch go: the sum over other operands' axes of that label says the same.
Labelled unstretched(const Tensor& x, const std::vector<int>& labels, const LabelExtents& extents) {
  Labelled result{x, {}};
  std::vector<int> stretched;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const int label = labels[static_cast<std::size_t>(axis)];
    if (x.shape()[axis] == extents[static_cast<std::size_t>(label)])
      result.labels.push_back(label);
    else
      stretched.push_back(axis);
  }
  if (!stretched.empty()) result.x = squeeze(x, stretched);
  return result;
}

// A label that stands twice becomes one axis, the diagonal.
void take_diagonals(Labelled& a) {
  for (std::size_t i = 0; i < a.labels.size();) {
    const int label = a.labels[i];
    const auto again =
        std::find(a.labels.begin() + static_cast<std::ptrdiff_t>(i) + 1, a.labels.end(), label);
    if (again == a.labels.end()) {
      ++i;
      continue;
    }
    const auto j = again - a.labels.begin();
    Dims order;
    for (int axis = 0; axis < a.x.rank(); ++axis)
      if (axis != static_cast<int>(i) && axis != static_cast<int>(j)) order.push_back(axis);
    order.push_back(static_cast<std::int64_t>(i));
    order.push_back(j);
    a.x = diagonal(permute(a.x, order));
    a.labels.erase(again);
    a.labels.erase(a.labels.begin() + static_cast<std::ptrdiff_t>(i));
    a.labels.push_back(label);
    i = 0;
  }
}

void sum_all_but(Labelled& a, LabelSet needed) {
  std::vector<int> kept, axes;
  for (std::size_t axis = 0; axis < a.labels.size(); ++axis) {
    if (needed & label_bit(a.labels[axis]))
      kept.push_back(a.labels[axis]);
    else
      axes.push_back(static_cast<int>(axis));
  }
  if (axes.empty()) return;
  a.x = sum(a.x, {.axis = axes});
  a.labels = kept;
}

DType common_dtype(const std::vector<Tensor>& operands) {
  DType dtype = operands.size() > 1 ? DType::i64 : DType::boolean;
  for (const Tensor& x : operands) dtype = promote(dtype, x.dtype());
  return dtype;
}

}  // namespace

Tensor einsum(std::string_view equation, const std::vector<Tensor>& operands, Site site) {
  const CallSite call(site);
  if (operands.empty()) refuse("einsum", "there are no operands; at least one is needed");
  const Equation read = read_equation(equation, operands);
  const DType dtype = common_dtype(operands);
  const LabelSet result = Labelled{{}, read.result}.set();

  std::vector<Labelled> parts;
  for (std::size_t k = 0; k < operands.size(); ++k)
    parts.push_back(unstretched(operands[k].to(dtype), read.operands[k], read.extents));
  const auto needed_beside = [&](std::size_t i, std::size_t j) {
    LabelSet needed = result;
    for (std::size_t k = 0; k < parts.size(); ++k)
      if (k != i && k != j) needed |= parts[k].set();
    return needed;
  };
  for (std::size_t k = 0; k < parts.size(); ++k) {
    take_diagonals(parts[k]);
    sum_all_but(parts[k], needed_beside(k, k));
  }

  std::vector<LabelSet> sets;
  for (const Labelled& part : parts) sets.push_back(part.set());
  for (const auto& [first, second] : contraction_order(sets, result, read.extents)) {
    const auto i = static_cast<std::size_t>(first), j = static_cast<std::size_t>(second);
    Labelled product = contract(parts[i], parts[j], needed_beside(i, j));
    parts[i] = parts[j] = {};  // they are needed no more
    parts.push_back(std::move(product));
  }
  return permuted_to(parts.back(), read.result);
}

std::vector<Record> detail::einsum_records() {
  const Tensor a = sample_numbers({2, 3}, 1), b = sample_numbers({3, 4}, 2),
               s = sample_numbers({3, 3}, 3), t = sample_numbers({2, 3, 4}, 4),
               u = sample_numbers({4, 2}, 5);
  const auto of = [](std::string_view equation) {
    return [=](const std::vector<Tensor>& in) { return einsum(equation, in); };
  };
  return {
      {"einsum",
       "The sum of products over every axis that the result does not name.",
       true,
       {{"product", {a, b}, of("ij,jk->ik")},
        {"implicit", {a, b}, of("zj,jb")},
        {"of one shape", {s, sample_numbers({3, 3}, 6)}, of("ij,kj->i")},
        {"diagonal", {s}, of("ii->i")},
        {"trace", {s}, of("ii")},
        {"with a diagonal", {s, a}, of("jj,ij->ji")},
        {"ellipsis", {t, u}, of("...ij,jk->ik...")},
        {"batch", {t, sample_numbers({2, 4, 2}, 7)}, of("bij,bjk->bik")},
        {"sum, permute", {t}, of("abc->ca")},
        {"outer", {a, u}, of("ij,kl")},
        {"a chain", {a, b, u}, of("ij,jk,kl->il")},
        {"stretched", {a, sample_numbers({1, 3}, 8)}, of("ij,ij->ij")},
        {"numbers", {sample_numbers({}, 9), a}, of(",ij->ji")}},
       {{"character",
         [] {
           einsum("i1,j", zeros({2, 2}), zeros({2}));
         },
         "[einsum] \"i1,j\": '1' at character 2 is no subscript; those are letters and ..."},
        {"arrow", [] { einsum("i-j", zeros({2})); },
         "[einsum] \"i-j\": '-' at character 2 is no subscript; those are letters and ..."},
        {"ellipses", [] { einsum("...i...", zeros({2})); },
         "[einsum] \"...i...\": a second ... at character 5; a term has at most one"},
        {"terms",
         [] {
           einsum("ij,jk", zeros({2, 2}));
         },
         "[einsum] \"ij,jk\" has 2 terms for 1 operands; there must be one for each"},
        {"rank",
         [] {
           einsum("i, ijk", zeros({2}), zeros({2, 3}));
         },
         "[einsum] \"i, ijk\": term 2, at character 4, names 3 axes; the operand has shape (2, 3)"},
        {"extent",
         [] {
           einsum("ij,jk", zeros({2, 3}), zeros({4, 5}));
         },
         "[einsum] \"ij,jk\": j at character 4 has extent 4 in shape (4, 5), and 3 before; they "
         "must be equal, or one of them 1"},
        {"unknown",
         [] {
           einsum("ij->iz", zeros({2, 3}));
         },
         "[einsum] \"ij->iz\": z at character 6 of the result names no axis of an operand"},
        {"twice",
         [] {
           einsum("ij->ii", zeros({2, 3}));
         },
         "[einsum] \"ij->ii\": i at character 6 stands in the result a second time"},
        {"nothing", [] { einsum("", std::vector<Tensor>{}); },
         "[einsum] there are no operands; at least one is needed"}}},
  };
}

}  // namespace tapestry
