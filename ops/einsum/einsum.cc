#include "ops/einsum/einsum.h"

#include <algorithm>

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

}  // namespace tapestry
