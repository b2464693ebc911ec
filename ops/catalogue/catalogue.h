// Every op, with what is known of it.
#pragma once

#include <vector>

#include "ops/catalogue/op_info.h"

namespace tapestry::detail {

const std::vector<OpInfo>& catalogue();

}  // namespace tapestry::detail
