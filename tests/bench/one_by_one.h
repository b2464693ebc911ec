// Kernels over plain doubles, one operation at a time: built without the compiler's vectorizers. A
// recording cannot but go one by one, so this is the measure of what recording adds; how much a
// vectorized primal gains over it is the kernel's own affair.
#pragma once

#include <functional>
#include <string>

namespace tapestry::bench {

// Evaluates the kernel of that name at its point.
std::function<void()> one_by_one(const std::string& name);

}  // namespace tapestry::bench
