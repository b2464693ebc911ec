// Sums of products of two tensors over axes that are named by labels, and the order in which
// several are best multiplied.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

inline constexpr int kLabels = 64;
using LabelSet = std::uint64_t;
constexpr LabelSet label_bit(int label) { return LabelSet{1} << label; }
using LabelExtents = std::array<std::int64_t, kLabels>;

// A tensor whose axes have labels, each its own.
struct Labelled {
  Tensor x;
  std::vector<int> labels;

  LabelSet set() const;
};

// The sum of products over the labels of both that are not in `kept`: one matrix product, or an
// elementwise one where nothing is summed. Labels of one operand alone stay. Axes of one label must
// have one extent.
Labelled contract(const Labelled& a, const Labelled& b, LabelSet kept);

// The labels in that order; it must name all of them.
Tensor permuted_to(const Labelled& a, const std::vector<int>& labels);

// Which two to contract, step by step; the result of step k is number n + k. The fewest
// multiplications for up to 10 operands, found over all subsets; beyond, the cheapest pair at each
// step.
std::vector<std::pair<int, int>> contraction_order(const std::vector<LabelSet>& operands,
                                                   LabelSet result, const LabelExtents& extents);

}  // namespace tapestry::detail
