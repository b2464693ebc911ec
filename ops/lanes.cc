#include "ops/lanes.h"

#include "ops/gamma.h"

namespace tapestry {
using namespace detail;
namespace {

Lanes carry_out(Kernel<double> kernel, const Lanes& x, const Lanes& z) {
  const double* const in[] = {reinterpret_cast<const double*>(&x),
                              reinterpret_cast<const double*>(&z)};
  Lanes y;
  kernel(in, reinterpret_cast<double*>(&y), kLanes);
  return y;
}

}  // namespace

Lanes detail::unary_value(Unary op, const Lanes& x) {
  return carry_out(unary_kernels<double>(op).forward, x, x);
}
Lanes detail::binary_value(Binary op, const Lanes& x, const Lanes& z) {
  return carry_out(binary_kernels<double>(op).forward, x, z);
}

Lanes polygamma(int order, const Lanes& x) {
  Lanes y;
  for (std::size_t k = 0; k < kLanes; ++k) y.set(k, page_numbers::polygamma(order, x[k]));
  return y;
}

}  // namespace tapestry
