#include "tests/bench/one_by_one.h"

#include <memory>
#include <vector>

#include "tests/bench/kernels/catalogue.h"
#include "tests/bench/kernels/probe.h"

namespace tapestry::bench {
using namespace detail;

std::function<void()> one_by_one(const std::string& name) {
  using Number = Probe<double, false>;
  std::function<void()> evaluate;
  for_each_kernel([&](const auto& kernel) {
    if (kernel.name() != name) return;
    const std::vector<double> point = kernel.point();
    evaluate = [kernel, x = std::vector<Number>(point.begin(), point.end())] {
      asm volatile("" : : "r"(x.data()) : "memory");  // the inputs may have changed
      volatile double sink = kernel(x).value();
      static_cast<void>(sink);
    };
  });
  return evaluate;
}

}  // namespace tapestry::bench
