// Which axes an operation folds: none named means all of them. Negative ones count from the end.
//   sum(x, {.axis = 0})   sum(x, {.axis = {0, -1}})   sum(x)
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "engine/grad/broadcast.h"

namespace tapestry::detail {

class Axes {
 public:
  Axes() = default;                 // all
  Axes(int axis) : Axes({axis}) {}  // NOLINT: one axis converts
  Axes(std::initializer_list<int> axes) : Axes(std::vector<int>(axes)) {}
  Axes(const std::vector<int>& axes);  // NOLINT: a list of axes converts

  bool all() const { return all_; }
  // As a set for a tensor of this rank. Error in the name of `who` when an axis is out of range or
  // named twice.
  AxisSet resolve(std::string_view who, int rank) const;

 private:
  Dims axes_;
  bool all_ = true;
};

}  // namespace tapestry::detail
