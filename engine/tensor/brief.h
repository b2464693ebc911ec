// Numbers in few characters, for pictures and lines of text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// A tensor as lines, one for each row, its columns aligned. More than `elements` numbers are told
// by their first three and their last one, and by extremes and mean.
std::vector<std::string> brief_lines(const Tensor& x, int digits, std::int64_t elements);

// The same on one line.
std::string brief(const Tensor& x, int digits, std::int64_t elements);

}  // namespace tapestry::detail
