#include "ops/product/contraction.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/product/matmul.h"

namespace tapestry::detail {
namespace {

using Labels = std::vector<int>;

bool has(LabelSet set, int label) { return set & label_bit(label); }

Labels joined(Labels first, const Labels& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::int64_t extent_of(const Labelled& a, int label) {
  const auto axis = std::find(a.labels.begin(), a.labels.end(), label) - a.labels.begin();
  return a.x.shape()[static_cast<int>(axis)];
}

Shape extents_of(const Labelled& a, const Labels& labels) {
  Shape shape;
  for (int label : labels) shape.push_back(extent_of(a, label));
  return shape;
}

// The axes as (batch,) rows, columns: each group made one axis.
Tensor as_matrices(const Labelled& a, const Labels& batch, const Labels& rows,
                   const Labels& columns) {
  Shape shape;
  if (!batch.empty()) shape.push_back(extents_of(a, batch).size());
  shape.push_back(extents_of(a, rows).size());
  shape.push_back(extents_of(a, columns).size());
  return reshape(permuted_to(a, joined(joined(batch, rows), columns)), shape);
}

double multiplications(LabelSet labels, const LabelExtents& extents) {
  double count = 1;
  for (; labels; labels &= labels - 1)
    count *= static_cast<double>(extents[static_cast<std::size_t>(std::countr_zero(labels))]);
  return count;
}

using Steps = std::vector<std::pair<int, int>>;

// Every way to split each subset of the operands in two, from small subsets to large ones.
Steps best_order(const std::vector<LabelSet>& operands, LabelSet result,
                 const LabelExtents& extents) {
  const std::size_t n = operands.size(), all = (std::size_t{1} << n) - 1;
  std::vector<LabelSet> within(all + 1, 0), kept(all + 1, 0);
  for (std::size_t set = 1; set <= all; ++set)
    within[set] =
        within[set & (set - 1)] | operands[static_cast<std::size_t>(std::countr_zero(set))];
  for (std::size_t set = 1; set <= all; ++set)
    kept[set] = within[set] & (result | within[all ^ set]);

  std::vector<double> cost(all + 1, 0);
  std::vector<std::size_t> split(all + 1, 0);
  for (std::size_t set = 1; set <= all; ++set) {
    if (std::has_single_bit(set)) continue;
    cost[set] = std::numeric_limits<double>::infinity();
    for (std::size_t part = (set - 1) & set; part; part = (part - 1) & set) {
      const std::size_t other = set ^ part;
      if (part < other) continue;  // seen the other way round
      const double here =
          cost[part] + cost[other] + multiplications(kept[part] | kept[other], extents);
      if (here < cost[set] || split[set] == 0) {
        cost[set] = here;
        split[set] = other;
      }
    }
  }

  std::vector<std::size_t> sets{all};  // a set before its parts
  for (std::size_t i = 0; i < sets.size(); ++i)
    if (const std::size_t set = sets[i]; split[set]) {
      sets.push_back(split[set]);
      sets.push_back(set ^ split[set]);
    }
  std::vector<int> number(all + 1, 0);
  for (std::size_t i = 0; i < n; ++i) number[std::size_t{1} << i] = static_cast<int>(i);
  Steps steps;
  for (std::size_t i = sets.size(); i-- > 0;) {
    const std::size_t set = sets[i];
    if (!split[set]) continue;
    number[set] = static_cast<int>(n + steps.size());
    steps.emplace_back(number[split[set]], number[set ^ split[set]]);
  }
  return steps;
}

Steps greedy_order(const std::vector<LabelSet>& operands, LabelSet result,
                   const LabelExtents& extents) {
  std::vector<std::pair<int, LabelSet>> left;
  for (LabelSet labels : operands) left.emplace_back(static_cast<int>(left.size()), labels);
  Steps steps;
  while (left.size() > 1) {
    double least = 0;
    std::size_t first = 0, second = 0;
    for (std::size_t i = 0; i < left.size(); ++i)
      for (std::size_t j = i + 1; j < left.size(); ++j) {
        const double here = multiplications(left[i].second | left[j].second, extents);
        if (second == 0 || here < least) {
          least = here;
          first = i;
          second = j;
        }
      }
    LabelSet needed = result;
    for (std::size_t i = 0; i < left.size(); ++i)
      if (i != first && i != second) needed |= left[i].second;
    const LabelSet labels = (left[first].second | left[second].second) & needed;
    const int number = static_cast<int>(operands.size() + steps.size());
    steps.emplace_back(left[first].first, left[second].first);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(second));
    left[first] = {number, labels};
  }
  return steps;
}

}  // namespace

LabelSet Labelled::set() const {
  LabelSet result = 0;
  for (int label : labels) result |= label_bit(label);
  return result;
}

Tensor permuted_to(const Labelled& a, const Labels& labels) {
  if (labels == a.labels) return a.x;
  Dims order;
  for (int label : labels)
    order.push_back(std::find(a.labels.begin(), a.labels.end(), label) - a.labels.begin());
  return permute(a.x, order);
}

Labelled contract(const Labelled& a, const Labelled& b, LabelSet kept) {
  Labels batch, summed, rows, columns;
  for (int label : a.labels)
    (!has(b.set(), label) ? rows : has(kept, label) ? batch : summed).push_back(label);
  for (int label : b.labels)
    if (!has(a.set(), label)) columns.push_back(label);
  const Labels labels = joined(joined(batch, rows), columns);
  Shape shape = extents_of(a, joined(batch, rows));
  for (int label : columns) shape.push_back(extent_of(b, label));

  if (summed.empty()) {
    Shape left = shape, right = shape;
    const int split = static_cast<int>(batch.size() + rows.size());
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (axis >= split) left[axis] = 1;
      if (axis < split && axis >= static_cast<int>(batch.size())) right[axis] = 1;
    }
    return {reshape(permuted_to(a, joined(batch, rows)), left) *
                reshape(permuted_to(b, joined(batch, columns)), right),
            labels};
  }
  const Tensor product =
      matmul(as_matrices(a, batch, rows, summed), as_matrices(b, batch, summed, columns));
  return {reshape(product, shape), labels};
}

Steps contraction_order(const std::vector<LabelSet>& operands, LabelSet result,
                        const LabelExtents& extents) {
  constexpr std::size_t kExact = 10;
  if (operands.size() < 2) return {};
  return operands.size() <= kExact ? best_order(operands, result, extents)
                                   : greedy_order(operands, result, extents);
}

}  // namespace tapestry::detail
