// Which axes are folded away, and whether they stay with extent 1. Without .axis all are.
#pragma once

#include "ops/layout/axes.h"

namespace tapestry {

struct ReduceOptions {
  detail::Axes axis{};
  bool keepdims = false;
};

}  // namespace tapestry
